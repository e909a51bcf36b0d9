# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long things may take on a machine whose processors are not all its own."""

from __future__ import annotations

import os
from pathlib import Path

LANES = "PYHOST_TEST_LANES"
"""The variable that says how many scenarios run at the same time."""

STAT = Path("/proc/stat")
IDLE = (3, 4)
STOLEN = 7
"""Places in the first line of proc(5) stat: nothing to do, and kept waiting by the hypervisor."""


def _times() -> tuple[int, int]:
    """Ticks since boot that were wanted, and those of them that others got."""
    fields = [int(field) for field in STAT.read_text().splitlines()[0].split()[1:9]]
    return sum(ticks for place, ticks in enumerate(fields) if place not in IDLE), fields[STOLEN]


_BEGUN = _times()


def allowed(seconds: float) -> float:
    """``seconds`` of a machine of its own as seconds of this one.

    That is, by what the machine was given since the tests began, and by how many tests run beside each other.
    """
    wanted, stolen = (now - begun for now, begun in zip(_times(), _BEGUN, strict=True))
    share = max((wanted - stolen) / wanted, 0.1) if wanted else 1
    return seconds / share * int(os.environ.get(LANES, "1"))
