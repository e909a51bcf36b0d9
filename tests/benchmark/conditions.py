# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures depend on, said beside them."""

from __future__ import annotations

import os
import time

from tests.benchmark import tools


def load() -> str:
    """Return the machine's load averages."""
    return ", ".join(f"{value:.1f}" for value in os.getloadavg())


def lines(kind: str, before: str) -> list[str]:
    """Return the conditions; ``before`` is the load when the benchmark began."""
    return [
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, controller and host on the same machine",
        f"load average (1, 5, 15 minutes) before the benchmark: {before}; after it: {load()}; the benchmark is a part"
        " of that, and other work slows whatever runs beside it",
        f"{tools.version()}, for both sides",
        f"host: a container that boots {kind.replace('debian', 'Debian ')} with systemd, fresh for each first deploy,"
        " with package lists and nothing else; over SSH with ControlPersist and pipelining",
        "app: a `wsgi.py` of three lines, two gunicorn workers, gunicorn from the package index, a host name in nginx",
        "after each step, outside the measured time, every app was asked over HTTP and answered with the version"
        " expected",
    ]
