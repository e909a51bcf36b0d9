# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an app's own steps on the way to a new version. Runs as the cell's user. PRIVATE to the collection.

A step is a row of ``plan["steps"]``: `_platforms._base.Step` as a dictionary.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _logline, _view
from ansible_collections.pyhost.platform.plugins.module_utils._command import command
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline


def executable(home: Path, plan: dict[str, Any]) -> None:
    """Raises `PyhostError` for files of the release that a step wants to run and cannot."""
    release = home / "releases" / plan["release"]
    wrong = [f"{one['file']}: is not executable; chmod +x it" for one in plan["steps"] if _refused(release, one)]
    if wrong:
        raise PyhostError("\n".join(wrong))


def _refused(release: Path, step: dict[str, Any]) -> bool:
    path = release / step["file"]
    return bool(step["file"]) and path.exists() and not os.access(path, os.X_OK)


def run_steps(home: Path, plan: dict[str, Any], when: str, deadline: Deadline) -> list[str]:
    """Run the steps of ``when`` in their order and return their names; raises `PyhostError` at the first that fails.

    ``deadline`` is for all of them, a step's own ``seconds`` for that one.
    """
    chosen = [one for one in plan["steps"] if one["when"] == when]
    launch = plan["launch"]
    if chosen:
        _view.prepare(home, launch)
    for step in chosen:
        NOW.doing("", f"step {step['name']}")
        log = home / "logs" / step["log"]
        _logline.begin(log, f"{step['name']} of release {plan['release']}")
        seconds = min(step["seconds"] or deadline.left(), deadline.left())
        process = {**launch["process"], "environment": _environment(plan), "seen": _view.seen(launch)}
        command(home, process, step["name"], step["command"], Deadline(seconds), log)
    return [one["name"] for one in chosen]


def _environment(plan: dict[str, Any]) -> dict[str, str]:
    """What a step finds: the environment of the version, and what the owner of a cell has besides."""
    given = _view.environment(plan["launch"])
    first, colon, rest = given.get("PATH", "").partition(":")
    return {**given, "PATH": f"{first}:{plan['cell']['tools']}/owner{colon}{rest}"}
