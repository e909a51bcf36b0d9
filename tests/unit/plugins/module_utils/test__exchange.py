# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Rollouts of apps with processes in a cell whose supervisord and nginx are real.
import re
import threading
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _process
from ansible_collections.pyhost.platform.plugins.module_utils._exchange import process_of
from living.cell import NGINX, Living, wait

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

BOTH = "worker_00, worker_01"


@pytest.fixture(scope="module")
def cells():
    made = [Living()]
    yield made
    made[-1].close()


@pytest.fixture
def cell(cells):
    """A cell at rest with version 1 and two workers; one that a test has left in disorder is made anew."""
    if not cells[-1].begin(cells[-1].plan(1, processes=cells[-1].work())):
        cells[-1].close()
        cells[-1] = Living()
        assert cells[-1].begin(cells[-1].plan(1, processes=cells[-1].work()))
    return cells[-1]


def pids(cell):
    return {name: row["pid"] for name, row in cell.supervisor.programs().items()}


@pytest.mark.parametrize(
    ("program", "name"), [("worker", "worker"), ("worker_00", "worker"), ("mail_out_63", "mail_out"), ("a-00", "a-00")]
)
def test_process_of(program, name):
    assert process_of(program) == name


class Watching(threading.Thread):
    """How many workers there are, at the least, while a block runs."""

    def __init__(self, cell):
        super().__init__()
        self.cell, self.least, self.over = cell, 99, threading.Event()

    def run(self):
        while not self.over.wait(0.01):
            rows = self.cell.supervisor.programs().items()
            up = [row for name, row in rows if name.startswith("worker") and row["state"] in ("STARTING", "RUNNING")]
            self.least = min(self.least, len(up))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        self.join()


def test_no_task_is_lost_and_none_is_done_by_old_code(cell):
    ordered = cell.order_tasks(12)
    wait(cell.tasks, "nobody works")
    with cell.load() as seen, Watching(cell) as watching:
        found = cell.roll(cell.plan(2, processes=cell.work()))
        reported = time.monotonic()
        ordered += cell.order_tasks(4)
    assert (found["ok"], found["exchanged"], seen["failed"]) == (True, BOTH, [])
    assert cell.unrest(cell.plan(2, processes=cell.work())) == {}
    wait(lambda: len(cell.tasks()) == len(ordered), "tasks are left")
    done = cell.tasks()
    assert set(done) == set(ordered)
    assert {version for version, _ended in done.values()} == {"1", "2"}
    assert max(ended for version, ended in done.values() if version == "1") < reported
    assert watching.least == 1


FAILURES = [("ends", 1, "no module named shop"), ("dies", 2, "no broker")]
HOW = re.compile(
    r"worker_00 (does not stay up \((exited|backoff)\)|ended soon after its start); the last lines of worker_00.log:\n"
)


@pytest.mark.parametrize(("mode", "seconds", "last"), FAILURES)
@pytest.mark.parametrize("strategy", ["beside", "restart"])
def test_a_worker_that_does_not_stay_up_leaves_the_old_version(cell, strategy, mode, seconds, last):
    before = pids(cell)
    bad = cell.plan(2, processes=cell.work(mode=mode), health={"seconds": seconds}, strategy=strategy)
    with cell.load() as seen:
        found = cell.roll(bad)
    assert (found["ok"], found["committed"]) == (False, False)
    assert HOW.match(found["error"])
    assert last in found["error"]
    assert (cell.unrest(cell.plan(1, processes=cell.work())), seen["failed"], list(seen["answers"])) == ({}, [], ["1"])
    after = pids(cell)
    assert {name for name in before if after[name] == before[name]} == {"app", "nginx", "worker_01"}


def test_a_web_that_fails_touches_no_worker(cell):
    before = pids(cell)
    assert cell.roll(cell.plan(2, mode="ends", processes=cell.work()))["ok"] is False
    assert pids(cell) == before


def test_where_the_restarted_web_fails_the_workers_come_back(cell):
    found = cell.roll(cell.plan(2, mode="ends", processes=cell.work(), strategy="restart"))
    assert (found["ok"], found["committed"]) == (False, False)
    assert cell.unrest(cell.plan(1, processes=cell.work())) == {}


