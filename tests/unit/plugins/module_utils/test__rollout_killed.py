# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Rollouts that are killed before each of their side effects, and run again. supervisord and nginx are real.
import re

import pytest
from living.cell import NGINX, Living

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

REMOVAL = re.compile(r"^(rmtree|rmdir|remove releases)")
"""Side effects of `prune`, whose own order does not matter; its tests are elsewhere."""


@pytest.fixture(scope="module")
def cell():
    cell = Living()
    yield cell
    cell.close()


def kill(cell, plan, point, wanted):
    """Kill a rollout to ``plan`` before ``point`` and roll out ``wanted``; what is not as it should be then."""
    killed = cell.roll(plan, point).get("killed")
    again = cell.roll(wanted)
    if not again["ok"]:
        return {"killed": killed, "again": again}
    return cell.unrest(wanted) if killed else {"never": point}


def wrong(problems):
    return {point: found for point, found in problems.items() if found}


def test_beside_no_request_is_lost_and_the_next_run_ends_it(cell):
    """Before each side effect; every third time another version is wanted afterwards."""
    for version in (1, 2, 3, 4):
        found = cell.roll(cell.plan(version, processes={}))
    points = {number: text for number, text in enumerate(found["effects"], 1) if not REMOVAL.match(text)}
    assert len(points) > 25
    problems = {}
    with cell.load() as seen:
        for number, text in points.items():
            new = cell.plan(version + 1, processes={})
            version += 1 + (number % 3 == 0)
            problems[f"{number} {text}"] = kill(cell, new, number, cell.plan(version, processes={}))
    assert wrong(problems) == {}
    assert seen["failed"] == []


RESTART = [
    "^rename run/journal.json unproved",
    "^rename current",
    "^signalProcess nginx",
    "^stopProcessGroup app",
    "^startProcess app",
    "^open run/history",
    "^rename run/journal.json handing",
    "^remove run/journal",
]


@pytest.mark.parametrize("back", [False, True])
def test_restart_the_next_run_ends_it(cell, back):
    """And every other time the version is wanted again that served before."""

    def plan(version):
        return cell.plan(version, processes={}, strategy="restart")

    assert cell.begin(plan(101))
    problems, now = {}, 101
    for number, point in enumerate(RESTART, 102):
        if number % 2 == back:
            new, now = plan(number), now if back else number
            problems[point] = kill(cell, new, point, plan(now))
    assert wrong(problems) == {}


FIRST = [
    "^rename launches/",
    "^rename run/journal.json unproved",
    "^reloadConfig",
    "^startProcess app",
    "^open run/his",
]


@pytest.mark.parametrize("mode", ["ok", "500"])
def test_first_the_next_run_ends_it(cell, mode):
    """Every other time the version that was killed does not even work."""
    problems = {}
    for number, point in enumerate(FIRST):
        if mode == "ok" or number in (2, 3):
            cell.forget()
            problems[point] = kill(cell, cell.plan(1, mode, processes={}), point, cell.plan(2, processes={}))
    assert wrong(problems) == {}


LOST = [
    # how the new version comes; killed before; what serves after the reboot
    ("beside", "^rename current", "1"),
    ("beside", "^open run/history", "2"),
    ("beside", "^stopProcessGroup app-next", "2"),
    ("restart", "^open run/history", "1"),
]


@pytest.mark.parametrize(("strategy", "point", "serves"), LOST)
def test_the_machine_loses_power(cell, strategy, point, serves):
    """Nobody deploys again, and the app serves all the same; then somebody does."""
    assert cell.begin(cell.plan(1, processes={}))
    two = cell.plan(2, processes={}, strategy=strategy)
    assert cell.roll(two, point)["killed"]
    cell.crash()
    cell.start()
    cell.until_it_answers()
    assert cell.answers() == serves
    assert set(cell.supervisor.programs()) == {"app", "nginx"}
    assert cell.roll(two)["ok"]
    assert cell.unrest(two) == {}


@pytest.mark.parametrize("point", ["^open run/history", "^stopProcessGroup app$"])
def test_a_rollback_that_is_killed(cell, point):
    assert cell.begin(cell.plan(1, processes={}))
    two = cell.plan(2, processes={})
    assert cell.roll(two)["ok"]
    with cell.load() as seen:
        assert cell.back(1, kill=point)["killed"]
        assert cell.roll(two)["ok"]
    assert (cell.unrest(two), seen["failed"]) == ({}, [])
