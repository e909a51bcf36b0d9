# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rehearsal of another Python branch: which apps take part, and how they did. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._choose import chosen_for
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App

COLUMNS = ("app", "host", "python", "result", "why")

NEW = "is not deployed yet, so nothing of it can change"

CAUSES = (
    (r"does not satisfy Python|requires? a different Python", "does not support this Python (requires-python)"),
    (r"no wheels? (?:with a matching|are available|is available)|is only available for", "has no wheel for it"),
    (
        r"Failed to build|Failed building wheel|build backend|metadata-generation-failed",
        "has no wheel and does not build",
    ),
)
"""What installers say of a package that a branch does not have, and how that reads in a line."""

SUBJECT = re.compile(r"^(\S.*?) cannot be installed")


def cast(apps: Sequence[App], branch: str, only: Sequence[str]) -> tuple[App, ...]:
    """The apps that take part, each on ``branch``; ``only`` names some of them. Raises `Problems`."""
    present = [app for app in apps if app.state == "present"]
    names = [app.name for app in present]
    unknown = [name for name in only if name not in names]
    if unknown:
        known = ", ".join(names) or "none"
        raise Problems(
            [Problem("", "app", f'"{name}" is no app that is declared; there are: {known}') for name in unknown]
        )
    chosen = [app for app in present if not only or app.name in only]
    return tuple(replace(app, python=branch, given=(*app.given, "python")) for app in chosen)


def row(host: str, entry: dict[str, Any], check: bool) -> dict[str, Any]:
    """How one app did; ``ready`` is False for one that would fail, None for one that did not take part."""
    found = {
        "app": entry["app"]["name"],
        "host": host,
        "python": "",
        "result": "",
        "why": "",
        "ready": None,
        "error": "",
    }
    old = ((entry.get("look") or {}).get("launch") or {}).get("python", "")
    new = (entry.get("plan") or {}).get("virtualenv", {}).get("version", "")
    found["python"] = f"{old} → {new}" if old and new and old != new else new or old
    if entry.get("left_out"):
        return {**found, "result": "left out", "why": entry["left_out"]}
    if entry["failed"]:
        error = entry["failed"]["error"]
        return {**found, "result": "would fail", "why": reason(error), "ready": False, "error": error}
    answer = entry["stages"].get("rehearse")
    if answer is None:
        return {**found, "result": "unchanged", "why": f"runs on {old} already", "ready": True}
    if check:
        return {**found, "result": "to be tried", "why": "its requirements resolve", "ready": True}
    how = "built" if answer.get("built") else "was built before"
    return {**found, "result": "ready", "why": f"virtualenv {how}, entry point imported", "ready": True}


def reason(error: str) -> str:
    """The error of a build in one line."""
    head = re.sub(r"; (?:the|its) last lines\b.*", "", error.split("\n", 1)[0]).strip()
    package = SUBJECT.match(head)
    for pattern, text in CAUSES:
        if package and re.search(pattern, error):
            return f"{package[1]} {text}"
    return head


def moved(entries: Sequence[dict[str, Any]], settings: dict[str, Any], host: dict[str, Any]) -> str:
    """A warning of the apps that the next deploy moves, because of the branch that was brought for the rehearsal.

    That is so where `pyhost_python_default` cannot be had: the newest branch that is there stands for it.
    """
    names, branch = [], ""
    for entry in entries:
        if entry["declared"] or not (entry.get("look") or {}).get("current"):
            continue
        now = ".".join(entry["look"]["launch"]["python"].split(".")[:2])
        app = App.from_dict({**entry["app"], "python": ""})
        choice = chosen_for(app, settings, host)
        default = settings["python_default"]
        if choice.branch not in (now, settings["python_aliases"].get(default, default)):
            names.append(entry["app"]["name"])
            branch = choice.branch
    if not names:
        return ""
    return (
        f"WARNING: pyhost_python_default cannot be had here, and Python {branch} is the newest that can: the next "
        f"deploy moves {', '.join(names)} to it, unless pyhost_python_default names what they run on"
    )


def details(rows: Sequence[dict[str, Any]]) -> str:
    """Who would fail, each with all that was said."""
    parts = []
    for one in rows:
        if one["ready"] is False:
            lines = "\n".join(f"  {line}" for line in one["error"].splitlines())
            parts.append(
                f"{one['app']} on {one['host']} would fail on Python {one['python'].rpartition(' ')[2]}:\n{lines}"
            )
    return "\n".join(parts)