def test_where_the_second_start_fails_the_workers_come_back(cell):
    found = cell.roll(cell.plan(2, mode="next", processes=cell.work()))
    assert (found["ok"], found["committed"]) == (False, False)
    one = cell.unrest(cell.plan(1, processes=cell.work()))
    assert one == {}


COUNTS = [
    # how many there are, and which of those there were before run on
    (1, {"app", "nginx"}),
    (3, {"app", "nginx", "worker_00", "worker_01"}),
    (0, {"app", "nginx"}),
]


@pytest.mark.parametrize(("count", "same"), COUNTS)
def test_another_count(cell, count, same):
    before = pids(cell)
    plan = cell.plan(1, processes=cell.work(count))
    with cell.load() as seen:
        assert cell.roll(plan)["ok"]
    assert (cell.unrest(plan), seen["failed"]) == ({}, [])
    after = pids(cell)
    assert {name for name, pid in before.items() if after.get(name) == pid} == same


def test_other_settings_of_a_process(cell):
    plan = cell.plan(1, processes=cell.work(stop_wait=21))
    found = cell.roll(plan)
    assert (found["exchanged"], found["did"]) == (BOTH, ["rules changed"])
    assert cell.unrest(plan) == {}
    after = pids(cell)
    found = cell.roll(plan)
    assert (found["exchanged"], found["did"]) == ("", ["rules changed"])
    assert pids(cell) == after


def test_a_worker_that_does_not_finish_is_killed_and_that_is_told(cell):
    deaf = cell.plan(1, processes=cell.work(1, mode="deaf", stop_wait=1))
    assert cell.roll(deaf)["ok"]
    found = cell.roll(cell.plan(2, processes=cell.work(1)))
    assert "worker did not finish within 1 s and was killed" in found["did"]
    assert cell.unrest(cell.plan(2, processes=cell.work(1))) == {}


def test_what_a_process_leaves_behind_ends_with_it(cell):
    """A shell that is told to end leaves its jobs."""
    row = next(iter(cell.work(1).values()))
    assert cell.roll(cell.plan(1, processes={"jobs": {**row, "command": "sleep 1234.5 & sleep 1234.5; true"}}))["ok"]
    jobs = list(_process.children(cell.pid("jobs")))
    assert jobs
    assert cell.roll(cell.plan(1, processes={}))["ok"]
    assert [pid for pid in jobs if _process.start_time(pid)] == []
    assert not (cell.home / "run" / "jobs.json").exists()


def test_the_way_back_brings_the_workers(cell):
    two = cell.plan(2, processes=cell.work())
    assert cell.roll(two)["ok"]
    assert cell.back(1)["ok"]
    assert cell.unrest(cell.plan(1, processes=cell.work())) == {}


KILLS = [
    "^rename run/workers-next",
    "^rename run/supervisor.d/workers-next",
    "^stopProcessGroup worker_00",
    "^startProcess worker_00",
    "^stopProcessGroup worker_01",
    "^startProcess worker_01",
    "^rename current",
    "^remove run/supervisor.d/workers-next",
    "^remove run/workers-next",
]


CASES = [
    pytest.param(point, wanted, marks=() if wanted == 1 + number % 3 else pytest.mark.soak)
    for number, point in enumerate(KILLS)
    for wanted in (1, 2, 3)
]


@pytest.mark.parametrize(("point", "wanted"), CASES)
def test_a_killed_rollout_is_ended_by_the_next_one(cell, point, wanted):
    """Whether that wants the version before, the same, or another one."""
    cell.order_tasks(3)
    assert cell.roll(cell.plan(2, processes=cell.work()), point)["killed"]
    plan = cell.plan(wanted, processes=cell.work())
    with cell.load() as seen:
        assert cell.roll(plan)["ok"]
    assert (cell.unrest(plan), seen["failed"]) == ({}, [])
    wait(lambda: not list((cell.home / "data").glob("ta*/*")), "tasks are left")


def test_the_machine_loses_power_while_the_workers_are_exchanged(cell):
    two = cell.plan(2, processes=cell.work())
    assert cell.roll(two, "^stopProcessGroup worker_01")["killed"]
    cell.crash()
    cell.start()
    cell.until_it_answers()
    assert cell.answers() == "1"
    one = cell.plan(1, processes=cell.work())
    wait(lambda: cell.running(one["launch"]) == one["launch"]["process_digest"], "workers of version 1 are not there")
    assert cell.roll(two)["ok"]
    assert cell.unrest(two) == {}
