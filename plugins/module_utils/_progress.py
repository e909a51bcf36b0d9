# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stage does now, app by app, and what it did before. Pure. PRIVATE to the collection.

A process on a host works on one stage, so it has one record, `NOW`. An event is a name and what that name does from
now on: an app, a Python, or "" for the host as a whole. Events travel upwards as they are: from the agent in a cell to
the stage, and from there to whoever keeps the stage. What an agent says is its tenant's: it is cut and made printable.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

WAITING, DONE, FAILED = "waiting", "done", "failed"
ENDED = (DONE, FAILED)

LONGEST = 60
"""Characters of a name, and of what it does."""

MOST = 10_000
"""Names in one record."""

EVENT = b"doing: "
"""The beginning of a line in which an agent tells what it does now, before its answer."""

Listener = Callable[[str, str], None]


def clean(text: object) -> str:
    """``text`` in ASCII on one line, without what a terminal would obey, and not too long."""
    return "".join(one if " " <= one <= "~" else "?" for one in str(text)[:LONGEST]).strip()


class _Row:
    def __init__(self, now: float) -> None:
        self.what, self.since = "", now
        self.parts: dict[str, float] = {}

    def turn(self, what: str, now: float) -> None:
        if self.what:
            self.parts[self.what] = self.parts.get(self.what, 0.0) + now - self.since
        self.what, self.since = what, now


class Record:
    """Names and what they do; ``clock`` gives seconds. Several threads may tell of events."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rows: dict[str, _Row] = {}
        self.begun = clock()
        self.changes = 0
        "How many events changed anything."
        self.listener: Listener | None = None
        "Is told of every event, too."

    def doing(self, name: str, what: str) -> None:
        """From now on ``name`` does ``what``: any words, or `WAITING`, `DONE` or `FAILED`; "" takes the name away."""
        name, what = clean(name), clean(what)
        with self._lock:
            if name not in self._rows and (not what or len(self._rows) >= MOST):
                return
            row = self._rows.setdefault(name, _Row(self._clock()))
            if row.what == what:
                return
            row.turn(what, self._clock())
            self.changes += 1
            listener = self.listener
        if listener:
            listener(name, what)

    def waiting(self, names: Iterable[str]) -> None:
        for name in names:
            self.doing(name, WAITING)

    def snapshot(self) -> dict[str, Any]:
        """``rows`` of name, what, seconds of that until now, and seconds of all its work; ``seconds`` of the record.

        They are seconds and no times, because another machine has another clock.
        """
        with self._lock:
            now = self._clock()
            rows = [
                [name, row.what, round(now - row.since, 1), round(_worked(row, now), 1)]
                for name, row in self._rows.items()
                if row.what
            ]
            return {"seconds": round(now - self.begun, 1), "rows": rows}

    def parts(self) -> dict[str, dict[str, float]]:
        """How many seconds each name took for what it did, without `WAITING`; "" is the host as a whole."""
        with self._lock:
            for row in self._rows.values():
                row.turn(row.what, self._clock())
            found = {name: _lasting(row.parts) for name, row in self._rows.items()}
        return {name: parts for name, parts in found.items() if parts}


def _lasting(parts: dict[str, float]) -> dict[str, float]:
    return {what: round(seconds, 2) for what, seconds in parts.items() if what not in (WAITING, *ENDED)}


def _worked(row: _Row, now: float) -> float:
    """Seconds of work; those of waiting before, and of having ended, are none."""
    past = sum(seconds for what, seconds in row.parts.items() if what not in (WAITING, *ENDED))
    return past if row.what in (WAITING, *ENDED) else past + now - row.since


NOW = Record()
"""The record of this process."""


def tell(_name: str, what: str) -> None:
    """The listener of an agent: a line on standard output, for the stage that called it."""
    os.write(1, EVENT + what.encode() + b"\n")
