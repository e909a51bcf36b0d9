# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running process was started from. PRIVATE to the collection.

The start wrapper records number and start time of itself before it becomes the server; a record that no
longer fits a living process says nothing. (A server may overwrite its environment and its name.)
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files

STATE, PARENT, GROUP, START = 0, 1, 2, 19
"""Places of state, parent, process group and start in what follows the name in proc(5) stat."""

ORPHAN_SECONDS = 1.0
POLL = 0.02
SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # Loaded once: between fork and exec nothing may be loaded.


def start_time(pid: int) -> int:
    """Start of a process in clock ticks since boot (field 22 of proc(5) stat); 0 when it is gone."""
    fields = _fields(pid)
    return int(fields[START]) if fields and fields[STATE] != "Z" else 0


def age() -> float:
    """For how many seconds this process has been there; it counts hundredths (sysconf(3), _SC_CLK_TCK)."""
    return max(0.0, time.clock_gettime(time.CLOCK_BOOTTIME) - start_time(os.getpid()) / os.sysconf("SC_CLK_TCK"))


def forget_records(run: Path) -> None:
    """Remove the records of processes that have all ended."""
    for path in run.glob("*.json"):
        if "pid" in _files.read_json(path):
            path.unlink()


def children(parent: int) -> dict[int, int]:
    """The living children of a process: number to start time (`start_time`)."""
    return _living(PARENT, parent)


def members(group: int) -> dict[int, int]:
    """The living processes of a process group: number to start time (`start_time`)."""
    return _living(GROUP, group)


def end_orphans(run: Path, program: str, number: int) -> None:
    """End what a killed master of ``program`` left running, with the signal ``number``, or soon with SIGKILL.

    Supervisor starts each program as the leader of a process group, and the kernel gives no new process the
    number of a group that lives: members of a group without its leader are the leader's own.
    """
    master = _files.read_json(run / f"{program}.json").get("pid")
    if not isinstance(master, int) or master < 2 or Path(f"/proc/{master}").exists():
        return
    for signal_number, seconds in ((number, ORPHAN_SECONDS), (signal.SIGKILL, ORPHAN_SECONDS)):
        for pid in members(master):
            with suppress(ProcessLookupError):
                os.kill(pid, signal_number)
        end = time.monotonic() + seconds
        while members(master) and time.monotonic() < end:
            time.sleep(POLL)


def end_with_parent(number: int) -> None:
    """Have the kernel send this process the signal ``number`` when its parent ends (PR_SET_PDEATHSIG, prctl(2))."""
    _LIBC.prctl(SET_PDEATHSIG, number, 0, 0, 0)


def _living(field: int, value: int) -> dict[int, int]:
    """Processes, not zombies, whose ``field`` of proc(5) stat is ``value``: number to start time."""
    found = {}
    for name in os.listdir("/proc"):
        fields = _fields(int(name)) if name.isdigit() else []
        if fields and fields[field] == str(value) and fields[STATE] != "Z":
            found[int(name)] = int(fields[START])
    return found


def _fields(pid: int) -> list[str]:
    """Fields of proc(5) stat from the third on; empty when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def write_record(run: Path, program: str, content: dict[str, Any]) -> None:
    pid = os.getpid()
    record = {**content, "pid": pid, "start": start_time(pid)}
    _files.write(run / f"{program}.json", json.dumps(record, sort_keys=True))


def read_record(run: Path, program: str, pid: int) -> dict[str, Any]:
    """The record of ``program`` if it is that of the living process ``pid``; empty otherwise."""
    record = _files.read_json(run / f"{program}.json")
    alive = pid and record.get("pid") == pid and record.get("start") == start_time(pid)
    return record if alive else {}
