# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scheduler of a cell: starts what is due, ends what is too old, remembers how it went. PRIVATE to the collection.

It runs as the program ``cron`` of the cell's supervisord, and looks at every minute at the launch in force: a rollout
does not have to restart it, what runs meanwhile finishes, and what begins afterwards begins with the new code.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from ansible_collections.pyhost.platform.plugins.module_utils import _cronrun, _cronstate, _crontable
from ansible_collections.pyhost.platform.plugins.module_utils._cronstate import Run, State
from ansible_collections.pyhost.platform.plugins.module_utils._crontable import Entry
from ansible_collections.pyhost.platform.plugins.module_utils._schedule import Offset

KILL_AFTER = 10
"""Seconds that a run has to end when it was told to."""

LOOK = 2
"""Seconds between two looks for a first version."""

AT_ONCE = 16
"""Runs of one job at the same time, however its overlaps are allowed."""


SIGNALS = {int(one): one.name for one in signal.Signals}


class Processes(Protocol):
    """What the scheduler needs of `_cronrun.Runs`."""

    def begin(self, name: str, run: Run, command: str, process: dict[str, Any]) -> None: ...
    def adopt(self, runs: dict[str, Run]) -> set[str]: ...
    def ended(self, name: str, run: Run) -> int | None: ...
    def signal(self, name: str, run: Run, number: int) -> None: ...
    def forget(self, name: str, run: Run) -> None: ...


@dataclass(frozen=True)
class World:
    """Everything outside: the wall clock and the monotonic one in seconds, local time, the launch in force with its
    digest, a place for the state, a sign of life, and a log for each job.
    """

    clock: Callable[[], float]
    ticks: Callable[[], float]
    offset: Offset
    launch: Callable[[], tuple[str, dict[str, Any]]]
    save: Callable[[State], None]
    touch: Callable[[], None]
    note: Callable[[str, str], None]


