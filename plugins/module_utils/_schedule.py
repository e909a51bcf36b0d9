# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a schedule is due: five fields as Debian's cron reads them (crontab(5)). Pure. PRIVATE to the collection.

Time is counted in minutes since the epoch. The host's timezone comes as an ``Offset``, a function that says how many
minutes local time is ahead of UTC at such a minute; a *wall* minute is a minute with its offset added.

When clocks go forward, what was to run in the hour that is left out runs right after it; when they go back, what has
run in the hour that comes twice does not run again. Schedules whose minute or hour begins with ``*`` follow the clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, unknown

Offset = Callable[[int], int]

DAY = 24 * 60
CHANGE = 180
"""Minutes by which clocks are changed at most; a larger step is no summer time."""

AHEAD = 41 * 366
"""Days that are searched for the next run: 29 February on one day of the week comes within 40 years."""

NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
REBOOT = "@reboot"
"""Not a time: when the cell starts."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SUNDAY = 7
"""Sunday's other number."""

EXAMPLE = '"*/5 * * * *"'

_PART = re.compile(r"(\*|[0-9a-z]+(?:-[0-9a-z]+)?)(?:/([0-9]+))?")


@dataclass(frozen=True)
class Field:
    """One of the five: its name in errors, its least and greatest number, and names that stand for numbers."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


FIELDS = (
    Field("minute", 0, 59),
    Field("hour", 0, 23),
    Field("day of month", 1, 31),
    Field("month", 1, 12, MONTHS),
    Field("day of week", 0, SUNDAY, WEEKDAYS),
)


@dataclass(frozen=True)
class Schedule:
    """The numbers of each field; ``weekdays`` are from 0, Sunday.

    ``either``: both kinds of days are restricted, so that one of them is enough. ``follows``: minute or hour begins
    with ``*``, so the clock is followed when it is changed. ``reboot``: due when the cell starts, and at no minute.
    """

    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    either: bool = False
    follows: bool = False
    reboot: bool = False


def parse(text: str) -> Schedule:
    """The schedule that ``text`` says; raises `ValueError` with a sentence that names the fix."""
    if text.startswith("@"):
        if text.lower() == REBOOT:
            return Schedule(reboot=True)
        if text.lower() not in NICKNAMES:
            raise ValueError(f"{shown(text)} is unknown; {unknown(text, (*NICKNAMES, REBOOT), 'names')}")
        text = NICKNAMES[text.lower()]
    words = text.lower().split()
    if len(words) != len(FIELDS):
        count = f"{len(words)} field{'' if len(words) == 1 else 's'}"
        names = ", ".join(one.name for one in FIELDS)
        raise ValueError(f"{shown(text)} has {count} and not five; write {names}, for example {EXAMPLE}")
    minutes, hours, days, months, weekdays = (_numbers(word, one, text) for word, one in zip(words, FIELDS))
    found = Schedule(
        minutes,
        hours,
        days,
        months,
        frozenset(number % SUNDAY for number in weekdays),
        either=not words[2].startswith("*") and not words[4].startswith("*"),
        follows=words[0].startswith("*") or words[1].startswith("*"),
    )
    if next_after(found, 0, lambda minute: 0) is None:
        raise ValueError(f"{shown(text)} never comes, for no such month has such a day; write another day or month")
    return found


def problem(text: str) -> str:
    """What is wrong with a schedule and what to write instead, or ""."""
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return ""


def _numbers(word: str, one: Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in word.split(","):
        form = _PART.fullmatch(part)
        if not form:
            fix = f"write * or numbers from {one.least} to {one.most}, as in 1,3-5 or */2"
            raise ValueError(f"{shown(text)}: {shown(part)} is no {one.name}; {fix}")
        first, last = _range(form[1], one, text)
        if form[2] and form[1] != "*" and "-" not in form[1]:
            raise ValueError(
                f"{shown(text)}: {shown(part)} has a step and no range; write {form[1]}-{one.most}/{form[2]}"
            )
        step = int(form[2] or 1)
        if not 1 <= step <= one.most:
            raise ValueError(f"{shown(text)}: the step of {shown(part)} is out of range; write 1 to {one.most}")
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _range(word: str, one: Field, text: str) -> tuple[int, int]:
    if word == "*":
        return one.least, one.most - (one.most == SUNDAY)
    begin, _dash, end = word.partition("-")
    first = _number(begin, one, text)
    last = _number(end, one, text) if end else first
    if first > last == 0 and end in one.names:
        last = SUNDAY
    if first > last:
        raise ValueError(f"{shown(text)}: {shown(word)} runs backwards; write it as two ranges with a comma")
    return first, last


def _number(word: str, one: Field, text: str) -> int:
    if word in one.names:
        return one.names.index(word) + one.least
    if not word.isdigit():
        names = f" or {one.names[0]} to {one.names[-1]}" if one.names else ""
        fix = f"write {one.least} to {one.most}{names}"
        raise ValueError(f"{shown(text)}: {shown(word)} is no {one.name}; {fix}")
    if len(word) > 4 or not one.least <= int(word) <= one.most:
        fix = f"write {one.least} to {one.most}"
        raise ValueError(f"{shown(text)}: {shown(word)} is out of range for the {one.name}; {fix}")
    return int(word)


def fits(schedule: Schedule, wall: int) -> bool:
    """Whether the schedule names the wall minute ``wall``."""
    days, minute = divmod(wall, DAY)
    return minute // 60 in schedule.hours and minute % 60 in schedule.minutes and _fits_day(schedule, days)


def _fits_day(schedule: Schedule, days: int) -> bool:
    """``days`` since the epoch."""
    day = date.fromordinal(date(1970, 1, 1).toordinal() + days)
    if day.month not in schedule.months:
        return False
    named = (day.day in schedule.days, day.isoweekday() % SUNDAY in schedule.weekdays)
    return any(named) if schedule.either else all(named)


def due(schedule: Schedule, minute: int, offset: Offset) -> bool:
    """Whether a run begins at ``minute``."""
    wall = minute + offset(minute)
    if schedule.follows:
        return fits(schedule, wall)
    if _again(minute, offset):
        return False
    before = minute - 1 + offset(minute - 1)
    first = before + 1 if 0 <= wall - before - 1 <= CHANGE else wall
    return any(fits(schedule, one) for one in range(first, wall + 1))


def _again(minute: int, offset: Offset) -> bool:
    """Whether the wall minute of ``minute`` has been there before, because clocks went back."""
    back = offset(minute - CHANGE) - offset(minute)
    return 0 < back <= CHANGE and offset(minute - back) - offset(minute) == back


def next_after(schedule: Schedule, minute: int, offset: Offset) -> int | None:
    """The first minute after ``minute`` at which the schedule is due; None when it never is."""
    if schedule.reboot:
        return None
    today = (minute + 1 + offset(minute + 1)) // DAY
    times = sorted(60 * hour + one for hour in schedule.hours for one in schedule.minutes)
    for day in range(today, today + AHEAD):
        if not _fits_day(schedule, day):
            continue
        early, late = offset((day - 1) * DAY), offset((day + 2) * DAY)
        if early == late:
            found = (day * DAY + time - early for time in times)
            first = next((one for one in found if one > minute), None)
        else:
            around = range(max(minute + 1, (day - 1) * DAY), (day + 2) * DAY)
            first = next((one for one in around if due(schedule, one, offset)), None)
        if first is not None:
            return first
    return None
