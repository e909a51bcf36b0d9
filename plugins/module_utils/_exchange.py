# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's own processes on their way to another launch, before anything else switches. PRIVATE to the collection.

They go first, so that no process of the old version meets what the new version asks of it. Of each process one
instance is exchanged and watched; the others follow one by one, so that something works all the time where there are
several.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _process, _processes, _programs
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._instance import LOG_LINES, POLL
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import processes_conf

UP = ("STARTING", "RUNNING")


class Exchange:
    """The processes of one cell; ``say`` takes a sentence for the report."""

    def __init__(self, home: Path, supervisor: Supervisor, cell: Cell, say: Callable[[str], None]) -> None:
        self._home = home
        self._supervisor = supervisor
        self._cell = cell
        self._say = say
        self._logs: dict[str, int] = {}

    def ahead(self, digest: str, launch: dict[str, Any], seconds: float) -> None:
        """Have all processes run ``launch``; those that do are left alone.

        The first instance of each is watched for ``seconds``. Raises `PyhostError` when one does not stay up; what was
        exchanged until then stays exchanged (see `back`).
        """
        rows = _processes.rows(launch)
        if not rows:
            return
        _files.link(self._home / "run" / _home.AHEAD, f"../launches/{digest}")
        _files.write(_home.ahead_conf(self._home), processes_conf(self._cell, rows))
        anew = self._reread()
        programs = self._supervisor.programs()
        names = [name for name in rows if name in anew or not self._runs(launch, name, programs)]
        first = list({process_of(name): name for name in reversed(names)}.values())
        self._exchange(first, anew)
        self._watch(launch, first, seconds)
        for name in names:
            if name not in first:
                self._exchange([name], anew)
                self._watch(launch, [name], 0)
        if names:
            self._say(f"processes of the new version: {', '.join(names)}")

    def back(self, launch: dict[str, Any]) -> None:
        """Have all processes run ``launch`` again, which is in force; {} for none. Raises `PyhostError`."""
        _home.forget_ahead(self._home)
        _programs.read(self._supervisor)
        programs = self._supervisor.programs()
        names = [name for name in _processes.rows(launch) if not self._runs(launch, name, programs)]
        self._exchange(names, ())
        self._watch(launch, names, 0)

    def _reread(self) -> set[str]:
        """The programs that are declared anew or in another way."""
        found = self._supervisor.reread()
        return {*found["added"], *found["changed"]}

    def _runs(self, launch: dict[str, Any], name: str, programs: dict[str, dict[str, Any]]) -> bool:
        row = programs.get(name, {"state": "", "pid": 0})
        return row["state"] in UP and _programs.fits(self._home, launch, name, row["pid"])

    def _exchange(self, names: Iterable[str], anew: Iterable[str]) -> None:
        """End the processes, each as soon as it has finished its task, and start what follows it."""
        NOW.doing("", "exchanging processes")
        left = list(names)
        begun = time.monotonic()
        old = _processes.rows(_home.launch(self._home, _home.current(self._home)))
        for name in left:
            self._supervisor.end(name)
        while left:
            programs = self._supervisor.programs()
            for name in [one for one in left if programs.get(one, {"state": ""})["state"] != "STOPPING"]:
                left.remove(name)
                wait = old.get(name, {"stop_wait": 0})["stop_wait"]
                if wait and time.monotonic() - begun >= wait:
                    self._say(f"{name} did not finish within {wait} s and was killed")
                self._start(name, name in anew, name in programs)
            if left:
                time.sleep(POLL)

    def _start(self, name: str, anew: bool, there: bool) -> None:
        log = self._log(name)
        self._logs[name] = log.stat().st_size if log.exists() else 0
        if anew and there:
            self._supervisor.remove(name)
        if anew:
            self._supervisor.add(name)
        self._supervisor.start(name)

    def _watch(self, launch: dict[str, Any], names: list[str], seconds: float) -> None:
        """Return once all of them run ``launch``, and have done so for ``seconds``."""
        deadline = Deadline(_programs.SETTLE_SECONDS)
        pids: dict[str, int] = {}
        since = time.monotonic()
        while names:
            programs = self._supervisor.programs()
            for name in names:
                row = programs.get(name, {"state": "UNKNOWN", "pid": 0})
                if row["state"] not in UP:
                    raise PyhostError(self._failure(name, f"does not stay up ({row['state'].lower()})"))
                if pids.get(name, row["pid"]) != row["pid"]:
                    raise PyhostError(self._failure(name, "ended soon after its start"))
                if row["state"] == "RUNNING" and self._is(launch, name, row["pid"]):
                    pids[name] = row["pid"]
            if len(pids) < len(names):
                since = time.monotonic()
                if deadline.left() < 0:
                    late = next(name for name in names if name not in pids)
                    raise PyhostError(self._failure(late, f"is not up after {_programs.SETTLE_SECONDS} s"))
            elif time.monotonic() - since >= seconds:
                return
            time.sleep(POLL)

    def _is(self, launch: dict[str, Any], name: str, pid: int) -> bool:
        record = _process.read_record(self._home / "run", name, pid)
        return bool(record.get("process") == launch["process_digest"])

    def _log(self, name: str) -> Path:
        return self._home / "logs" / f"{name}.log"

    def _failure(self, name: str, why: str) -> str:
        text = _files.text_since(self._log(name), self._logs.get(name, 0))
        lines = "\n".join(text.splitlines()[-LOG_LINES:])
        return f"{name} {why}; the last lines of {name}.log:\n{lines}" if lines else f"{name} {why}; it wrote nothing"


def process_of(program: str) -> str:
    """The process that a program is an instance of."""
    return re.sub(r"_[0-9]{2}$", "", program)
