# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program ``cron`` of a cell: a `Scheduler` with real processes, files and clocks. PRIVATE to the collection."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _cronstate,
    _crontab,
    _home,
    _journal,
    _process,
    _rotation,
)
from ansible_collections.pyhost.platform.plugins.module_utils._cronlog import Log
from ansible_collections.pyhost.platform.plugins.module_utils._cronrun import Runs
from ansible_collections.pyhost.platform.plugins.module_utils._cronstate import State
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._scheduler import Scheduler, World

BOOT = Path("/proc/sys/kernel/random/boot_id")
LINGER = 1.0
"""Seconds between two looks at runs whose end no signal tells of."""


def main(home: Path, tools: str) -> None:
    """Run until SIGTERM comes, and then until every run has ended; SIGHUP tells of another launch in force."""
    ended: list[int] = []
    asked: list[int] = []
    woken, waker = socket.socketpair()
    woken.setblocking(False)
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda number, _frame: ended.append(number))
    signal.signal(signal.SIGHUP, lambda number, _frame: asked.append(number))
    _process.write_record(home / "run", _home.CRON_HEARS, {})  # Before it looks which launch is in force.
    logs = _Logs(home)
    runs = Runs(home, logs.write)
    runs.selector.register(woken, 1)
    path = home / "run" / "cron.json"
    world = World(
        clock=time.time,
        ticks=time.monotonic,
        offset=_offset,
        launch=lambda: _in_force(home),
        save=lambda state: _save(path, state),
        touch=lambda: _touch(path),
        note=logs.note,
    )
    scheduler = Scheduler(world, runs, _cronstate.load(path, int(time.time()) // 60))
    scheduler.start(_cell())
    while not (ended and scheduler.stop()):
        if not ended:
            if asked:
                asked.clear()
                scheduler.look_again()
            scheduler.work()
            if not Path(__file__).exists():  # The tools are newer than this process.
                (home / "run" / f"{_home.CRON_HEARS}.json").unlink(missing_ok=True)
                os.execv(f"{tools}/bin/pyhost-start", ["pyhost-start", "cron"])
        wait = scheduler.seconds()
        for key, _events in runs.selector.select(min(wait, LINGER) if runs.lingers() or ended else wait):
            if key.fileobj is woken:
                woken.recv(4096)
            else:
                runs.read(*key.data)


def _cell() -> str:
    """Names the supervisord that runs this process, unlike any other one there ever was."""
    parent = os.getppid()
    return f"{BOOT.read_text('ascii').strip()} {parent} {_process.start_time(parent)}"


def _offset(minute: int) -> int:
    return time.localtime(60 * minute).tm_gmtoff // 60


def _in_force(home: Path) -> tuple[str, dict[str, Any]]:
    """Digest and content of the launch in force; the one before, while a new one has not proved itself.

    The owner's own table counts among its schedules, if that is one of the platform.
    """
    digest, row = _home.current(home), _journal.read(home)
    if row.get("step") == "unproved" and row["new"] == digest:
        digest = row["old"]
    launch, table = _home.launch(home, digest), _crontab.read(home)
    if not launch or not launch.get("crontab") or not table:
        return digest, launch
    entries = {**_crontab.entries(table), **launch.get("cron", {})}
    return f"{digest} {digest_of(table)}", {**launch, "cron": entries}


def _save(path: Path, state: State) -> None:
    try:
        _cronstate.save(path, state)
    except OSError as error:
        _warn(f"{path.name} was not written: {error.strerror}")


def _touch(path: Path) -> None:
    try:
        _cronstate.touch(path, time.time())
    except OSError as error:
        _warn(f"{path.name} was not touched: {error.strerror}")


def _warn(text: str) -> None:
    try:
        sys.stderr.write(f"{_now()} {text}\n")
        sys.stderr.flush()
    except OSError:
        pass


def _now() -> str:
    return _cronstate.moment(time.time())


class _Logs:
    """One log for each job, below ``logs``."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._logs: dict[str, Log] = {}
        self._open: set[str] = set()

    def write(self, job: str, data: bytes) -> None:
        if job not in self._logs:
            limits = _rotation.limits(str(self._home))
            self._logs[job] = Log(self._home / "logs" / f"cron-{job}.log", limits.size, limits.keep)
        self._logs[job].write(data)
        (self._open.discard if data.endswith(b"\n") else self._open.add)(job)

    def note(self, job: str, text: str) -> None:
        """What the scheduler itself says; with that, limits of the log are read anew."""
        log = self._logs.pop(job, None)
        if log:
            log.close()
        begin = "\n" if job in self._open else ""
        self.write(job, f"{begin}--- {_now()} {text}\n".encode())
