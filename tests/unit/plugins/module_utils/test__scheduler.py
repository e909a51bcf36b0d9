# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import signal
from dataclasses import asdict

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _cronstate
from ansible_collections.pyhost.platform.plugins.module_utils._cronrun import LOST
from ansible_collections.pyhost.platform.plugins.module_utils._crontable import Marks
from ansible_collections.pyhost.platform.plugins.module_utils._scheduler import (
    AT_ONCE,
    KILL_AFTER,
    Scheduler,
    World,
    outcome,
)

NOON = 1_800_000_000 // 86400 * 86400 + 12 * 3600
ROW = {"schedule": "* * * * *", "command": "python tidy.py", "overlap": "skip", "max_age": 3600}


class Machine:
    """A cell with a clock that is moved by hand, and processes that end when a test says so."""

    def __init__(self, release="1-aaaa", **cron):
        self.now = float(NOON)
        self.cron = {name: {**ROW, **row} for name, row in cron.items()}
        self.release = release
        self.saved = ""
        self.notes = []
        self.begun = []
        self.alive = {}
        self.signals = []
        self.refusal = None
        self.boot("one")

    def boot(self, cell, kill=False):
        """A scheduler starts, the first one or the next."""
        world = World(
            clock=lambda: self.now,
            ticks=lambda: self.now,
            offset=lambda minute: 0,
            launch=self.launch,
            save=lambda state: setattr(self, "saved", state.text()),
            touch=lambda: None,
            note=lambda job, text: self.notes.append((job, text)),
        )
        self.scheduler = Scheduler(world, self, self._load())
        self.scheduler.start(cell)

    def launch(self):
        if not self.release:
            return "", {}
        return f"L{self.release}", {"cron": self.cron, "process": {"release": self.release}}

    def _load(self):
        now = int(self.now) // 60
        if not self.saved:
            return _cronstate.State(Marks(now, now))
        value = json.loads(self.saved)
        runs = {name: _cronstate.Run(**row) for name, row in value["runs"].items()}
        return _cronstate.State(Marks(**value["marks"]), value["cell"], value["jobs"], runs, value["queued"])

    def begin(self, name, run, command, process):
        if self.refusal:
            raise self.refusal
        run.pid = run.start = 100 + len(self.begun)
        self.begun.append((run.job, process["release"], self.clock()))
        self.alive[name] = None

    def adopt(self, runs):
        return {name for name in runs if name not in self.alive}

    def ended(self, name, run):
        return self.alive[name]

    def signal(self, name, run, number):
        self.signals.append((run.job, number))

    def forget(self, name, run):
        del self.alive[name]

    def end(self, job, status=0):
        for name in self.alive:
            if name.startswith(f"{job}."):
                self.alive[name] = status
        self.scheduler.work()

    def clock(self):
        return f"{int(self.now - NOON) // 60}:{int(self.now - NOON) % 60:02}"

    def wait(self, seconds):
        """Time goes by; the scheduler is woken as often as it asks for."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + self.scheduler.seconds())
            self.scheduler.work()

    def row(self, job):
        return json.loads(self.saved)["jobs"][job]

    def runs(self):
        return [(job, when) for job, _release, when in self.begun]


def interrupted(*_rest):
    raise KeyboardInterrupt


def test_a_run_by_the_minute():
    machine = Machine(tidy={"schedule": "*/2 * * * *"})
    assert machine.row("tidy") == {
        "schedule": "*/2 * * * *",
        "last": "",
        "next": "2027-01-15T12:02:00Z",
        "result": "",
        "seconds": 0.0,
    }
    machine.wait(130)
    assert machine.runs() == [("tidy", "2:00")]
    assert machine.row("tidy")["result"] == ""
    machine.now += 5
    machine.end("tidy")
    row = machine.row("tidy")
    assert (row["last"], row["next"], row["result"]) == ("2027-01-15T12:02:00Z", "2027-01-15T12:04:00Z", "ok")
    assert 14 < row["seconds"] < 16
    assert [text.partition(" (")[0] for _job, text in machine.notes] == ["begins, release 1-aaaa", "ok"]


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (0, "ok"),
        (3, "exit status 3"),
        (127, "exit status 127"),
        (128 + 9, "killed by SIGKILL"),
        (255, "exit status 255"),
        (128 + 50, "exit status 178"),
        (LOST, "was killed, or its cell was"),
    ],
)
def test_how_a_run_ended(status, said):
    assert outcome(status) == said


def test_a_run_that_is_still_at_it_is_not_started_again():
    machine = Machine(tidy={})
    machine.wait(190)
    assert machine.runs() == [("tidy", "1:00")]
    assert machine.notes.count(("tidy", "is due, and left out, because 1 of it still runs")) == 2
    machine.end("tidy")
    machine.wait(60)
    assert machine.runs() == [("tidy", "1:00"), ("tidy", "4:00")]


def test_a_run_that_waits_for_the_one_before_it():
    machine = Machine(tidy={"overlap": "queue"})
    machine.wait(250)
    assert machine.runs() == [("tidy", "1:00")]
    machine.release = "2-bbbb"
    machine.end("tidy")  # Three were due meanwhile; one of them is made up for.
    assert machine.begun == [("tidy", "1-aaaa", "1:00"), ("tidy", "2-bbbb", "4:10")]
    machine.end("tidy")
    assert len(machine.runs()) == 2


def test_runs_beside_each_other():
    machine = Machine(tidy={"overlap": "allow"})
    machine.wait(60 * AT_ONCE + 150)
    assert len(machine.runs()) == AT_ONCE
    assert machine.notes[-1] == ("tidy", f"is due, and left out, because {AT_ONCE} of it still run")


def test_a_run_that_takes_too_long_is_ended():
    machine = Machine(tidy={"schedule": "1 12 * * *", "max_age": 90})
    machine.wait(60 + 89)
    assert machine.signals == []
    machine.wait(2)
    assert machine.signals == [("tidy", signal.SIGTERM)]
    machine.wait(KILL_AFTER)
    assert machine.signals == [("tidy", signal.SIGTERM), ("tidy", signal.SIGKILL)]
    machine.end("tidy", 128 + 9)
    assert machine.row("tidy")["result"] == "ended, because max_age is 90 s"


def test_a_rollout_is_for_what_begins_after_it():
    machine = Machine(tidy={"overlap": "allow"})
    machine.wait(65)
    machine.release = "2-bbbb"
    machine.wait(60)
    assert machine.begun == [("tidy", "1-aaaa", "1:00"), ("tidy", "2-bbbb", "2:00")]
    assert machine.signals == []


def test_an_entry_that_is_removed_while_it_runs():
    machine = Machine(tidy={"max_age": 200}, other={"schedule": "@daily"})
    machine.wait(65)
    del machine.cron["tidy"]
    machine.release = "2-bbbb"
    machine.wait(100)
    assert list(json.loads(machine.saved)["jobs"]) == ["other"]
    assert machine.signals == []
    machine.wait(100)
    assert machine.signals[0] == ("tidy", signal.SIGTERM)
    machine.end("tidy")
    assert machine.runs() == [("tidy", "1:00")]
    assert json.loads(machine.saved)["runs"] == {}


def test_a_scheduler_that_is_killed_runs_nothing_twice_and_misses_nothing():
    machine = Machine(tidy={"overlap": "allow"})
    machine.wait(61)
    machine.boot("one")
    machine.scheduler.work()
    assert machine.runs() == [("tidy", "1:00")]
    machine.now += 150  # It is away over two minutes; they are made up for by one run.
    machine.boot("one")
    machine.scheduler.work()
    assert machine.runs() == [("tidy", "1:00"), ("tidy", "3:31")]
    machine.end("tidy", 4)
    assert machine.row("tidy")["result"] == "exit status 4"


def test_a_scheduler_that_is_killed_between_wish_and_start():
    machine = Machine(tidy={})
    begin, machine.begin = machine.begin, interrupted
    with pytest.raises(KeyboardInterrupt):
        machine.wait(61)
    machine.begin = begin
    machine.boot("one")
    machine.scheduler.work()
    assert machine.runs() == [("tidy", "1:00")]


def test_what_was_missed_while_the_host_was_down_is_not_made_up_for():
    machine = Machine(tidy={"schedule": "30 12 * * *"})
    machine.now += 3600
    machine.boot("two")
    machine.scheduler.work()
    assert machine.runs() == []


def test_at_the_start_of_the_cell():
    machine = Machine(warm={"schedule": "@reboot"})
    assert machine.runs() == [("warm", "0:00")]
    assert machine.row("warm")["next"] == ""
    machine.end("warm")
    machine.boot("one")  # The scheduler alone
    machine.wait(120)
    assert machine.runs() == [("warm", "0:00")]
    machine.boot("two")
    assert machine.runs() == [("warm", "0:00"), ("warm", "2:00")]


def test_a_run_that_cannot_be_started():
    machine = Machine(tidy={})
    machine.refusal = FileNotFoundError(2, "No such file or directory")
    machine.wait(60)
    assert machine.row("tidy")["result"] == "cannot be started: No such file or directory"
    assert json.loads(machine.saved)["runs"] == {}
    machine.refusal = None
    machine.wait(60)
    assert machine.runs() == [("tidy", "2:00")]


def test_the_end():
    machine = Machine(tidy={})
    machine.wait(65)
    assert machine.scheduler.stop() is False
    assert machine.signals == [("tidy", signal.SIGTERM)]
    machine.now += KILL_AFTER
    assert machine.scheduler.stop() is False
    assert machine.signals[-1] == ("tidy", signal.SIGKILL)
    machine.alive = dict.fromkeys(machine.alive, 137)
    assert machine.scheduler.stop() is True
    assert machine.row("tidy")["result"] == "ended, because the scheduler was stopped"
    assert machine.row("tidy")["last"] != ""


def test_nothing_is_deployed():
    machine = Machine()
    machine.wait(300)
    assert (machine.runs(), json.loads(machine.saved)["jobs"]) == ([], {})


def test_many_at_once():
    machine = Machine(**{f"job-{number}": {} for number in range(200)})
    machine.wait(61)
    assert len(machine.runs()) == 200


def test_the_file_outlives_the_scheduler(tmp_path):
    path = tmp_path / "cron.json"
    run = _cronstate.Run("tidy", 5.0, 60, "abc", 7, 8)
    state = _cronstate.State(Marks(100, 120), "cell", {"tidy": {"last": ""}}, {"tidy.1": run}, ["tidy"])
    _cronstate.save(path, state)
    _cronstate.touch(path, 60 * 130 + 5)
    found = _cronstate.load(path, 131)
    assert found.marks == Marks(130, 130)
    assert {**asdict(found), "marks": None} == {**asdict(state), "marks": None}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"marks": 5}', '{"marks": {"seen": 1, "high": 1}, "runs": {"a": {"x": 1}}}']
)
def test_a_file_that_somebody_else_wrote_is_as_none(tmp_path, text):
    path = tmp_path / "cron.json"
    path.write_text(text)
    assert _cronstate.load(path, 7) == _cronstate.State(Marks(7, 7))


def test_the_first_version_has_to_prove_itself():
    machine = Machine(release="", warm={"schedule": "@reboot"}, tidy={})
    machine.wait(70)
    assert machine.runs() == []
    machine.release = "1-aaaa"
    machine.wait(4)
    assert machine.runs() == [("warm", "1:12")]
    assert machine.row("tidy")["next"] == "2027-01-15T12:02:00Z"
    machine.wait(60)
    assert machine.runs() == [("warm", "1:12"), ("tidy", "2:00")]


def test_a_rollout_tells_of_another_launch():
    machine = Machine(tidy={})
    machine.cron["other"] = dict(ROW)
    machine.scheduler.look_again()
    assert list(json.loads(machine.saved)["jobs"]) == ["tidy"]
    machine.release = "2-bbbb"
    machine.scheduler.look_again()
    assert sorted(json.loads(machine.saved)["jobs"]) == ["other", "tidy"]


def test_an_entry_that_is_gone_between_wish_and_start():
    machine = Machine(tidy={}, other={"schedule": "@yearly"})
    begin, machine.begin = machine.begin, interrupted
    with pytest.raises(KeyboardInterrupt):
        machine.wait(61)
    machine.begin = begin
    del machine.cron["tidy"]
    machine.boot("one")
    assert machine.runs() == []
    assert json.loads(machine.saved)["runs"] == {}


def test_the_first_version_may_be_told_of_and_what_is_for_the_start_runs_then():
    machine = Machine(release="", warm={"schedule": "@reboot"})
    machine.release = "1-aaaa"
    machine.scheduler.look_again()
    machine.scheduler.work()
    assert machine.runs() == [("warm", "0:00")]
    machine.scheduler.look_again()
    machine.scheduler.work()
    assert machine.runs() == [("warm", "0:00")]
