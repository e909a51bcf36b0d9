# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The figures of a test run: what each load saw, one JSON line each, and a table of them at the end."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any, Protocol

FILE = Path(__file__).resolve().parents[2] / ".cache" / "figures.jsonl"

COLUMNS = (
    ("name", "scenario", "<"),
    ("requests", "requests", ">"),
    ("rate", "per s", ">"),
    ("failed", "failed", ">"),
    ("p99_ms", "p99 ms", ">"),
    ("slowest_ms", "slowest ms", ">"),
    ("seconds", "s", ">"),
    ("what", "what was done", "<"),
)
"""Key in the file, head of the column, alignment."""


class Seen(Protocol):
    """What a load has to tell; ``failed`` counts each status or kind of error besides 200."""

    slowest: float
    p99: float
    seconds: float
    asked_again: int
    versions: Counter[str]
    what: str

    @property
    def requests(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def failed(self) -> dict[str, int]: ...


def begin() -> None:
    """Forget the figures of the run before."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.unlink(missing_ok=True)


def add(seen: Seen, target: str) -> None:
    """Print and keep what a load on ``target`` saw, under the name of pytest's current test."""
    row = {
        "name": name(os.environ.get("PYTEST_CURRENT_TEST", "")),
        "target": target,
        "requests": seen.requests,
        "rate": round(seen.rate),
        "failed": dict(seen.failed),
        "p99_ms": round(seen.p99 * 1000),
        "slowest_ms": round(seen.slowest * 1000),
        "seconds": round(seen.seconds, 1),
        "asked_again": seen.asked_again,
        "versions": dict(seen.versions),
        "what": seen.what,
    }
    print(f"load on {target}: {seen}")
    keep(row)


def keep(row: dict[str, Any]) -> None:
    """Append one figure; a line is written at once, so that several processes may do it."""
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")


def name(test: str) -> str:
    """``change: change_loses_no_request[code]`` of pytest's name for the test that runs."""
    place, _colons, function = test.partition(" (")[0].partition("::")
    words = [word for word in place.removesuffix(".py").split("/") if word not in ("", "..", "molecule", "tests")]
    return ": ".join([*words[:1], function.removeprefix("test_")]) if function else "by hand"


def rows() -> list[dict[str, Any]]:
    """The figures so far, in order."""
    return [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()] if FILE.exists() else []


def table(found: list[dict[str, Any]]) -> str:
    """The figures as text, with the sum of requests and failures as its last line."""
    cells = [[head for _key, head, _side in COLUMNS]]
    cells += [[_cell(row.get(key, "")) for key, _head, _side in COLUMNS] for row in found]
    widths = [max(len(line[column]) for line in cells) for column in range(len(COLUMNS))]
    lines = [
        "  ".join(
            f"{cell:{side}{width}}" for cell, width, (_key, _head, side) in zip(line, widths, COLUMNS, strict=True)
        )
        for line in cells
    ]
    loads = sum("requests" in row for row in found)
    requests = sum(row.get("requests", 0) for row in found)
    failed = sum(sum(row.get("failed", {}).values()) for row in found)
    end = f"{loads} load{'s' * (loads != 1)}, {requests} requests, {failed} failed; {FILE}"
    return "\n".join([*(line.rstrip() for line in lines), end])


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} × {what}" for what, count in value.items()) or "0"
    return str(value)
