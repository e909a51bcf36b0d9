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
import resource
import shutil
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _files,
    _home,
    _journal,
    _launches,
    _owners_supervisor,
    _process,
    _space,
    _wheelagent,
)
from ansible_collections.pyhost.platform.plugins.module_utils._build import build
from ansible_collections.pyhost.platform.plugins.module_utils._configure import configure
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._hook import hook
from ansible_collections.pyhost.platform.plugins.module_utils._lock import held
from ansible_collections.pyhost.platform.plugins.module_utils._predict import predict
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW, tell
from ansible_collections.pyhost.platform.plugins.module_utils._release import copy, release, room
from ansible_collections.pyhost.platform.plugins.module_utils._restoration import restore
from ansible_collections.pyhost.platform.plugins.module_utils._rollback import rollback
from ansible_collections.pyhost.platform.plugins.module_utils._rollout import rollout
from ansible_collections.pyhost.platform.plugins.module_utils._snapshot import backup
from ansible_collections.pyhost.platform.plugins.module_utils._start import remove_stale


def settle(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Before supervisord starts: nothing runs, so leave only what ``current`` leads to."""
    del job
    _home.make_directories(home)
    row = _journal.read(home)
    if row.get("step") == "unproved" and _home.current(home) == row["new"]:
        _home.put_in_force(home, row["old"])
    _home.forget_next(home)
    _home.forget_ahead(home)
    _launches.hide_before(home)
    _launches.lead_to_app(home, _home.current(home))
    _process.forget_records(home / "run")
    for path in (home / "run").glob("*.sock"):
        if path.is_socket() and not path.is_symlink():
            remove_stale(str(path))
    left_out = _owners_supervisor.leave_out(home)
    return {"left_out": left_out} if left_out else {}


def unpack(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """`release`, with the archive taken from the rest of standard input."""
    _home.make_directories(home)
    if not job["archive"]:
        return release(home, job)
    path = home / "run" / f"archive-{os.getpid()}"
    for pattern in ("archive-*", "download-*"):
        for left in (home / "run").glob(pattern):
            left.unlink()
    room(home, job, job["size"])
    try:
        with path.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out)
        return release(home, {**job, "archive": str(path)})
    finally:
        path.unlink(missing_ok=True)


def make(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """`build`, after a release that another virtualenv has prepared was copied; no file of it grows for ever."""
    plan = job["plan"]
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    limit = _space.FILE_LIMIT if most == resource.RLIM_INFINITY else min(_space.FILE_LIMIT, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
    if job["copy_of"] and not _files.read_json(home / "releases" / f"{plan['release']}.json"):
        room(home, {"cell": plan["cell"]})
        rehearsed = plan["virtualenv"]["fingerprint"] if job.get("rehearsal") else ""
        copy(home, job["copy_of"], plan["release"], rehearsed)
    return build(home, job)


def rehearse(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """`make`, with nothing that the running release could notice; what it built stays a day for the change itself."""
    prefix = home / "virtualenvs" / job["plan"]["virtualenv"]["fingerprint"]
    try:
        return make(home, {**job, "rehearsal": True})
    finally:
        if (prefix / _home.MARKER).exists():
            (prefix / _home.REHEARSED).touch()


ALONE = ("release", "build", "rehearse", "configure", "hook", "rollout", "rollback", "backup", "restore")
"""Verbs that change the app's home; one of them at a time."""

TELLING = ("release", "build", "rehearse", "configure", "hook", "rollout", "rollback")
"""Verbs that tell on the way what they do; what the others say is a stream of its own."""

VERBS: dict[str, Callable[[Path, dict[str, Any]], dict[str, Any]]] = {
    "settle": settle,
    "release": unpack,
    "build": make,
    "rehearse": rehearse,
    "predict": predict,
    "configure": configure,
    "hook": hook,
    "rollout": rollout,
    "rollback": rollback,
    "backup": backup,
    "restore": restore,
    "fetch": _wheelagent.fetch,
    "wheel": _wheelagent.wheel,
    "check": _wheelagent.check,
}


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
            answer = {"ok": True, **VERBS[verb](Path.cwd(), job)}
    except Exception as error:
        answer = {"ok": False, **_failure(verb, job, error)}
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


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
