# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers and times of the status as people read them. Pure. PRIVATE to the collection."""

from __future__ import annotations

from datetime import datetime, timezone

UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def span(seconds: float) -> str:
    """``3 d``, ``5 h``, ``12 min`` or ``4 s``."""
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    return f"{max(0, int(seconds)) // size} {unit}"


def since(time: str, now: datetime) -> str:
    """How long ago a time (UTC, ISO 8601) was, "" for none that can be read."""
    try:
        then = datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return ""
    return span((now - then).total_seconds())


def amount(size: int) -> str:
    """``48 MB`` or ``1.2 GB``."""
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{round(size / (1 << 20))} MB"


def number(value: int) -> str:
    """``950``, ``12.3k`` or ``1.5M``."""
    for size, unit in ((1_000_000, "M"), (10_000, "k")):
        if value >= size:
            return f"{value / (1000 if unit == 'k' else size):.1f}{unit}"
    return str(value)


def release(name: str, digest: int = 7) -> str:
    """The number of a release with the beginning of its digest."""
    head, hyphen, tail = name.partition("-")
    return f"{head}{hyphen}{tail[:digest]}" if digest else head
