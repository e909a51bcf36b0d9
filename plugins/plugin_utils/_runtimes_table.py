# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtimes of a host as a person reads them. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _endoflife
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table

COLUMNS = ("host", "name", "description", "version", "source", "end of life", "apps")


def dated(rows: Sequence[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """The rows of a survey with ``end_of_life`` (ISO 8601, None where it is not known) and ``days_left``."""
    ends = [_endoflife.ENDS.get(row["name"]) for row in rows]
    return [
        {**row, "end_of_life": end.isoformat() if end else None, "days_left": _endoflife.days_left(row["name"], today)}
        for row, end in zip(rows, ends)
    ]


def text(host: str, rows: Sequence[dict[str, Any]]) -> str:
    """The table of `dated` rows."""
    return table(
        [
            {
                **row,
                "host": host,
                "end of life": end_of_life(row["end_of_life"], row["days_left"]),
                "apps": ", ".join(row["apps"]) or "-",
            }
            for row in rows
        ],
        COLUMNS,
    )


def end_of_life(end: str | None, left: int | None) -> str:
    """``2029-10-31, in 1073 days``."""
    if end is None or left is None:
        return "not known"
    days = "1 day" if abs(left) == 1 else f"{abs(left)} days"
    return f"{end}, {days} ago" if left < 0 else f"{end}, in {days}"
