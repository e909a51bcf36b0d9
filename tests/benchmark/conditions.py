# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures depend on, said beside them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from tests.benchmark import tools


def load() -> str:
    """Return the machine's load averages."""
    return ", ".join(f"{value:.1f}" for value in os.getloadavg())


def common(kind: str, rounds: int) -> dict[str, str]:
    """Conditions of a row, by what they are of; one that all rows share is said once."""
    return {
        "Date": time.strftime("%Y-%m-%d"),
        "Machine": f"{os.cpu_count()} cores, {_memory()} GB of memory; the controller and all hosts are on it, and share it",
        "Versions": tools.versions(),
        "Hosts": f"containers that boot {kind.replace('debian', 'Debian ')} with systemd, one for each side, over SSH with"
        " ControlPersist and pipelining; pyinfra opens a connection for each run",
        "Apps": "a `wsgi.py` of three lines, two gunicorn workers, gunicorn pinned, a host name in nginx; package caches are"
        " warm. After each step, outside the measured time, every app was asked and answered with the version expected",
        "Rounds": f"{rounds}; within a round the sides take turns, so that whatever else the machine does meets all of them",
    }


def around(before: str) -> dict[str, str]:
    """The load of a row that has just ended; ``before`` is what it was when the row began."""
    text = f"average of 1, 5 and 15 minutes {before} before, {load()} after; the benchmark is a part of it"
    return {"Load": text}


def _memory() -> int:
    kilobytes = int(Path("/proc/meminfo").read_text().split()[1])
    return round(kilobytes / 1024**2)
