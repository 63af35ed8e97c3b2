"""Uses the Jellyfin simulator through jellyfin-apiclient-python, as other programs use a real server.

Arguments: base URL, name and password of a user. Every check ends the program with its message when it fails.
"""

import os
import sys
import threading
import traceback
import uuid

from jellyfin_apiclient_python import JellyfinClient
from jellyfin_apiclient_python.connection_manager import CONNECTION_STATE
from jellyfin_apiclient_python.exceptions import HTTPException


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def new_client(url, device):
    client = JellyfinClient(allow_multiple_clients=True)
    client.config.app("Test client", "0.1", device, str(uuid.uuid4()))
    client.config.data["auth.ssl"] = False
    state = client.auth.connect_to_address(url)
    check(state["State"] == CONNECTION_STATE["ServerSignIn"], f"a server that wants a sign-in: {state}")
    return client


def signed_in(url, name, password, device):
    client = new_client(url, device)
    check(client.auth.login(url, name, "wrong") == {}, "a wrong password is refused")
    check(client.auth.login(url, name, password) != {}, "the right one is accepted")
    server = client.auth.credentials.get_credentials()["Servers"][0]
    state = client.authenticate({"Servers": [server]}, discover=False)
    check(state["State"] == CONNECTION_STATE["SignedIn"], "the token is good")
    client.start()
    return client


def main(url, name, password):
    client = signed_in(url, name, password, "Study")
    api = client.jellyfin
    check(api.get_system_info_new()["ServerName"] == "Attic", "the server's name")
    check(api.get_user()["Name"] == name, "the user")
    views = {view["Name"]: view["Id"] for view in api.get_views()["Items"]}
    check(set(views) == {"Movies", "Shows", "Music"}, f"the libraries: {sorted(views)}")

    series = api.search_media_items(term="harbour", media="Series")["Items"]
    check([show["Name"] for show in series] == ["Harbour Lights"], "a search")
    show = api.get_item(series[0]["Id"])
    check(show["ProviderIds"] == {"Tvdb": "880001", "Tmdb": "990001", "Imdb": "tt9999999"}, "the series' ids")
    seasons = api.get_seasons(show["Id"])["Items"]
    check([season["IndexNumber"] for season in seasons] == [0, 1, 2], "the seasons")
    episodes = api.get_season(show["Id"], seasons[2]["Id"])["Items"]
    check([e["IndexNumber"] for e in episodes] == [1, 2, 3, 4, 5, 6, 7], "the episodes")
    check(episodes[-1]["IndexNumberEnd"] == 8, "a file with two of them")
    episode = api.get_items([episodes[2]["Id"]])["Items"][0]
    check(episode["SeriesId"] == show["Id"] and episode["ParentIndexNumber"] == 2, "what an episode belongs to")
    try:
        api.get_item("0123456789abcdef0123456789abcdef")
        sys.exit("FAILED: an item that is not there was found")
    except HTTPException as error:
        check(error.status == 404, f"what is said of it: {error}")

    heard, bell = [], threading.Event()

    def hear(kind, data):
        heard.append((kind, data))
        if kind == "WebSocketConnect":
            client.wsc.send("SessionsStart", "0,500")
            bell.set()

    client.callback = hear
    client.start_wsc()
    check(bell.wait(20), "the web socket opens")

    player = signed_in(url, name, password, "Living Room")
    position = 20 * 60 * 10_000_000
    player.jellyfin.session_playing({"ItemId": episode["Id"], "PositionTicks": 0, "CanSeek": True})
    player.jellyfin.session_progress({"ItemId": episode["Id"], "PositionTicks": position, "IsPaused": True})
    sessions = api.sessions()
    playing = [session for session in sessions if "NowPlayingItem" in session]
    check(len(sessions) == 2 and len(playing) == 1, "the sessions, the idle one of this program too")
    check(playing[0]["DeviceName"] == "Living Room" and playing[0]["UserName"] == name, "who plays on what")
    now = api.get_now_playing(playing[0]["Id"])
    check(now["Id"] == episode["Id"] and now["PlayState"]["PositionTicks"] == position, "what, and where")
    check(api.get_device(playing[0]["DeviceId"])[0]["Id"] == playing[0]["Id"], "the device's session")

    player.jellyfin.session_stop({"ItemId": episode["Id"], "PositionTicks": position})
    resumable = api.get_resume_items()["Items"]
    check([item["Id"] for item in resumable] == [episode["Id"]], "what can be resumed")
    data = api.get_userdata_for_item(episode["Id"])
    check(data["PlayCount"] == 1 and not data["Played"], f"what was seen of it: {data}")
    api.item_played(episode["Id"], True)
    played = api.get_user_items(include_item_types="Episode", recursive=True, filters="IsPlayed")["Items"]
    check([item["Id"] for item in played] == [episode["Id"]], "what was played")
    api.item_played(episode["Id"], False)
    check(api.get_userdata_for_item(episode["Id"])["PlayCount"] == 0, "what was taken back")

    check(wait_for(heard, lambda kind, data: kind == "Sessions" and any(map(is_playing, data["value"]))), "an event")
    check(wait_for(heard, lambda kind, data: kind == "UserDataChanged"), "a change of what was seen")

    guest = new_client(url, "Kitchen")
    check(guest.auth.API.quick_connect_enabled(url), "codes are possible")
    asked = guest.auth.API.quick_connect_initiate(url)
    check(not guest.auth.API.quick_connect_state(url, asked["Secret"])["Authenticated"], "nobody has entered the code")
    api._post("QuickConnect/Authorize", params={"code": asked["Code"]})
    check(guest.auth.API.quick_connect_state(url, asked["Secret"])["Authenticated"], "somebody has")
    check(guest.auth.login_with_quick_connect(url, asked["Secret"])["User"]["Name"] == name, "who it is now")

    print("ok", flush=True)


def is_playing(session):
    return "NowPlayingItem" in session


def wait_for(heard, wanted):
    """Waits until something was heard; the messages come by another thread."""
    for _ in range(200):
        if any(wanted(kind, data) for kind, data in list(heard)):
            return True
        threading.Event().wait(0.05)
    return False


if __name__ == "__main__":
    try:
        main(*sys.argv[1:4])
        status = 0
    except BaseException as error:
        print(error, "".join(traceback.format_tb(error.__traceback__)), file=sys.stderr, flush=True)
        status = 1
    # The client's own threads take ten seconds to notice that they were stopped.
    os._exit(status)
