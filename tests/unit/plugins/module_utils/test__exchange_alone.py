# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Rollouts of apps that have no web, in a cell whose supervisord is real.
import pytest
from living.cell import NGINX, Living, wait

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")


@pytest.fixture(scope="module")
def living():
    cell = Living()
    yield cell
    cell.close()


@pytest.fixture
def cell(living):
    living.forget()
    return living


def plan(cell, version, count=2, mode="ok", **more):
    return cell.plan(version, processes=cell.work(count, mode=mode), web=False, **more)


def test_versions_follow_each_other_and_no_task_is_lost(cell):
    ordered = cell.order_tasks(6)
    assert cell.did(plan(cell, 1)) == ["started"]
    assert cell.unrest(plan(cell, 1)) == {}
    wait(cell.tasks, "nobody works")
    ordered += cell.order_tasks(6)
    assert cell.did(plan(cell, 2)) == ["recorded"]
    assert cell.unrest(plan(cell, 2)) == {}
    ordered += cell.order_tasks(2)
    wait(lambda: set(cell.tasks()) == set(ordered), "tasks are left")
    assert cell.did(plan(cell, 2)) == ["recorded"]
    assert cell.history() == "+1 +2 +2"
    assert cell.back(1)["ok"]
    assert cell.unrest(plan(cell, 1)) == {}


def test_a_first_version_that_fails_leaves_nothing(cell):
    found = cell.roll(plan(cell, 1, mode="ends", health={"seconds": 1}))
    assert (found["ok"], found["committed"], cell.supervisor.programs()) == (False, False, {})
    assert not (cell.home / "current").is_symlink()
    assert not (cell.home / "run" / "journal.json").exists()
    assert list((cell.home / "run" / "supervisor.d").iterdir()) == []


BAD = [
    {"mode": "ends", "health": {"seconds": 1}},
    {"health": {"command": "echo no database; exit 3"}},
]


@pytest.mark.parametrize("changes", BAD)
def test_a_version_that_fails_leaves_the_old_one(cell, changes):
    assert cell.roll(plan(cell, 1))["ok"]
    found = cell.roll(plan(cell, 2, **changes))
    assert (found["ok"], found["committed"]) == (False, False)
    assert "no " in found["error"]
    assert cell.unrest(plan(cell, 1)) == {}


def test_an_app_gets_web_and_loses_it(cell):
    assert cell.roll(plan(cell, 1))["ok"]
    web = cell.plan(2, processes=cell.work())
    assert cell.roll(web)["ok"]
    assert cell.unrest(web) == {}
    assert cell.roll(plan(cell, 3))["ok"]
    assert cell.unrest(plan(cell, 3)) == {}


def test_all_processes_are_off(cell):
    assert cell.roll(plan(cell, 1, 0))["ok"]
    assert cell.unrest(plan(cell, 1, 0)) == {}


@pytest.mark.parametrize("point", ["^stopProcessGroup worker_01", "^rename current", "^open run/history"])
def test_a_killed_rollout_is_ended_by_the_next_one(cell, point):
    assert cell.roll(plan(cell, 1))["ok"]
    assert cell.roll(plan(cell, 2), point)["killed"]
    assert cell.roll(plan(cell, 3))["ok"]
    assert cell.unrest(plan(cell, 3)) == {}
