"""Asks the Tautulli simulator through pytautulli, as other programs ask the real one.

Arguments: base URL, API key. Otter is in the seventh minute of the second season's first episode of "Tidewrack", and has seen
the second one of the first season. Every check ends the program with its message when it fails.
"""

import asyncio
import sys

from pytautulli import (
    PyTautulli,
    PyTautulliAuthenticationException,
    PyTautulliConnectionException,
    PyTautulliHostConfiguration,
)


def check(condition, message):
    if not condition:
        sys.exit(f"FAILED: {message}")


def client(key):
    return PyTautulli(PyTautulliHostConfiguration(url=sys.argv[1], api_token=key))


async def refused(request, kind):
    try:
        await request
    except kind:
        return True
    return False


async def main(key):
    async with client(key) as tautulli:
        info = await tautulli.async_get_server_info()
        check((info.pms_name, info.pms_port) == ("Attic", 32400), "the server that it watches")

        users = {user.user_id: user for user in await tautulli.async_get_users()}
        check(set(users) == {0, 555001, 924920, 30518877}, "everybody's ids, and the one for strangers")
        check(users[555001].is_admin and not users[924920].is_admin, "who the owner is")
        check(users[924920].friendly_name == "Otter" and users[924920].username == "river_otter", "both names")
        check(users[924920].keep_history, "whose history is kept")

        activity = await tautulli.async_get_activity()
        check(activity.stream_count == "1" and activity.stream_count_direct_play == 1, "the counts")
        session = activity.sessions[0]
        check(session.grandparent_title == "Tidewrack" and session.media_type == "episode", "what is played")
        check((session.parent_media_index, session.media_index) == ("2", "1"), "where in the show")
        check((session.user_id, session.friendly_name) == (924920, "Otter"), "who plays")
        check((session.state, session.view_offset) == ("playing", "400000"), "how far")

        history = await tautulli.async_command("get_history", grouping=0, include_activity=0)
        rows = history["response"]["data"]["data"]
        check([row["media_index"] for row in rows] == [2], "the history")
        check(await refused(tautulli.async_command("dance"), PyTautulliConnectionException), "an unknown command")

    async with client("wrong") as stranger:
        check(await refused(stranger.async_get_users(), PyTautulliAuthenticationException), "a wrong key")


asyncio.run(main(sys.argv[2]))
