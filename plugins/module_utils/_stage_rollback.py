# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roll one app of this host back, in its cell. PRIVATE to the collection."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _hostlook
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell, make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._formats import name as name_problem
from ansible_collections.pyhost.platform.plugins.module_utils._incell import call
from ansible_collections.pyhost.platform.plugins.module_utils._look import look
from ansible_collections.pyhost.platform.plugins.module_utils._stage_rollout import rollout_seconds, start_daemon


def roll_back(job: dict[str, Any]) -> dict[str, Any]:
    """Move the app ``job["name"]`` back; ``found`` is false where this host has no such app.

    Raises `PyhostError` that names the app.
    """
    name = job["name"]
    problem = name_problem(name)
    if problem:
        raise PyhostError(str(Problem("", "app", problem)))
    root = os.path.realpath(os.path.expanduser(job["root"]))
    cell = _hostlook.as_on_host(make_cell(name, job["scope"], root, pwd.getpwuid(os.geteuid()).pw_name))
    if not _ours(cell):
        return {"changed": False, "found": False, "msg": f"{name} is not on this host"}
    found = as_users([(cell.user, lambda: look(Path(cell.home)))])[0]
    launch = found.get("launch")
    if not launch:
        raise PyhostError(f"{name}: nothing is deployed that could be rolled back")
    if not job["check"]:
        start_daemon(cell)
    order = {"cell": cell.to_dict(), **{key: job[key] for key in ("release", "keep", "check", "claim")}}
    answer = call(cell, "rollback", order, rollout_seconds(launch))
    if not answer.pop("ok"):
        raise PyhostError(f"{name}: {answer['error']}")
    return {**answer, "found": True, "msg": _message(name, answer, job["check"])}


def _ours(cell: Cell) -> bool:
    if cell.scope == "account":
        return Path(cell.home).is_dir()
    state = _hostlook.unit(cell)
    return bool(state["user"] and state["unit"] and not state["foreign"])


def _message(name: str, answer: dict[str, Any], check: bool) -> str:
    before, after, what = answer["before"], answer["after"], ", ".join(answer["what"]) or "nothing"
    if not answer["changed"]:
        return f"{name}: release {after} is in force already"
    verb = "would roll back" if check else "rolled back"
    return f"{name}: {verb} from release {before} to {after} ({what}); the next deploy brings the declared version"
