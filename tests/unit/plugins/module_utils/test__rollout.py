# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Rollouts in a cell whose supervisord and nginx are real, seen from outside: what answers, and what is said.
import itertools
import os
import re
import socket

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _lock
from living.cell import NGINX, Living

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

SWITCHED = ["new version healthy", "switched", "old version ended"]
ADVICE = "strategy: restart is for apps that cannot run twice"


@pytest.fixture(scope="module")
def cells():
    """The one cell that is there; one that a test has left in disorder is made anew."""
    made = [Living()]
    yield made
    made[-1].close()


@pytest.fixture
def empty(cells):
    """A cell without an app."""
    cells[-1].forget()
    return cells[-1]


@pytest.fixture
def cell(cells):
    """A cell at rest with version 1."""
    if not cells[-1].begin(cells[-1].plan(1)):
        cells[-1].close()
        cells[-1] = Living()
        assert cells[-1].begin(cells[-1].plan(1))
    return cells[-1]


def first_line(found):
    """The reason; how supervisord names an end depends on whether it came within a second."""
    return re.sub(r"\((BACKOFF|EXITED|FATAL)\)|(?<=ended )\d(?= s)", "-", found["error"].splitlines()[0])


def test_the_first_version_and_the_next_ones(empty):
    one = empty.plan(1)
    found = empty.roll(one)
    assert (found["ok"], found["did"], empty.unrest(one)) == (True, ["started"], {})
    with empty.load() as seen:
        for version in (2, 3):
            plan = empty.plan(version)
            found = empty.roll(plan)
            assert (found["ok"], found["did"], empty.unrest(plan)) == (True, SWITCHED, {})
    assert seen["failed"] == []
    assert list(seen["answers"]) == ["1", "2", "3"]
    assert empty.history() == "+1 +2 +3"


FAILURES = [
    ({"mode": "ends"}, "the app ended right after its start -: RuntimeError: no database; its last lines:"),
    ({"mode": "500", "health": {"timeout": 6}},
     "health: not healthy within 6 s (wanted: 200): GET / as a answered 500; it wrote nothing"),
    ({"mode": "dies", "health": {"seconds": 1}}, "the app ended - s after its first answer; it wrote nothing"),
    ({"health": {"command": "echo no database; exit 3"}},
     "health.command failed with exit status 3: echo no database; exit 3; its last lines:"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "error"), FAILURES[:2])
def test_a_first_version_that_fails_leaves_nothing(empty, changes, error):
    found = empty.roll(empty.plan(1, **changes))
    assert (found["ok"], found["committed"], first_line(found)) == (False, False, error)
    assert (empty.supervisor.programs(), empty.answers(), empty.history()) == ({}, "", "")
    assert not (empty.home / "current").is_symlink()
    assert not (empty.home / "run" / "journal.json").exists()
    plan = empty.plan(2)
    assert empty.did(plan) == ["started"]
    assert empty.unrest(plan) == {}


@pytest.mark.parametrize(("changes", "error"), FAILURES)
def test_a_version_that_fails_leaves_the_old_one_alone(cell, changes, error):
    pids = {name: cell.pid(name) for name in ("app", "nginx", "worker")}
    found = cell.roll(cell.plan(2, **changes))
    assert (found["ok"], found["committed"], first_line(found)) == (False, False, error)
    assert cell.unrest(cell.plan(1)) == {}
    assert {name: cell.pid(name) for name in pids} == pids


@pytest.mark.parametrize(
    ("changes", "did", "same"),
    [
        # nothing differs: what was missing is mended, and nothing restarts
        ({}, "rules changed", {"app", "nginx", "worker"}),
        ({"rules": "location = /up {\n    return 204;\n}\n"}, "rules changed", {"app", "nginx", "worker"}),
        ({"processes": {"worker": "sleep 2000"}}, "recorded", {"app", "nginx"}),
        ({"processes": {}}, "rules changed", {"app", "nginx"}),
        ({"processes": {"worker": "sleep 1000", "beat": "sleep 1000"}}, "rules changed", {"app", "nginx", "worker"}),
    ],
)
def test_the_app_runs_on_where_only_something_else_changed(cell, changes, did, same):
    pids = {name: cell.pid(name) for name in ("app", "nginx", "worker")}
    plan = cell.plan(1, **changes)
    with cell.load() as seen:
        found = cell.roll(plan)
    assert (found["did"], cell.unrest(plan), seen["failed"]) == ([did], {}, [])
    assert {name for name, pid in pids.items() if cell.pid(name) == pid} == same


