# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of an app's schedules are due, however the clock moves. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _schedule
from ansible_collections.pyhost.platform.plugins.module_utils._schedule import Offset, Schedule

CATCH_UP = 5
"""Minutes that are looked at late, after a restart or a busy time; what was due before them is not made up for."""


@dataclass(frozen=True)
class Entry:
    """One entry of ``cron``, read from a launch: ``text`` is the schedule as it is written, ``max_age`` in seconds."""

    text: str
    schedule: Schedule
    command: str
    overlap: str
    max_age: int


def table(rows: Any) -> dict[str, Entry]:
    """The entries of a launch by name; those that no deploy can have written are left out."""
    found = {}
    for name, row in rows.items() if isinstance(rows, Mapping) else ():
        try:
            schedule = _schedule.parse(row["schedule"])
            found[str(name)] = Entry(
                row["schedule"], schedule, str(row["command"]), str(row["overlap"]), int(row["max_age"])
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return found


@dataclass(frozen=True)
class Marks:
    """How far the clock was followed: the minute that was ``seen`` last, and the ``high``est one of all."""

    seen: int
    high: int

    def minutes(self, now: int) -> range:
        """The minutes to look at when it is minute ``now``.

        A clock that went back a little is waited for; one that was set is followed.
        """
        if abs(now - self.seen) <= CATCH_UP:
            return range(self.seen + 1, now + 1)
        return range(now, now + 1)

    def moved(self, now: int) -> Marks:
        """The marks after `minutes` were looked at."""
        if not self.minutes(now):
            return self
        high = max(self.high, now) if self.high - now <= _schedule.CHANGE else now
        return Marks(now, high)


def due(entries: Mapping[str, Entry], marks: Marks, now: int, offset: Offset) -> list[str]:
    """The names of what is due now, each once.

    A clock that was set back brings minutes twice: a fixed time of day is not run again then.
    """
    minutes = marks.minutes(now)
    return [name for name, one in entries.items() if _due(one.schedule, minutes, marks.high, offset)]


def _due(schedule: Schedule, minutes: Iterable[int], high: int, offset: Offset) -> bool:
    if schedule.reboot:
        return False
    return any(
        _schedule.due(schedule, one, offset) and (schedule.follows or one > high or high - one > _schedule.CHANGE)
        for one in minutes
    )


def at_start(entries: Mapping[str, Entry]) -> list[str]:
    """The names of what runs when the cell starts."""
    return [name for name, one in entries.items() if one.schedule.reboot]
