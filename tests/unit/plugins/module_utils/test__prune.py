# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import socket
import subprocess
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _files, _history, _home
from ansible_collections.pyhost.platform.plugins.module_utils._prune import chosen, prune, unneeded

AREAS = ("launches", "releases", "virtualenvs", "conf/sets")


def launch(home, name, release, virtualenv, conf, in_force=True):
    path = home / "launches" / name
    path.mkdir()
    process = {"release": release, "virtualenv": virtualenv, "argv": [], "cwd": "", "environment": {}}
    content = {
        "process": {**process, "server": "", "protocol": ""},
        "conf": conf,
        "process_digest": "",
        "processes": {},
    }
    content.update({"ports": {}, "health": {}, "python": "", "digest": ""})
    (path / "launch.json").write_text(json.dumps(content))
    for area, one in (("releases", release), ("virtualenvs", virtualenv), ("conf/sets", conf)):
        (home / area / one).mkdir(exist_ok=True)
    (home / "releases" / f"{release}.json").write_text("{}")
    if in_force:
        _history.append(home, "deployed", release, name, "anna on laptop")


@pytest.fixture
def cell(home):
    _home.make_directories(home)
    launch(home, "l1", "1-a", "v1", "c1")
    launch(home, "l2", "2-b", "v1", "c1")
    launch(home, "l3", "3-c", "v2", "c1")
    launch(home, "l4", "4-d", "v2", "c2")
    (home / "current").symlink_to("launches/l4")
    return home


def there(home):
    return {area: sorted(os.listdir(home / area)) for area in AREAS}


def test_nothing_to_remove(cell):
    before = there(cell)
    assert prune(cell, 4) == []
    assert prune(cell, 9) == []
    assert there(cell) == before


def test_what_a_scheduled_run_uses_stays(cell):
    (cell / "run" / "cron.json").write_text(
        json.dumps({"runs": {"tidy.1": {"launch": "l1"}, "tidy.2": {"launch": "x"}}})
    )
    prune(cell, 1)
    assert there(cell)["launches"] == ["l1", "l4"]
    assert {"1-a", "4-d"} <= set(there(cell)["releases"])
    (cell / "run" / "cron.json").write_text('{"runs": 5}')
    prune(cell, 1)
    assert there(cell)["launches"] == ["l4"]


def test_the_newest_and_what_they_need_stay(cell):
    assert prune(cell, 3) == ["launches/l1", "releases/1-a", "releases/1-a.json"]
    assert prune(cell, 2) == ["launches/l2", "releases/2-b", "releases/2-b.json", "virtualenvs/v1"]
    assert there(cell) == {
        "launches": ["l3", "l4"],
        "releases": ["3-c", "3-c.json", "4-d", "4-d.json"],
        "virtualenvs": ["v2"],
        "conf/sets": ["c1", "c2"],
    }


@pytest.mark.parametrize("keep", [1, 0])
def test_the_one_in_force_stays_however_old_it_is(cell, keep):
    (cell / "current").unlink()
    (cell / "current").symlink_to("launches/l1")
    prune(cell, keep)
    assert there(cell) == {
        "launches": ["l1"],
        "releases": ["1-a", "1-a.json"],
        "virtualenvs": ["v1"],
        "conf/sets": ["c1"],
    }


def test_what_a_failed_deploy_left_is_no_choice_for_a_rollback(cell):
    launch(cell, "l5", "5-e", "v2", "c3", in_force=False)
    assert prune(cell, 9) == ["conf/sets/c3", "launches/l5", "releases/5-e", "releases/5-e.json"]
    assert there(cell)["virtualenvs"] == ["v1", "v2"]


def test_what_no_launch_led_to_may_be_another_deploys_for_an_hour(cell):
    names = ("releases/5-e", "releases/5-e.json", "releases/6-f", "virtualenvs/v8", "virtualenvs/v9", "conf/sets/c8")
    for name in names:
        (cell / name).mkdir()
    hour = time.time() - 3700
    for name in ("releases/6-f", "virtualenvs/v9", "conf/sets/c8"):
        os.utime(cell / name, (hour, hour))
    assert prune(cell, 9) == ["conf/sets/c8", "releases/6-f", "virtualenvs/v9"]
    assert {*names[:2], names[3]} <= {f"{area}/{name}" for area, found in there(cell).items() for name in found}


def test_age_says_nothing_about_what_is_needed(cell):
    for area, names in there(cell).items():
        for name in names:
            os.utime(cell / area / name, (0, 0))
    assert prune(cell, 4) == []


def test_what_crashes_left_goes_and_data_does_not(cell):
    (cell / "launches" / ".stage-l5").mkdir()
    (cell / "releases" / ".stage-77").mkdir()
    (cell / "conf" / "sets" / ".stage-c9").mkdir()
    (cell / "launches" / "broken").mkdir()
    (cell / "launches" / "broken" / "launch.json").write_text("{")
    (cell / "data" / "precious").write_text("")
    assert prune(cell, 4) == [
        "conf/sets/.stage-c9",
        "launches/.stage-l5",
        "launches/broken",
        "releases/.stage-77",
    ]
    assert (cell / "data" / "precious").exists()


