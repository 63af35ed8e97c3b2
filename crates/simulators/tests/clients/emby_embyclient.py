"""Uses the Emby simulator through Emby's own client for Python, which reads what it knows of every answer into its models.

Arguments: base URL, an API key, name and password of a user. Every check ends the program with its message when it fails.
"""

import sys

import emby_client
from emby_client.rest import ApiException


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def connected(url, token):
    configuration = emby_client.Configuration()
    configuration.host = f"{url}/emby"
    # All of its configurations share one dictionary unless they get another.
    configuration.api_key = {"api_key": token} if token else {}
    return emby_client.ApiClient(configuration)


def signed_in(url, name, password):
    """Signs in as a player does, and says who it is everywhere from then on."""
    client = connected(url, None)
    device = 'Emby Client="Test player", Device="Living Room", DeviceId="py-1", Version="1.0"'
    body = emby_client.AuthenticateUserByName(username=name, pw=password)
    answer = emby_client.UserServiceApi(client).post_users_authenticatebyname(body, device)
    check(answer.user.name == name and answer.session_info.device_name == "Living Room", "who signed in, and where")
    client.configuration.api_key = {"api_key": answer.access_token}
    client.set_default_header("X-Emby-Authorization", device)
    return client, answer.user.id


def main(url, key, name, password):
    try:
        emby_client.SystemServiceApi(connected(url, "not-the-key")).get_system_info()
        sys.exit("FAILED: a wrong key was accepted")
    except ApiException as error:
        check(error.status == 401, f"what is said of a wrong key: {error.status}")

    client = connected(url, key)
    system = emby_client.SystemServiceApi(client)
    about = system.get_system_info_public()
    check(about.server_name == "Attic" and len(about.id) == 32, "the server's name and id")
    check(about.version == system.get_system_info().version and about.local_addresses, "its version and addresses")
    users = emby_client.UserServiceApi(client).get_users_query().items
    check({user.name for user in users} >= {name, "owner_name"}, "the users")

    items = emby_client.ItemsServiceApi(client)
    series = items.get_items(recursive=True, include_item_types="Series", fields="ProviderIds,Path").items
    check([show.name for show in series] == ["Harbour Lights"], "the series")
    check(series[0].provider_ids is not None and series[0].id.isdigit(), "its ids")
    seasons = items.get_items(parent_id=series[0].id).items
    check([season.index_number for season in seasons] == [0, 1, 2], "the seasons")
    episodes = items.get_items(parent_id=seasons[2].id).items
    check([episode.index_number for episode in episodes] == [1, 2, 3, 4, 5, 6, 7], "the episodes of a season")
    check(episodes[-1].index_number_end == 8, "a file with two of them")
    check(items.get_items(ids="999999").items == [], "an item that is not there")

    player, user = signed_in(url, name, password)
    playing = emby_client.PlaystateServiceApi(player)
    episode = episodes[2]
    start = emby_client.PlaybackStartInfo(item_id=episode.id, position_ticks=0, can_seek=True)
    playing.post_sessions_playing(start)
    position = 20 * 60 * 10_000_000
    progress = emby_client.PlaybackProgressInfo(item_id=episode.id, position_ticks=position, is_paused=True)
    playing.post_sessions_playing_progress(progress)

    sessions = emby_client.SessionsServiceApi(client).get_sessions()
    on = [session for session in sessions if session.now_playing_item]
    check(len(sessions) == 2 and len(on) == 1, "the sessions, the idle one of this program too")
    session = on[0]
    check(session.user_name == name and session.user_id == user, "who plays")
    check(session.device_name == "Living Room" and session.client == "Test player", "on what")
    check(session.now_playing_item.id == episode.id and session.now_playing_item.series_id == series[0].id, "what")
    check(session.play_state.position_ticks == position and session.play_state.is_paused, "where")
    check(session.last_activity_date.tzinfo is not None, "since when")

    playing.post_sessions_playing_stopped(emby_client.PlaybackStopInfo(item_id=episode.id, position_ticks=position))
    query = {"recursive": True, "include_item_types": "Episode", "fields": "UserDataLastPlayedDate,UserDataPlayCount"}
    begun = items.get_users_by_userid_items(user, filters="IsResumable", **query).items
    check([item.id for item in begun] == [episode.id], "what can be resumed")
    check(begun[0].user_data.playback_position_ticks == position and begun[0].user_data.play_count == 1, "and where")
    check(begun[0].user_data.last_played_date is not None, "when it was played")
    check(items.get_users_by_userid_items(user, filters="IsPlayed", **query).items == [], "nothing was finished")

    emby_client.SessionsServiceApi(player).post_sessions_logout()
    try:
        emby_client.SystemServiceApi(player).get_system_info()
        sys.exit("FAILED: a token outlived its sign-out")
    except ApiException as error:
        check(error.status == 401, "what is said of an old token")
    print("ok")


if __name__ == "__main__":
    main(*sys.argv[1:5])
