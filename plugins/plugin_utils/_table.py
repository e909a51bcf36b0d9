# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a run: one row per app, and how a person reads it. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _endoflife
from ansible_collections.pyhost.platform.plugins.module_utils._choose import key
from ansible_collections.pyhost.platform.plugins.module_utils._djangocheck import COMMAND
from ansible_collections.pyhost.platform.plugins.module_utils._todo import MAKES_NOTHING, owner_notes

COLUMNS = ("app", "host", "release", "python", "virtualenv", "rollout", "address")


def report_row(host: str, row: dict[str, Any], check: bool) -> dict[str, Any]:
    """What happened to one app, or in check mode would happen, and why."""
    plan = row.get("plan") or {}
    order = plan.get("virtualenv", {})
    old = (row.get("look") or {}).get("launch") or {}
    return {
        "app": row["app"]["name"],
        "host": host,
        "state": row["app"]["state"],
        "release": plan.get("release") or old.get("process", {}).get("release", ""),
        "python": order.get("version") or old.get("python", ""),
        "virtualenv": _virtualenv(row, check),
        "fingerprint": order.get("fingerprint", ""),
        "rollout": _rollout(row, check),
        "reasons": _reasons(row),
        "did": [text for stage in ("hook", "rollout") for text in _did(row, stage)],
        "shared_wheels": row["stages"].get("build", {}).get("shared", 0),
        "unshared": row["stages"].get("build", {}).get("unshared", ""),
        "warnings": row["stages"].get("build", {}).get("warnings", []),
        "owner": owner_notes(row.get("look") or {}),
        "notes": row.get("notes", []),
        "address": plan.get("address", ""),
        "seconds": {stage: answer["seconds"] for stage, answer in row["stages"].items() if "seconds" in answer},
        "failed": row["failed"],
    }


def _virtualenv(row: dict[str, Any], check: bool) -> str:
    if not row.get("plan"):
        return ""
    if row["failed"] and row["failed"]["stage"] == "build":
        return "failed"
    makes = any(text not in MAKES_NOTHING for text in row["todo"].get("build", []))
    built = makes and row["stages"].get("build", {}).get("built", True)
    if not built and not row["reasons"]:
        return "unchanged"
    verb = "reused" if not built else "to build" if check else "built"
    why = "; ".join(row["reasons"])
    return f"{verb} ({why})" if why else verb


def _rollout(row: dict[str, Any], check: bool) -> str:
    if row["failed"]:
        return f"FAILED at {row['failed']['stage']}; {_serving(row)}"
    if row["app"]["state"] == "absent":
        return ("to be removed" if check else "removed") if row["todo"].get("cells") else "absent"
    reasons = row["todo"].get("rollout", [])
    if not reasons:
        return "unchanged"
    return f"to do ({'; '.join([*reasons, *_did(row, 'hook')])})" if check else f"done ({'; '.join(reasons)})"


def _did(row: dict[str, Any], stage: str) -> list[str]:
    """What a stage says that it did, or in check mode would do."""
    texts: list[str] = row["stages"].get(stage, {}).get("did", [])
    return texts


def _serving(row: dict[str, Any]) -> str:
    if row["stages"].get("rollout", {}).get("committed"):
        return "the new version serves"
    return "the old version serves" if (row.get("look") or {}).get("current") else "nothing serves"


def _reasons(row: dict[str, Any]) -> list[str]:
    return [f"{stage}: {text}" for stage, texts in row["todo"].items() for text in texts]


def table(rows: Sequence[dict[str, Any]], columns: Sequence[str] = COLUMNS) -> str:
    """Aligned columns with a head; long cells are not cut."""
    lines = [tuple(columns), *(tuple(str(row.get(name, "")) for name in columns) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]
    text.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(text)


def notes(rows: Sequence[dict[str, Any]]) -> str:
    """Lines on what is an owner's own, and on what Django warns of; the texts of that are in the report file."""
    lines: list[str] = []
    for row in rows:
        own = [text for text in row["warnings"] if text.startswith(COMMAND)]
        if row.get("owner"):
            lines.append(f"{row['app']}: its owner's, left as they are: {'; '.join(row['owner'])}")
        lines.extend(f"{row['app']}: {text}" for text in row.get("notes", ()))
        names = [text.partition(" ")[0] for text in row["warnings"] if text not in own]
        lines.extend(f"{row['app']}: {text}" for text in own)
        if names:
            noun = "warning" if len(names) == 1 else "warnings"
            lines.append(f"{row['app']}: {len(names)} {noun} of {COMMAND}: {', '.join(dict.fromkeys(names))}")
    return "\n".join(lines)


def ends(host: str, rows: Sequence[dict[str, Any]], today: date) -> list[str]:
    """What is to be said of Python branches that get no security fixes, or soon none: once for each, with its apps."""
    apps: dict[str, list[str]] = {}
    for row in rows:
        if row["state"] == "present" and row["python"]:
            apps.setdefault(".".join(row["python"].split(".")[:2]), []).append(row["app"])
    texts = {branch: _endoflife.warning(branch, today) for branch in apps}
    return [f"WARNING: {texts[one]} ({', '.join(apps[one])} on {host})" for one in sorted(apps, key=key) if texts[one]]


def start_at_boot(host: str, rows: Sequence[dict[str, Any]], boot: dict[str, Any]) -> list[str]:
    """What is said of ``boot``, how an account's apps come back (`_boot.Boot`); nothing where there are none."""
    if not boot or not any(row["state"] == "present" for row in rows):
        return []
    return [f"WARNING: {boot['text']} ({host})" if boot["warning"] else f"{boot['text']} ({host})"]


def wheel_notes(rows: Sequence[dict[str, Any]], wheels: dict[str, Any]) -> str:
    """Lines on the wheels that the host's apps share; none when they share none."""
    counts = [row["shared_wheels"] for row in rows if row.get("shared_wheels")]
    lines = []
    if counts:
        apps = "1 app" if len(counts) == 1 else f"{len(counts)} apps"
        lines.append(f"shared wheels: {sum(counts)} used by {apps}, {wheels.get('fetched', 0)} fetched or built now")
    lines += [f"{row['app']}: built without shared wheels: {row['unshared']}" for row in rows if row.get("unshared")]
    lines += [f"shared wheels: {text}" for text in wheels.get("notes", ())]
    return "\n".join(lines)


def failures(rows: Sequence[dict[str, Any]]) -> str:
    """One paragraph per failed app: app, host, stage, cause, and what serves now."""
    parts = []
    for row in rows:
        if row["failed"]:
            head = f"{row['app']} on {row['host']} {row['rollout']}"
            parts.append(f"{head}:\n{_indent(row['failed']['error'])}")
    return "\n".join(parts)


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