def test_unfinished_files_of_processes_that_have_ended_go(cell):
    with subprocess.Popen(["/bin/true"]) as process:
        process.wait()
    places = [
        "",
        "run/",
        "run/supervisor.d/",
        "launches/l4/",
        "conf/",
        "conf/nginx.d/",
        "conf/supervisor.d/",
    ]
    gone = [f"{place}.stage-x.conf.{process.pid}" for place in places] + [f"run/archive-{process.pid}"]
    stay = [f"{place}.stage-y.conf.{os.getpid()}" for place in places]
    stay += [f"run/archive-{os.getpid()}", "run/archive-of-mine", "run/.stage-mine", f"data/.stage-x.{process.pid}"]
    for name in gone + stay:
        (cell / name).write_text("")
    (cell / f".stage-current.{process.pid}").symlink_to("launches/l9")
    assert prune(cell, 4) == sorted([f".stage-current.{process.pid}", *gone])
    assert [name for name in stay if not (cell / name).exists()] == []


LAUNCHES = {"a1": "1-a", "a2": "1-a", "b1": "2-b", "b2": "2-b", "b3": "2-b", "c1": "3-c", "broken": ""}
CHOSEN = [
    # the order of the last times in force, the newest first; how many to keep; what stays
    ([], 5, ""),
    (["", "a1"], 5, "a1"),
    (["a1"], 1, "a1"),
    (["b1", "a1"], 0, "b1"),
    (["b1", "a1"], -1, "b1"),
    (["b3", "b2", "b1", "a2", "a1"], 1, "b3"),
    # the newest launch of each release, and the newest launches
    (["b3", "b2", "b1", "a2", "a1"], 2, "b3 b2 a2"),
    (["b3", "b2", "b1", "a2", "a1"], 3, "b3 b2 b1 a2"),
    (["b3", "a2", "b2", "a1", "b1"], 2, "b3 a2"),
    (["c1", "b3", "b2", "a2"], 2, "c1 b3"),
    (["c1", "b3", "b2", "a2"], 3, "c1 b3 b2 a2"),
    # what is not there any more, or no deploy wrote, takes no place
    (["gone", "broken", "c1", "b1", "a1"], 2, "c1 b1"),
]


@pytest.mark.parametrize(("order", "keep", "stay"), CHOSEN)
def test_chosen(order, keep, stay):
    launches = {name: {"process": {"release": release}} if release else {} for name, release in LAUNCHES.items()}
    assert chosen(launches, order, keep) == set(stay.split())


def test_a_rollback_makes_an_old_launch_new(cell):
    (cell / "current").unlink()
    (cell / "current").symlink_to("launches/l1")
    _history.append(cell, "rolled back", "1-a", "l1", "anna on laptop")
    prune(cell, 2)
    assert there(cell)["launches"] == ["l1", "l4"]


def test_sockets_without_a_listener_go(cell):
    """Not every server removes its own."""
    for name in ("a-old.sock", "n-old.sock", "a-new.sock"):
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(cell / "run" / name))
            if name == "a-new.sock":
                one.listen()
                prune(cell, 4)
    assert [path.name for path in (cell / "run").glob("*.sock")] == ["a-new.sock"]


def rehearsed(cell, hours):
    """A virtualenv and a release that a rehearsal made some hours ago."""
    (cell / "virtualenvs" / "v7").mkdir()
    (cell / "virtualenvs" / "v7" / _home.REHEARSED).touch()
    (cell / "releases" / "7-d").mkdir()
    (cell / "releases" / "7-d.json").write_text('{"digest": "d", "rehearsed": "v7"}')
    then = time.time() - hours * 3600
    paths = [cell / "virtualenvs/v7" / _home.REHEARSED, cell / "virtualenvs/v7"]
    for path in (*paths, cell / "releases/7-d", cell / "releases/7-d.json"):
        os.utime(path, (then, then))


ALL_OF_IT = ["releases/7-d", "releases/7-d.json", "virtualenvs/v7"]


@pytest.mark.parametrize(
    ("hours", "gone", "on_request"), [(0.5, [], []), (23, [], ALL_OF_IT), (25, ALL_OF_IT, ALL_OF_IT)]
)
def test_what_a_rehearsal_made_stays_for_a_day_but_on_request_for_an_hour(cell, hours, gone, on_request):
    rehearsed(cell, hours)
    assert unneeded(cell, 9) == gone
    assert unneeded(cell, 9, rehearsed=0) == on_request
    assert "v7" in there(cell)["virtualenvs"]
    assert prune(cell, 9) == gone
    assert ("v7" in there(cell)["virtualenvs"]) == (not gone)


def test_a_rehearsed_virtualenv_that_was_in_force_before_stays(cell):
    """Its last launch is dropped, and the change that was rehearsed is about to come back to it."""
    (cell / "virtualenvs" / "v1" / _home.REHEARSED).touch()
    assert "virtualenvs/v1" not in prune(cell, 1)
    assert there(cell)["virtualenvs"] == ["v1", "v2"]


def test_a_prune_that_is_killed_leaves_no_half_release(cell, monkeypatch):
    """Whatever it gets to: what has its name is whole, and the next one removes the rest."""

    def killed(path):
        raise KeyboardInterrupt

    monkeypatch.setattr(_files, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        prune(cell, 3)
    monkeypatch.undo()
    found = there(cell)
    whole = {name for name in found["releases"] if f"{name}.json" in found["releases"]}
    assert {"2-b", "3-c", "4-d"} <= whole
    assert "1-a.json" not in found["releases"]
    prune(cell, 3)
    assert not [name for names in there(cell).values() for name in names if name.startswith(".stage-")]