class Scheduler:
    """`start` once, then `work` whenever something may have happened, `stop` at the end."""

    def __init__(self, world: World, processes: Processes, state: State) -> None:
        self._world = world
        self._processes = processes
        self.state = state
        self._cell = ""
        self._digest = ""
        self._launch: dict[str, Any] = {}
        self._entries: dict[str, Entry] = {}
        self._told: dict[str, float] = {}
        self._changed = True

    def start(self, cell: str) -> None:
        """Go on where another scheduler left off; ``cell`` names the supervisord that runs this one."""
        self._cell = cell
        self._look()
        self._begin(self._processes.adopt(self.state.runs))
        self._greet()
        self._save()

    def _greet(self) -> None:
        """What is for the start of the cell, once there is a version that may run."""
        if self._launch and self.state.cell != self._cell:
            self.state.cell = self._cell
            self._wish(_crontable.at_start(self._entries))

    def work(self) -> None:
        """Whatever is due now."""
        self._reap()
        self._end_old()
        now = int(self._world.clock()) // 60
        if not self._launch:
            self._look()
            self._greet()
        if self.state.marks.minutes(now):
            self._look()
            due = _crontable.due(self._entries, self.state.marks, now, self._world.offset)
            self.state.marks = self.state.marks.moved(now)
            if due:
                self._wish(due)
            elif not self._changed:
                self._world.touch()
        self._serve_queue()
        if self._changed:
            self._save()

    def look_again(self) -> None:
        """There may be another launch in force: what follows from it is not to wait for the next minute."""
        self._look()
        self._greet()
        if self._changed:
            self._save()

    def seconds(self) -> float:
        """How long there is nothing to do, unless a run ends."""
        now, ticks = self._world.clock(), self._world.ticks()
        waits = [60 - now % 60 if self._launch else LOOK]
        waits += [run.began + run.max_age - ticks for name, run in self.state.runs.items() if name not in self._told]
        waits += [told + KILL_AFTER - ticks for told in self._told.values()]
        return max(0.0, min(waits)) + 0.01

    def stop(self) -> bool:
        """Begin to end, or go on with it; whether everything has ended. Nothing new begins."""
        self._reap()
        for name, run in self.state.runs.items():
            self._tell(name, run, "ended, because the scheduler was stopped")
        self._end_old()
        self._save()
        return not self.state.runs

    def _look(self) -> None:
        digest, launch = self._world.launch()
        if digest != self._digest:
            self._changed = True
            self._digest, self._launch = digest, launch
            self._entries = _crontable.table(launch.get("cron"))

    def _save(self) -> None:
        minute = int(self._world.clock()) // 60
        if self._launch:
            self.state.keep_to(self._entries, minute, self._world.offset)
        self._world.save(self.state)
        self._changed = False

    def _wish(self, names: list[str]) -> None:
        """Start what may start; the state says so first, so that nothing is started twice."""
        waiting = {}
        for name in names:
            entry, count = self._entries[name], self.state.running(name)
            if count and entry.overlap == "queue" and name not in self.state.queued:
                self.state.queued.append(name)
                self._world.note(name, "is due, and waits for the run before it")
            elif count and (entry.overlap != "allow" or count >= AT_ONCE):
                self._world.note(name, f"is due, and left out, because {count} of it still run{'s' * (count == 1)}")
            else:
                waiting.update(self._intend(name, entry))
        self.state.runs.update(waiting)
        self._save()
        self._begin(set(waiting))

    def _intend(self, name: str, entry: Entry) -> dict[str, Run]:
        stamp = f"{name}.{int(self._world.clock() * 1000)}"
        return {stamp: Run(name, self._world.ticks(), entry.max_age, self._digest)}

    def _begin(self, names: set[str]) -> None:
        for name in sorted(names):
            run = self.state.runs[name]
            entry = self._entries.get(run.job)
            self._changed = True
            if not entry:
                del self.state.runs[name]
                continue
            row = self.state.jobs.setdefault(run.job, {})
            row.update(last=_cronstate.moment(self._world.clock()), result="", seconds=0.0)
            process = self._launch["process"]
            run.launch, run.began = self._digest, self._world.ticks()
            try:
                self._world.note(run.job, f"begins, release {process['release']}")
                self._processes.begin(name, run, entry.command, process)
            except OSError as error:
                self._finish(name, f"cannot be started: {error.strerror}")

    def _reap(self) -> None:
        for name, run in list(self.state.runs.items()):
            status = self._processes.ended(name, run)
            if status is not None:
                self._processes.forget(name, run)
                self._finish(name, run.ended or outcome(status))

    def _finish(self, name: str, result: str) -> None:
        run = self.state.runs.pop(name)
        self._told.pop(name, None)
        seconds = round(max(0.0, self._world.ticks() - run.began), 2)
        if run.job in self.state.jobs:
            self.state.jobs[run.job].update(result=result, seconds=seconds)
        self._world.note(run.job, f"{result} ({seconds} s)")
        self._changed = True

    def _end_old(self) -> None:
        ticks = self._world.ticks()
        for name, run in self.state.runs.items():
            if ticks - run.began >= run.max_age:
                self._tell(name, run, f"ended, because max_age is {run.max_age} s")
            if name in self._told and ticks - self._told[name] >= KILL_AFTER:
                self._told[name] = ticks
                self._processes.signal(name, run, signal.SIGKILL)

    def _tell(self, name: str, run: Run, why: str) -> None:
        """Tell a run to end, once."""
        if name not in self._told:
            self._told[name] = self._world.ticks()
            run.ended = why
            self._changed = True
            self._processes.signal(name, run, signal.SIGTERM)

    def _serve_queue(self) -> None:
        free = [name for name in self.state.queued if not self.state.running(name)]
        if free:
            self._look()  # There may be new code since the last minute.
            self.state.queued = [name for name in self.state.queued if name not in free]
            self._wish([name for name in free if name in self._entries])


def outcome(status: int) -> str:
    """An exit status in words, "ok" for success."""
    if status == _cronrun.LOST:
        return "was killed, or its cell was"
    name = SIGNALS.get(status - 128)
    if name:
        return f"killed by {name}"
    return f"exit status {status}" if status else "ok"
