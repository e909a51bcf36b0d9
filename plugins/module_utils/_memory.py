# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that take more memory than they may are ended and started again, by supervisord. PRIVATE to the collection.

A watcher of its own would cost ten megabytes in every cell; so supervisord loads this as it loads ``_rotation``.
"""

from __future__ import annotations

import calendar
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _usage
from ansible_collections.pyhost.platform.plugins.module_utils._rotation import RUNNING
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import MEMORY

FILE = "memory.json"
"""Below ``run``: by program ``times`` it was restarted, ``last`` (UTC), and the bytes it ``used`` of its ``limit``."""


TIME = "%Y-%m-%dT%H:%M:%SZ"
DAY = 24 * 3600


class Watch:
    """Called by supervisord every five seconds."""

    def __init__(self, supervisord: Any, run: Path) -> None:
        self.supervisord = supervisord
        self.run = run

    def __call__(self, _event: Any) -> None:
        """An error here would end supervisord, and with it the app: it is told in the log of supervisord."""
        try:
            self.look()
        except Exception as error:
            self.supervisord.options.logger.warn(f"memory was not looked at: {error}")

    def look(self) -> None:
        limits = {}
        for group in self.supervisord.process_groups.values():
            for process in group.processes.values():
                limit = int((process.config.environment or {}).get(MEMORY, 0))
                if limit and process.pid and process.get_state() == RUNNING:
                    limits[process.pid] = (process, limit)
        if not limits or (self.run / "journal.json").exists():  # A rollout ends processes itself.
            return
        sizes = _usage.used(limits)
        for pid, (process, limit) in limits.items():
            if sizes[pid] > limit:
                self._restart(process, sizes[pid], limit)

    def _restart(self, process: Any, used: int, limit: int) -> None:
        """As an owner's ``supervisorctl restart`` does it; supervisord must not wait, so it is told to start what
        has not run yet (``laststart``, supervisor/process.py) as soon as it has ended."""
        name = process.config.name
        text = f"{name} takes {used >> 20} MB, more than the {limit >> 20} MB it may: it is ended and started again"
        self.supervisord.options.logger.warn(text)
        note(self.run / FILE, name, used, limit)
        now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        _append(process.config.stdout_logfile, f"--- {now} UTC {text}\n")
        process.stop()
        process.laststart = 0


def note(path: Path, name: str, used: int, limit: int) -> None:
    """Count a restart of the program ``name`` in the file ``path``."""
    rows = _files.read_json(path)
    row = rows.get(name)
    times = row.get("times") if isinstance(row, dict) else 0
    last = time.strftime(TIME, time.gmtime())
    counted = times + 1 if isinstance(times, int) else 1
    rows[name] = {"times": counted, "last": last, "used": used, "limit": limit}
    _files.write(path, json.dumps(rows, sort_keys=True))


def recent(path: Path, now: float) -> dict[str, str]:
    """What the file ``path``, which its owner can write, says of the day before ``now``: program to words."""
    found = {}
    for name, row in _files.read_json(path).items():
        with suppress(KeyError, TypeError, ValueError):
            last = calendar.timegm(time.strptime(row["last"], TIME))
            if now - DAY < last <= now:
                found[name] = (
                    f"took more memory than it may: restarted {int(row['times'])} times, last at {row['last']}"
                )
    return found


def _append(path: str, line: str) -> None:
    """Supervisor appends to the same file; nothing else is followed or made."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def memory(supervisord: Any, run: str = "") -> object:
    """Begin, as supervisord's configuration says; there is nothing for clients to call."""
    from supervisor import events  # type: ignore[import-untyped]

    events.subscribe(events.Tick5Event, Watch(supervisord, Path(run)))
    return object()
