# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running process was started from. PRIVATE to the collection.

The start wrapper records number and start time of itself before it becomes the server; a record that no
longer fits a living process says nothing. (A server may overwrite its environment and its name.)
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files


def start_time(pid: int) -> int:
    """Start of a process in clock ticks since boot (field 22 of proc(5) stat); 0 when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] == "Z" else int(fields[19])


def children(parent: int) -> dict[int, int]:
    """The living children of a process: number to start time (`start_time`)."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and _parent(int(name)) == parent:
            begun = start_time(int(name))
            if begun:
                found[int(name)] = begun
    return found


def _parent(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return int(text.rpartition(")")[2].split()[1])


def write_record(run: Path, program: str, content: dict[str, Any]) -> None:
    pid = os.getpid()
    record = {**content, "pid": pid, "start": start_time(pid)}
    _files.write(run / f"{program}.json", json.dumps(record, sort_keys=True))


def read_record(run: Path, program: str, pid: int) -> dict[str, Any]:
    """The record of ``program`` if it is that of the living process ``pid``; empty otherwise."""
    record = _files.read_json(run / f"{program}.json")
    alive = pid and record.get("pid") == pid and record.get("start") == start_time(pid)
    return record if alive else {}
