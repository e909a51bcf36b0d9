# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory that processes use. PRIVATE to the collection.

It is the proportional set size (PSS): what several processes share is divided among them, so sums are true.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

PARENT, GROUP = 1, 2
"""Places of parent and process group in what follows the name in proc(5) stat."""

_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


def used(pids: Iterable[int], proc: str = "/proc") -> dict[int, int]:
    """Bytes of each of ``pids`` with everything that it has started; 0 for a process that is gone.

    A process of ``pids`` that another one of them has started counts for itself alone. One that has left its parents
    belongs to the program whose process group it is in: Supervisor makes each program the leader of one.
    The caller needs to be the user of the processes, or root; else their resident size stands in.
    """
    wanted = set(pids)
    parents = _parents(proc)
    sums = dict.fromkeys(wanted, 0)
    for pid in parents:
        owner = _owner(pid, parents, wanted)
        if owner:
            sums[owner] += size(pid, proc)
    return sums


def size(pid: int, proc: str = "/proc") -> int:
    """Bytes of one process; 0 when it is gone."""
    place = Path(proc, str(pid))
    try:
        found = _PSS.search((place / "smaps_rollup").read_bytes())
        if found:
            return int(found[1]) * 1024
    except OSError:
        pass
    try:
        return int((place / "statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _parents(proc: str) -> dict[int, tuple[int, int]]:
    """Every process that can be seen: its parent and its process group."""
    found = {}
    for name in os.listdir(proc):
        if name.isdigit():
            try:
                text = Path(proc, name, "stat").read_text(encoding="ascii", errors="replace")
                fields = text.rpartition(")")[2].split()
                found[int(name)] = (int(fields[PARENT]), int(fields[GROUP]))
            except (OSError, ValueError, IndexError):
                continue
    return found


def _owner(pid: int, parents: dict[int, tuple[int, int]], wanted: set[int]) -> int:
    """Which of ``wanted`` the process ``pid`` belongs to; 0 for none. The table may be torn, so no way is endless."""
    group, seen = parents[pid][1], set()
    while pid in parents and pid not in seen:
        if pid in wanted:
            return pid
        seen.add(pid)
        pid = parents[pid][0]
    return group if group in wanted else 0
