# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scheduler of a cell knows, in a file that outlives it. PRIVATE to the collection.

``run/cron.json``: ``jobs`` is for everybody to read (by name: ``schedule``, ``last`` and ``next`` in ISO 8601 UTC or
"", ``result`` "" until a run has ended, ``ok`` or what went wrong, ``seconds``), the rest is the scheduler's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._crontable import Entry, Marks
from ansible_collections.pyhost.platform.plugins.module_utils._schedule import Offset, next_after


@dataclass
class Run:
    """One run: its job, the leader of its process group (``pid`` 0 before it is started) with its ``start`` in clock
    ticks since boot, and ``began`` in seconds of the monotonic clock. ``launch`` is the digest of what it runs from,
    ``ended`` why it was ended, "" while it was not.
    """

    job: str
    began: float
    max_age: int
    launch: str
    pid: int = 0
    start: int = 0
    ended: str = ""


@dataclass
class State:
    """``cell`` is the supervisord that was seen last, ``queued`` what is to run once its run before has ended."""

    marks: Marks
    cell: str = ""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    queued: list[str] = field(default_factory=list)

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    def running(self, job: str) -> int:
        """How many runs of ``job`` have not ended."""
        return sum(run.job == job for run in self.runs.values())

    def keep_to(self, entries: Mapping[str, Entry], minute: int, offset: Offset) -> None:
        """The rows are those of the app's entries, with the next time of each."""
        rows = {name: self.jobs.get(name, {}) for name in entries}
        self.jobs = {name: _row(rows[name], one, minute, offset) for name, one in entries.items()}
        self.queued = [name for name in self.queued if name in entries]


def _row(row: Mapping[str, Any], entry: Entry, minute: int, offset: Offset) -> dict[str, Any]:
    coming = next_after(entry.schedule, minute, offset)
    return {
        "schedule": entry.text,
        "last": str(row.get("last", "")),
        "next": moment(60 * coming) if coming is not None else "",
        "result": str(row.get("result", "")),
        "seconds": row.get("seconds", 0.0),
    }


def moment(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def load(path: Path, now: int) -> State:
    """What the file says; a fresh state at minute ``now`` where it says nothing of use. The file's time is the last
    minute that the scheduler lived through.
    """
    value = _files.read_json(path)
    try:
        marks = Marks(int(value["marks"]["seen"]), int(value["marks"]["high"]))
        lived = int(path.stat().st_mtime) // 60
        marks = Marks(max(marks.seen, lived), max(marks.high, lived))
        runs = {str(name): Run(**row) for name, row in value["runs"].items()}
        jobs = {str(name): dict(row) for name, row in value["jobs"].items()}
        return State(marks, str(value["cell"]), jobs, runs, [str(name) for name in value["queued"]])
    except (KeyError, TypeError, ValueError, AttributeError, OSError):
        return State(Marks(now, now))


def launches(path: Path) -> set[str]:
    """The digests of the launches that something still runs from."""
    runs = _files.read_json(path).get("runs")
    rows = runs.values() if isinstance(runs, dict) else ()
    return {str(row.get("launch")) for row in rows if isinstance(row, dict)}


def save(path: Path, state: State) -> None:
    """Replace the file as a whole."""
    _files.write(path, state.text())


def touch(path: Path, seconds: float) -> None:
    """Say that the scheduler lived at this time (seconds since the epoch); nothing else has changed."""
    os.utime(path, (seconds, seconds))
