# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How progress looks: a block of live lines, or plain lines one after the other. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.pyhost.platform.plugins.module_utils._progress import DONE, ENDED, FAILED, WAITING
from ansible_collections.pyhost.platform.plugins.plugin_utils._watch import Doing, Work

QUIET = 2.0
"""Seconds that something has to last to be worth a plain line."""

BURST, PER_SECOND = 10, 1.0
"""Plain lines at once, and in the long run."""

YOUNG = 3.0
"""Seconds that a stage has to last to have live lines."""

LEAST_HEIGHT = 3


def duration(seconds: float) -> str:
    """``9 s``, ``1:05`` or ``1:00:05``."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours}:{minutes:02}:{rest:02}"
    return f"{minutes}:{rest:02}" if minutes else f"{rest} s"


def head(work: Work, now: float) -> str:
    """How far a stage of a host is, in a line."""
    named = [row for row in work.rows if row.name]
    failed = sum(row.what == FAILED for row in named)
    ended = sum(row.what in ENDED for row in named)
    words = [f"{ended} of {len(named)}"] if named else []
    words += [f"{failed} failed"] if failed else []
    words += [row.what for row in work.rows if not row.name and row.what not in (WAITING, *ENDED)]
    return f"{work.host}: {work.stage}: {', '.join([*words, duration(now - work.since)])}"


def block(works: Sequence[Work], width: int, height: int, now: float) -> list[str]:
    """The live lines of all hosts, none longer than ``width`` and at most ``height`` of them.

    Each host has its head and, as far as there is room for all, a line for each name at work, the longest first; what
    has no room is counted in the last line.
    """
    works = [work for work in works if now - work.since >= YOUNG]
    heads = [head(work, now) for work in works]
    busy = [
        sorted((row for row in work.rows if row.name and row.what not in (WAITING, *ENDED)), key=lambda row: row.since)
        for work in works
    ]
    waiting = sum(row.what == WAITING and bool(row.name) for work in works for row in work.rows)
    needed = len(heads) + sum(map(len, busy)) + bool(waiting)
    room = max(height, 1)
    shares = _shares([len(rows) for rows in busy], max(0, room - len(heads) - (needed > room or bool(waiting))))
    lines = []
    for title, rows, share in zip(heads, busy, shares):
        lines.append(title)
        wide = max((len(row.name) for row in rows[:share]), default=0)
        lines += [f"  {row.name:<{wide}}  {row.what}, {duration(now - row.since)}" for row in rows[:share]]
    hidden = sum(map(len, busy)) - sum(shares)
    rest = [f"{hidden} more at work"] if hidden else []
    rest += [f"{waiting} waiting"] if waiting else []
    if len(lines) + bool(rest) > room:
        kept = max(0, room - 1)
        rest = [f"{len(heads) - kept} more hosts", *rest] if len(heads) > kept else rest
        lines = lines[:kept]
    return [line[:width] for line in [*lines, *([f"  + {', '.join(rest)}"] if rest else [])]]


def _shares(wanted: Sequence[int], room: int) -> list[int]:
    """How many lines each host gets of ``room``: as many as it wants, and else as many as the others."""
    shares = [0] * len(wanted)
    while room > 0 and any(share < want for share, want in zip(shares, wanted)):
        for place, want in enumerate(wanted):
            if shares[place] < want and room > 0:
                shares[place] += 1
                room -= 1
    return shares


class Plain:
    """Which plain lines there are to write; it remembers what it told, and when."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str, str], str] = {}
        self._left = float(BURST)
        self._at = 0.0

    def lines(self, works: Sequence[Work], now: float) -> list[str]:
        """A line for each name that does something else than was told, or ended; as many as the rate allows.

        A name that waits its turn for a line is told of by what it does then.
        """
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now
        found = []
        for work in works:
            for row in work.rows:
                key = (work.host, work.stage, row.name)
                if self._left >= 1 and self._new(key, row, now):
                    self._told[key] = row.what
                    self._left -= 1
                    found.append(_line(work, row, now))
        return found

    def _new(self, key: tuple[str, str, str], row: Doing, now: float) -> bool:
        if row.what == WAITING or self._told.get(key) == row.what:
            return False
        if row.what in ENDED:
            return bool(row.name) and (key in self._told or row.what == FAILED or row.worked >= QUIET)
        return now - row.since >= QUIET


def _line(work: Work, row: Doing, now: float) -> str:
    if not row.name:
        return head(work, now)
    ended = sum(one.what in ENDED for one in work.rows if one.name)
    total = sum(bool(one.name) for one in work.rows)
    what = f"{row.what} after {duration(row.worked)}" if row.what in (DONE, FAILED) else row.what
    return f"{work.host}: {work.stage}: {row.name}: {what} ({ended} of {total}, {duration(now - work.since)})"