def test_a_changed_drain_is_a_changed_program(cell):
    plan = cell.plan(1, drain=4)
    with cell.load() as seen:
        assert cell.did(plan) == SWITCHED
    assert (cell.unrest(plan), seen["failed"]) == ({}, [])


def test_an_app_that_was_killed_is_started_beside_itself(cell):
    cell.supervisor.stop("app")
    one = cell.plan(1)
    assert cell.did(one) == SWITCHED
    assert cell.unrest(one) == {}


def test_what_is_needed_was_removed(cell):
    two = cell.plan(2)
    (cell.home / "releases" / two["launch"]["process"]["release"]).rmdir()
    found = cell.roll(two)
    assert found["error"] == "its release releases/2-000000000002 was removed meanwhile; run again"
    assert cell.unrest(cell.plan(1)) == {}


def test_another_protocol_under_load(cell):
    with cell.load() as seen:
        for version, protocol in ((2, "uwsgi"), (3, "http"), (4, "http")):
            plan = cell.plan(version, protocol=protocol)
            assert cell.did(plan) == SWITCHED
            assert cell.unrest(plan) == {}
    assert (seen["failed"], list(seen["answers"])) == ([], ["1", "2", "3", "4"])


def free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.fixture
def ports():
    """Below those that the kernel gives to connections, of which the test makes many."""
    begin = 20000 + os.getpid() % 6000
    return dict(zip(("app", "app-next"), filter(free, range(begin, 32000)), strict=False))


def test_an_app_on_ports_under_load(cell, ports):
    assert cell.did(cell.plan(2, ports=ports)) == SWITCHED
    with cell.load() as seen:
        for version, where in ((3, ports), (4, None)):
            plan = cell.plan(version, ports=where)
            assert cell.did(plan) == SWITCHED
            assert cell.unrest(plan) == {}
    assert (seen["failed"], list(seen["answers"])) == ([], ["2", "3", "4"])


def test_from_a_socket_to_ports_under_load(cell, ports):
    with cell.load() as seen:
        assert cell.did(cell.plan(2, ports=ports)) == SWITCHED
    assert seen["failed"] == []


GAP = re.compile(r"restarted; no answer for up to \d+\.\d s \(strategy: restart\)")


def test_an_app_that_cannot_run_twice(cell):
    found = cell.roll(cell.plan(2, "alone", strategy="restart"))
    assert (len(found["did"]), bool(GAP.fullmatch(found["did"][0]))) == (1, True)
    three = cell.plan(3, "alone", strategy="restart")
    assert GAP.fullmatch(cell.did(three)[0])
    assert cell.unrest(three) == {}
    found = cell.roll(cell.plan(4, "alone"))
    assert "BlockingIOError" in first_line(found)
    assert cell.unrest(three) == {}
    found = cell.roll(cell.plan(5, "ends", strategy="restart"))
    assert found["committed"] is False
    assert first_line(found).startswith("the app ended right after its start -: RuntimeError: no database")
    assert re.fullmatch(
        r"no answer for up to \d+\.\d s \(strategy: restart\); the old version was started again",
        found["error"].splitlines()[-1],
    )
    assert cell.unrest(three) == {}
    assert cell.history() == "+1 +2 +3"


