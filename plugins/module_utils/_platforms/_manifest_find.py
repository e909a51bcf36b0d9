# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""manifest.yml of code that only the host has: what an entry has to say itself. PRIVATE to the collection.

Where the source is on the controller, the file became entries before anything else was looked at. One of a git
repository, or of an archive from a URL, comes too late for that: it must not be passed over in silence. For the
controller, which has YAML.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

FILE = "manifest.yml"
READS = ("/*.yml",)
"""Files of the root of the source: the one, and those that it inherits."""

_ANSWERED = {
    "command": ("command", "server", "entrypoint"),
    "server": ("command", "server", "entrypoint"),
    "processes": ("command", "server", "entrypoint", "processes"),
    "workers": ("workers", "size"),
    "domains": ("domains", "listen"),
}
"""Keys of an entry, any of which is an answer to what the file says in one."""

_FOUND = {"server": "gunicorn"}
"""What the platform finds without being told."""


def check(app: App, facts: TreeFacts) -> None:
    """Raise `Problems` with each key that the file has, and the entry of a remote source does not."""
    if app.source.kind != "git" and "://" not in app.source.location:
        return
    if FILE in facts.unreadable:
        raise Problems([Problem(app.name, FILE, facts.unreadable[FILE])])
    if FILE in facts.texts:
        text = f"is read from {FILE} where the source is on the controller; for this one write"
        wanted = _wanted(app, _row(app, facts))
        problems = [Problem(app.name, key, f"{text} {key}: {json.dumps(value)}") for key, value in wanted.items()]
        if problems:
            raise Problems(problems)


def _row(app: App, facts: TreeFacts) -> dict[str, Any]:
    """What the application of the file is as an entry: the one that ``service`` names, or that has the approot."""
    from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _manifest_entries

    named = {"service": app.service} if app.service else {}
    rows = _manifest_entries.expand({"name": app.name, **named}, facts.texts.get)
    there = [row for row in rows if len(rows) == 1 or row["approot"] == app.approot]
    if not there:
        names = ", ".join(row["service"] for row in rows)
        text = f"missing; {FILE} has several applications, so write one of: {names}"
        raise Problems([Problem(app.name, "service", text)])
    return there[0]


def _wanted(app: App, row: dict[str, Any]) -> dict[str, Any]:
    wanted = {
        key: value
        for key, value in row.items()
        if key in ("command", "server", "processes", "workers", "domains", "limits", "python", "services")
        and _FOUND.get(key) != value
        and not {*_ANSWERED.get(key, (key,))} & {*app.given}
    }
    if row["approot"] != app.approot:
        wanted["approot"] = row["approot"]
    variables = {name: value for name, value in row.get("environment", {}).items() if name not in app.environment}
    return {**wanted, "environment": variables} if variables else wanted
