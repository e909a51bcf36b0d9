# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a command takes at its peak, with all that it starts."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.benchmark.timing import Command
from tests.tools.process import ToolError

LOOK_SECONDS = 0.2


def peak(command: Command) -> int:
    """Run ``command``; the most bytes (PSS, so shared pages count once) that it and all below it had together.

    What leaves it, such as an ssh that keeps a connection, is no part of it.
    """
    process = subprocess.Popen(
        command.words,
        env=dict(command.environment),
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    most = 0
    while process.poll() is None:
        most = max(most, sum(_bytes(pid) for pid in below(process.pid, _parents())))
        time.sleep(LOOK_SECONDS)
    if process.returncode:
        raise ToolError(f"exit status {process.returncode} of the run whose memory is measured")
    return most


def below(pid: int, parents: Mapping[int, int]) -> set[int]:
    """``pid`` and all that it started, directly or not; ``parents`` has the parent of each process."""
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _parents() -> dict[int, int]:
    """The parent of every process (proc(5) stat)."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # It has just ended.
    return found


def _bytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