def test_a_version_that_runs_only_beside_itself_gives_the_place_back(cell):
    with cell.load() as seen:
        found = cell.roll(cell.plan(2, "next"))
        assert (found["ok"], found["committed"]) == (False, False)
        assert first_line(found) == (
            f"a second instance of the new version does not start; {ADVICE}: "
            "the app ended right after its start -: RuntimeError: not as app; its last lines:"
        )
        assert cell.unrest(cell.plan(1)) == {}
        assert cell.history() == "+1 +2 -1"
        three = cell.plan(3)
        assert cell.did(three) == SWITCHED
    assert cell.unrest(three) == {}
    assert (seen["failed"], set(seen["answers"])) == ([], {"1", "2", "3"})


def test_neither_version_starts_in_its_place(cell):
    """The new one serves on as the second instance, and the next deploy ends that."""
    assert GAP.fullmatch(cell.did(cell.plan(2, "once", strategy="restart"))[0])
    with cell.load() as seen:
        found = cell.roll(cell.plan(3, "next"))
        assert (found["ok"], found["committed"]) == (False, True)
        assert first_line(found) == (
            "the new version serves beside the program app, which starts neither as it nor as the old one; "
            f"{ADVICE}: the app ended right after its start -: RuntimeError: not as app; its last lines:"
        )
        assert cell.answers() == "3"
        four = cell.plan(4)
        assert cell.did(four)[-1] == "finished an interrupted rollout"
    assert cell.unrest(four) == {}
    assert (seen["failed"], list(seen["answers"])) == ([], ["2", "3", "4"])


def test_roll_back_and_on(cell):
    for version in (2, 3):
        assert cell.roll(cell.plan(version, mode="ok"))["ok"]
    with cell.load() as seen:
        for release, wanted in ((0, 2), (0, 1), (3, 3)):
            found = cell.back(release)
            assert (found["ok"], found["changed"], found["what"]) == (True, True, ["code"])
            assert cell.unrest(cell.plan(wanted)) == {}
    assert (seen["failed"], cell.history()) == ([], "+1 +2 +3 -2 -1 -3")
    assert cell.back(3)["changed"] is False
    assert cell.back(9)["error"] == "release 9 is not kept; kept are the releases 1, 2, 3"


def test_a_deploy_meets_another(cell):
    with _lock.held(cell.home, {"who": "bob on desk", "wait": 0}, "rollout"):
        found = cell.roll(cell.plan(2))
    assert found["error"].startswith("another deploy of this app is at work: bob on desk, rollout, since ")
    assert cell.unrest(cell.plan(1)) == {}


def test_what_was_killed_is_finished_though_another_version_is_wanted(cell):
    """`app-next` serves version 2; it serves on while version 3 fails, and until version 4 has taken over."""
    with cell.load() as seen:
        assert cell.roll(cell.plan(2), kill="^stopProcessGroup app$")["killed"]
        assert cell.answers() == "2"
        found = cell.roll(cell.plan(3, "ends"))
        assert first_line(found).startswith("the app ended right after its start -: RuntimeError: no database")
        assert cell.answers() == "2"
        four = cell.plan(4)
        assert cell.did(four)[-1] == "finished an interrupted rollout"
    assert (cell.unrest(four), seen["failed"], list(seen["answers"])) == ({}, [], ["1", "2", "4"])
    assert cell.history() == "+1 +2 +4"


def test_what_was_killed_is_taken_back_when_the_old_version_is_wanted(cell):
    """`app` runs version 2 already, and nobody knows whether it is healthy."""
    two = cell.plan(2, strategy="restart")
    assert cell.roll(two, kill="^open run/history")["killed"]
    one = cell.plan(1)
    found = cell.roll(one)
    assert (found["ok"], found["did"][0]) == (True, "took back an interrupted rollout")
    assert cell.unrest(one) == {}
    assert cell.answers() == "1"


def test_versions_are_kept_and_go(cell):
    removed = list(itertools.chain.from_iterable(cell.roll(cell.plan(one), keep=2)["removed"] for one in (2, 3, 4)))
    names = [name for name in removed if name.startswith("releases/")]
    assert {"releases/1-000000000001", "releases/2-000000000002"} <= set(names)
    assert cell.back(2)["error"].startswith("release 2 is not kept; kept are the releases 3, 4")
    assert cell.unrest(cell.plan(4)) == {}
