"""Uses the Plex simulator through python-plexapi, as other programs use a real server.

Arguments: base URL and token. Every check ends the program with its message when it fails.
"""

import datetime
import sys
import threading
import urllib.request

from plexapi.exceptions import NotFound, Unauthorized
from plexapi.server import PlexServer


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def report(url, token, client, item, state, position):
    """Sends what a player sends."""
    query = f"ratingKey={item}&key=/library/metadata/{item}&state={state}&time={position}&duration=2700000"
    request = urllib.request.Request(f"{url}/:/timeline?{query}", method="POST")
    request.add_header("X-Plex-Token", token)
    request.add_header("X-Plex-Client-Identifier", client)
    request.add_header("X-Plex-Device-Name", "Test player")
    with urllib.request.urlopen(request, timeout=10) as answer:
        check(answer.status == 200, "a report is accepted")


def main(url, token):
    try:
        PlexServer(url, "not-the-token")
        sys.exit("FAILED: a wrong token was accepted")
    except Unauthorized:
        pass

    plex = PlexServer(url, token)
    check(plex.friendlyName == "Attic", "the server's name")
    check(len(plex.machineIdentifier) == 40, "the machine identifier")

    sections = {section.title: section for section in plex.library.sections()}
    check(set(sections) == {"Movies", "TV Shows", "Music"}, f"sections: {sorted(sections)}")
    shows = sections["TV Shows"].all()
    check([show.title for show in shows] == ["Tidewrack"], "the shows of the section")
    show = sections["TV Shows"].get("Tidewrack")
    check({guid.id for guid in show.guids} == {"imdb://tt9999999", "tmdb://990001", "tvdb://880001"}, "the show's ids")
    check([season.index for season in show.seasons()] == [0, 1, 2], "the seasons")
    check([(e.parentIndex, e.index) for e in show.episodes()][:3] == [(0, 1), (1, 1), (1, 2)], "the episodes in order")
    episode = show.episode(season=2, episode=3)
    check(episode.grandparentTitle == "Tidewrack" and episode.media[0].parts[0].file.endswith("S02E03.mkv"), "an episode")
    check([found.ratingKey for found in plex.library.search("tidewrack", libtype="show")] == [show.ratingKey], "a search")
    try:
        plex.fetchItem(999_999)
        sys.exit("FAILED: an item that is not there was found")
    except NotFound:
        pass
    check({account.name for account in plex.systemAccounts()} >= {"owner_name", "river_otter", "Kiddo"}, "the accounts")

    check(plex.sessions() == [], "nobody plays")
    heard, bell = [], threading.Event()

    def hear(data):
        heard.append(data)
        if data.get("type") == "playing":
            bell.set()

    listener = plex.startAlertListener(hear)
    check(wait_until_heard(plex, url, token, episode, bell), "a notification over the web socket")
    listener.stop()
    states = [n["state"] for d in heard if d["type"] == "playing" for n in d["PlaySessionStateNotification"]]
    check("playing" in states, f"the states that were heard: {states}")

    sessions = plex.sessions()
    check(len(sessions) == 1, "one session")
    session = sessions[0]
    check(session.ratingKey == episode.ratingKey and session.viewOffset == 20_000, "what it plays and where")
    check(session.usernames == ["owner_name"], f"who plays: {session.usernames}")
    check(session.players[0].state == "playing" and session.players[0].title == "Test player", "on what it plays")
    check(session.sessionKey == 1, "the session's key")

    before = datetime.datetime.now() - datetime.timedelta(days=400 * 3)
    check(plex.history(mindate=before) == [], "nothing was watched")
    report(url, token, "py-1", episode.ratingKey, "playing", 2_600_000)
    report(url, token, "py-1", episode.ratingKey, "stopped", 2_600_000)
    check(plex.sessions() == [], "the session is over")
    history = plex.history(mindate=before)
    check([(row.ratingKey, row.accountID) for row in history] == [(episode.ratingKey, 1)], f"the history: {history}")
    check([row.ratingKey for row in show.history()] == [episode.ratingKey], "the show's history")
    check(plex.history(mindate=datetime.datetime.now() + datetime.timedelta(days=9000)) == [], "the history's lower bound")
    episode.reload()
    check(episode.viewCount == 1 and episode.isPlayed, "the episode counts as watched")
    check([e.index for e in show.unwatched()].count(3) == 1, "and only that one")

    report(url, token, "py-2", show.episode(season=1, episode=1).ratingKey, "playing", 0)
    plex.sessions()[0].stop(reason="bye")
    check(plex.sessions() == [], "a session can be ended")
    print("ok")


def wait_until_heard(plex, url, token, episode, bell):
    """Reports until the listener is connected and hears it."""
    for _ in range(100):
        report(url, token, "py-1", episode.ratingKey, "playing", 20_000)
        if bell.wait(0.1):
            return True
    return False


if __name__ == "__main__":
    main(*sys.argv[1:3])
