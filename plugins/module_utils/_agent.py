# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs inside a cell, as its user: one verb, one job in, one result out. PRIVATE to the collection.

The job is a line of JSON on standard input (a sent archive may follow it), the result one line of JSON
on standard output: ``{"ok": true, …}`` or ``{"ok": false, "error": text}``.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _home, _space
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._lock import held
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW, tell

ALONE = ("release", "build", "rehearse", "configure", "hook", "rollout", "rollback", "backup", "restore")
"""Verbs that change the app's home; one of them at a time."""

TELLING = ("release", "build", "rehearse", "configure", "hook", "rollout", "rollback")
"""Verbs that tell on the way what they do; what the others say is a stream of its own."""

VERBS = {
    "settle": ("_verb_settle", "settle"),
    "release": ("_verb_release", "unpack"),
    "build": ("_verb_build", "make"),
    "rehearse": ("_verb_build", "rehearse"),
    "predict": ("_predict", "predict"),
    "configure": ("_configure", "configure"),
    "hook": ("_hook", "hook"),
    "rollout": ("_rollout", "rollout"),
    "rollback": ("_rollback", "rollback"),
    "backup": ("_snapshot", "backup"),
    "restore": ("_restoration", "restore"),
    "fetch": ("_wheelagent", "fetch"),
    "wheel": ("_wheelagent", "wheel"),
    "check": ("_wheelagent", "check"),
}
"""The file and the function of a verb. An agent loads those of its own verb alone, for there are many agents."""


def main(verb: str) -> int:
    job: dict[str, Any] = {}
    if verb != "settle":
        job = json.loads(sys.stdin.buffer.readline())
    os.umask(0o027)
    if verb in TELLING:
        NOW.listener = tell
    answer: dict[str, Any]
    try:
        with held(Path.cwd(), job["claim"], verb) if verb in ALONE else nullcontext():
            answer = {"ok": True, **_function(verb)(Path.cwd(), job)}
    except Exception as error:
        answer = {"ok": False, **_failure(verb, job, error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _function(verb: str) -> Callable[[Path, dict[str, Any]], dict[str, Any]]:
    file, name = VERBS[verb]
    found: Callable[[Path, dict[str, Any]], dict[str, Any]] = getattr(import_module(f"{__package__}.{file}"), name)
    return found


def _failure(verb: str, job: dict[str, Any], error: Exception) -> dict[str, Any]:
    """The error as a sentence, and whether the new version serves all the same."""
    refused = _space.refusal_in(error)
    if refused:
        return _full(verb, job, refused)
    if isinstance(error, PyhostError):
        return {"error": str(error), "committed": isinstance(error, Committed)}
    if isinstance(error, OSError):
        return {"error": f"{verb}: {error.filename or ''}: {error.strerror}"}
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    line = f" (line {frame.tb_lineno} of {frame.tb_frame.f_code.co_filename})" if frame else ""
    return {"error": f"{verb}: {type(error).__name__}: {error}{line}"}


def _full(verb: str, job: dict[str, Any], error: OSError) -> dict[str, Any]:
    """The disk refused to be written: what, and what serves now."""
    home = Path.cwd()
    plan = job.get("plan", {})
    cell = plan.get("cell") or job.get("cell") or {}
    now = _home.current(home)
    committed = verb == "rollout" and bool(now) and now == plan.get("launch_digest")
    serving = "the new version" if committed else "the old version still" if now else "nothing"
    text = _space.sentence(error, home, cell.get("home") or str(home))
    return {"error": f"{text}; {serving} serves", "committed": committed}
