# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the time of a run goes, by stage and by app. Pure. PRIVATE to the collection.

Of a stage there are the seconds of its action on the controller, those of its work on the host, and what is between
them: carrying the order and the answer, and starting what takes it. Between the stages is Ansible's own time.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.plugin_utils._table import table

SLOWEST = 5
"""Apps of a stage that are named."""

WORTH = 0.1
"""Seconds that an app, or a part of its work, has to take to be named."""

COLUMNS = ("stage", "seconds", "controller", "connection", "host")


def add_call(spent: dict[str, Any], seconds: float, answer: dict[str, Any]) -> None:
    """Record in ``spent``, that of a stage, a call that took ``seconds``; the host's own account leaves ``answer``.

    A module that brings itself along gives none, and all of its time counts as that of the connection.
    """
    host = answer.pop("profile", None) or {"seconds": 0.0, "apps": {}}
    spent["calls"] = spent.get("calls", 0.0) + seconds
    spent["host"] = spent.get("host", 0.0) + host["seconds"]
    apps = spent.setdefault("apps", {})
    for name, parts in host["apps"].items():
        if name:
            mine = apps.setdefault(name, {})
            mine.update({what: mine.get(what, 0.0) + taken for what, taken in parts.items()})


def account(stages: dict[str, dict[str, Any]], seconds: float) -> dict[str, Any]:
    """The profile of a run that took ``seconds``: what the report file has of it.

    ``stages`` has of each stage, in their order, ``all`` its seconds and what `add_call` recorded.
    """
    rows = [{"stage": name, **_row(spent)} for name, spent in stages.items()]
    rest = max(0.0, seconds - sum(row["seconds"] for row in rows))
    return {"seconds": round(seconds, 2), "ansible": round(rest, 2), "stages": rows}


def _row(spent: dict[str, Any]) -> dict[str, Any]:
    calls, host = spent.get("calls", 0.0), spent.get("host", 0.0)
    apps = spent.get("apps", {})
    slow = sorted(apps, key=lambda name: (-sum(apps[name].values()), name))
    return {
        "seconds": round(spent["all"], 2),
        "controller": round(max(0.0, spent["all"] - calls), 2),
        "connection": round(max(0.0, calls - host), 2),
        "host": round(host, 2),
        "slowest": [{"app": name, "seconds": round(sum(apps[name].values()), 2), "parts": apps[name]} for name in slow],
    }


def text(host: str, found: dict[str, Any]) -> str:
    """The profile of ``host`` for people: a table, with the slowest apps of each stage below it."""
    rows = [
        {"stage": row["stage"], **{key: f"{row[key]:.2f}" if row[key] else "" for key in COLUMNS[1:]}}
        for row in found["stages"]
    ]
    rows.append({"stage": "between the stages", "seconds": f"{found['ansible']:.2f}"})
    rows.append({"stage": "until the report", "seconds": f"{found['seconds']:.2f}"})
    lines = [f"where the time went on {host}, in seconds:", table(rows, COLUMNS)]
    for row in found["stages"]:
        for one in [one for one in row["slowest"] if one["seconds"] >= WORTH][:SLOWEST]:
            parts = sorted(one["parts"].items(), key=lambda part: -part[1])
            said = ", ".join(f"{what} {seconds:.1f}" for what, seconds in parts if seconds >= WORTH)
            lines.append(f"{row['stage']}: {one['app']} {one['seconds']:.1f}" + (f" ({said})" if said else ""))
    return "\n".join(lines)
