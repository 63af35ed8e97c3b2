"""Speaks to a Sonarr through pyarr, a client that others wrote, and checks what comes back."""

import sys
import time

from pyarr import SonarrAPI
from pyarr.exceptions import PyarrResourceNotFound, PyarrServerError, PyarrUnauthorizedError

url, key = sys.argv[1:3]
sonarr = SonarrAPI(url, key)


def raises(kind, call, *arguments):
    try:
        call(*arguments)
    except kind:
        return
    raise AssertionError(f"{call} did not raise {kind}")


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


raises(PyarrUnauthorizedError, SonarrAPI(url, "wrong").get_system_status)
assert sonarr.get_system_status()["appName"] == "Sonarr"
assert sonarr.get_health() == []
assert sonarr.get_root_folder()[0]["path"] == "/tv"
assert sonarr.get_disk_space()[0]["freeSpace"] > 0
assert [profile["name"] for profile in sonarr.get_quality_profile()] == ["Any", "HD-1080p", "Ultra-HD"]
assert sonarr.get_tag() == [{"label": "keep", "id": 1}]
assert sonarr.get_tag_detail(1)["seriesIds"] == [1]
assert sonarr.create_tag("later")["id"] == 2
assert sonarr.get_media_management()["recycleBin"] == ""

# Series: by TVDB id, by Sonarr's id, changed and put back.
[series] = sonarr.get_series(880001, tvdb=True)
assert series == sonarr.get_series(1)
assert series["statistics"]["episodeFileCount"] == 3
raises(PyarrResourceNotFound, sonarr.get_series, 99)
series["monitored"] = False
series["seasons"][1]["monitored"] = False
changed = sonarr.upd_series(series)
assert not changed["monitored"]
episodes = sorted(sonarr.get_episode(1, series=True), key=lambda e: (e["seasonNumber"], e["episodeNumber"]))
assert [e["monitored"] for e in episodes] == [True] * 3 + [False] * 4

# Episodes and files.
second = [e["id"] for e in episodes if e["seasonNumber"] == 2]
assert [e["id"] for e in sonarr.upd_episode_monitor(second, True)] == second
assert sonarr.get_episode(second[0])["monitored"]
sonarr.upd_episode(second[3], {"monitored": False})
assert not sonarr.get_episode(second[3])["monitored"]
assert len(sonarr.get_episode_file(1, series=True)) == 2
shared = episodes[0]["episodeFileId"]
assert shared == episodes[1]["episodeFileId"]
sonarr.del_episode_file(shared)
raises(PyarrResourceNotFound, sonarr.del_episode_file, shared)
assert not sonarr.get_episode(episodes[1]["id"])["hasFile"]
deleted = [r for r in sonarr.get_history()["records"] if r["eventType"] == "episodeFileDeleted"]
assert len(deleted) == 2
assert sonarr.get_wanted()["totalRecords"] == 0, "the series is not monitored"

# A search, its download, and its end.
raises(PyarrServerError, sonarr.post_command, "NoSuchCommand")
command = sonarr.post_command("EpisodeSearch", episodeIds=second[:2])
wait_for(lambda: sonarr.get_command(command["id"])["status"] == "completed")
assert sonarr.get_command(command["id"])["message"].endswith("2 reports downloaded.")
queue = sonarr.get_queue()
assert queue["totalRecords"] == 2
assert {record["episodeId"] for record in queue["records"]} == set(second[:2])
sonarr.del_queue(queue["records"][0]["id"], remove_from_client=True)
assert sonarr.get_queue()["totalRecords"] == 1

# A show that is not there yet.
[found] = sonarr.lookup_series(term="Saltmarsh")
assert "id" not in found
added = sonarr.add_series(found, 4, 1, "/tv")
wait_for(lambda: len(sonarr.get_episode(added["id"], series=True)) == 2)
sonarr.del_series(1, delete_files=True)
assert [s["title"] for s in sonarr.get_series()] == ["Saltmarsh"]
