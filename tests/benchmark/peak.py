# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a command takes at its peak, with all that it starts."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from tests.benchmark.timing import Command
from tests.tools.process import ToolError

LOOK_SECONDS = 0.2


def peak(command: Command) -> int:
    """Run ``command`` as a session of its own; the most bytes (PSS, so shared pages count once) that its processes had together.

    What it starts as another session, such as an ssh that keeps a connection, is no part of it.
    """
    process = subprocess.Popen(
        command.words,
        env=dict(command.environment),
        cwd=command.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    most = 0
    while process.poll() is None:
        most = max(most, sum(_bytes(path) for path in Path("/proc").glob("[0-9]*") if _session(path) == process.pid))
        time.sleep(LOOK_SECONDS)
    if process.returncode:
        raise ToolError(f"exit status {process.returncode} of the run whose memory is measured")
    return most


def _session(path: Path) -> int:
    """The session of a process (proc(5) stat); 0 if it has just ended."""
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[3])
    except OSError:
        return 0


def _bytes(path: Path) -> int:
    try:
        text = (path / "smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
