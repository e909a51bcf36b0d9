# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prune of a host removed and what it kept, as a person reads it. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table

COLUMNS = ("host", "app", "what", "name", "result", "MB", "why")

KINDS = {"virtualenvs": "virtualenv", "releases": "release", "launches": "launch", "sets": "rules"}
"""Directories of a cell, and what one entry of each is."""

MB = 1 << 20


def declared(apps: Any, default: str, more: Iterable[str], aliases: Mapping[str, str]) -> list[str]:
    """Branches that the settings name; ``apps`` is as the operator wrote it, and need not be right."""
    entries = apps if isinstance(apps, list) else []
    own = [str(one["python"]) for one in entries if isinstance(one, dict) and one.get("python")]
    names = {str(name) for name in (*own, default, *more)}
    return sorted((names | {str(aliases[name]) for name in names & set(aliases)}) - {""})


def text(host: str, rows: Sequence[dict[str, Any]], check: bool) -> str:
    """The table and a last line with what was freed."""
    shown = [_row(host, row, check) for row in rows]
    freed = sum(row["bytes"] for row in rows if not row["why"]) / MB
    verb = "would be freed" if check else "freed"
    lines = [table(shown, COLUMNS)] if shown else []
    return "\n".join([*lines, f"{freed:.1f} MB {verb} on {host}"])


def _row(host: str, row: dict[str, Any], check: bool) -> dict[str, Any]:
    result = "kept" if row["why"] else "to be removed" if check else "removed"
    size = f"{row['bytes'] / MB:.1f}" if row["bytes"] else ""
    what = KINDS.get(row["what"], row["what"])
    return {**row, "host": host, "app": row["app"] or "-", "what": what, "result": result, "MB": size}
