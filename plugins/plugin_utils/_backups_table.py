# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups as a person reads of them. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.plugin_utils._remote_agent import megabytes
from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table

COLUMNS = ("app", "host", "size", "files", "databases", "seconds", "archive")


def text(rows: Sequence[dict[str, Any]]) -> str:
    """The table of what was backed up."""
    return table(
        [
            {
                **row,
                "size": megabytes(row["size"]),
                "files": str(row["files"]),
                "databases": ", ".join(row["databases"]) or "-",
                "seconds": f"{row['seconds']:.1f}",
                "archive": row["path"],
            }
            for row in rows
        ],
        COLUMNS,
    )


def warnings(data: dict[str, Any]) -> list[str]:
    """What the archive's data directory lacks of a perfect copy, in sentences."""
    found = []
    if data.get("changed"):
        found.append(f"changed while it was read, so the copy may be of two moments: {', '.join(data['changed'])}")
    if data.get("left_out"):
        found.append(f"neither a file nor a directory nor a link, so left out: {', '.join(data['left_out'])}")
    return found
