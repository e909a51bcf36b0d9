# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Until when a Python branch gets security fixes, and what an operator is told of it. Pure. PRIVATE."""

from __future__ import annotations

from datetime import date

ENDS = {
    "2.7": date(2020, 1, 1),
    "3.6": date(2021, 12, 23),
    "3.7": date(2023, 6, 27),
    "3.8": date(2024, 10, 7),
    "3.9": date(2025, 10, 31),
    "3.10": date(2026, 10, 31),
    "3.11": date(2027, 10, 31),
    "3.12": date(2028, 10, 31),
    "3.13": date(2029, 10, 31),
    "3.14": date(2030, 10, 31),
    "3.15": date(2031, 10, 31),
}
"""Branch to its last day (PEP 373, PEP 602 and each branch's own; where a month is given, the end of it)."""

SOON_DAYS = 90


def days_left(branch: str, today: date) -> int | None:
    """Days until the end of ``branch``, negative after it; None for a branch that is not known."""
    return (ENDS[branch] - today).days if branch in ENDS else None


def warning(branch: str, today: date) -> str:
    """What a deploy says of ``branch``, "" when there is nothing to say."""
    left = days_left(branch, today)
    if left is None or left > SOON_DAYS:
        return ""
    if left < 0:
        return f"Python {branch} has had no security fixes since {ENDS[branch]}; choose a newer branch"
    return f"Python {branch} gets no security fixes after {ENDS[branch]}, in {left} days; choose a newer branch"
