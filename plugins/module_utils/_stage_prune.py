# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove what nothing needs from a host: of its cells, and of its runtimes. PRIVATE to the collection."""

from __future__ import annotations

import fcntl
import os
import re
import time
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _beside,
    _cell,
    _cells,
    _elsewhere,
    _files,
    _home,
    _journal,
    _lock,
    _store,
    _unused,
)
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._prune import FRESH_SECONDS, prune, unneeded
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import BRANCH, PLACE

SECONDS = 600.0
"""What 16 cells may take, which are cleaned at the same time."""

UNFINISHED = re.compile(rf"{re.escape(_store.STAGE)}([0-9.]+-[0-9a-f]+)")


def clean(job: dict[str, Any]) -> dict[str, Any]:
    """Remove what no app needs and no one else, or with ``job["check"]`` say what that would be.

    Returns rows with ``what`` (a kind), ``name``, ``app`` ("" for runtimes), ``bytes`` and ``why`` it stays, "" for
    what goes. Raises `PyhostError` when another deploy is at work.
    """
    system = job["scope"] == "system"
    root = os.path.realpath(os.path.expanduser(job["root"])) if not system else ""
    base = _cell.RUNTIMES if system else f"{root}/python"
    cells = _cells.cells(job["scope"], root)
    for name, look in _cells.looks(cells).items():
        if look.get("held"):
            raise PyhostError(f"{name}: {_lock.refusal(look['held'])}")
    order = {key: job[key] for key in ("keep", "check", "claim")}
    answers = as_users([(cell.user, partial(_in_cell, Path(cell.home), order)) for cell in cells], SECONDS)
    rows, wrong = [], ""
    apps: dict[str, list[str]] = {}
    for cell, answer in zip(cells, answers):
        if "error" in answer:
            wrong = wrong or f"{cell.name} cannot be looked at: {answer['error']}"
            rows.append({"what": "app", "name": cell.name, "app": cell.name, "bytes": 0, "why": answer["error"]})
            continue
        rows += [{**row, "app": cell.name, "why": ""} for row in answer["gone"]]
        for path in answer["used"]:
            apps.setdefault(path, []).append(cell.name)
    used = {path: f"it is that of virtualenvs of {', '.join(names)}" for path, names in apps.items()}
    used.update(_elsewhere.processes(base))
    homes = [cell.home for cell in cells]
    used.update(_elsewhere.virtualenvs("/" if system else os.path.expanduser("~"), base, homes))
    rows += _runtimes(Path(base), used, wrong, job)
    return {"changed": any(not row["why"] for row in rows), "rows": rows}


def _in_cell(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """As the cell's user: what goes, and the paths that the virtualenvs that stay were made with."""
    if not (home / "launches").is_dir():
        return {"gone": [], "used": []}
    if _home.next_conf(home).exists() or _journal.there(home):
        raise PyhostError("a rollout was interrupted; deploy first")
    names = unneeded(home, job["keep"], rehearsed=0)
    gone = [
        {"what": name.partition("/")[0], "name": name.rpartition("/")[2], "bytes": _files.size(home / name)}
        for name in names
        if not name.endswith(".json")
    ]
    if not job["check"]:
        with _lock.held(home, job["claim"], "prune"):
            prune(home, job["keep"], rehearsed=0)
    there = _cells.virtualenvs(home)["there"]
    left = [one for name, one in there.items() if f"virtualenvs/{name}" not in names]
    return {"gone": gone, "used": sorted({path for one in left for path in one["real"]})}


def _runtimes(base: Path, used: dict[str, str], wrong: str, job: dict[str, Any]) -> list[dict[str, Any]]:
    store = _store.entries(base)
    recent = time.time() - FRESH_SECONDS
    fresh = [one["name"] for one in store if (base / PLACE / one["name"] / _store.MARKER).stat().st_mtime > recent]
    paths = [path for path in sorted(base.glob("*")) if BRANCH.fullmatch(path.name)]
    links = {path.name: os.path.realpath(path / "bin" / "python") for path in paths if _led(path)}
    rows = []
    for row in _unused.verdicts(str(base), store, links, used, job["branches"], fresh):
        why, size = wrong or row["why"], 0
        if not why and row["source"] != "link":
            size = _files.size(base / PLACE / row["name"])
            why = "" if job["check"] or _removed(base / PLACE, row["name"]) else "another run is bringing it"
        if not why and not job["check"]:
            for branch in row["links"]:
                _unlink(base / branch)
        what = "links" if row["source"] == "link" else "runtime"
        told = row["name"] if what == "links" else f"{row['name']} ({row['version']}, {row['source']})"
        rows.append({"what": what, "name": told, "app": "", "bytes": size, "why": why})
    return rows + _unfinished(base / PLACE, job["check"])


def _led(path: Path) -> bool:
    """Whether the directory of a branch is one of our links, which lead out of it."""
    link = path / "bin" / "python"
    return link.is_symlink() and not os.path.realpath(link).startswith(f"{path}/")


def _unlink(path: Path) -> None:
    """Remove our links of a branch and what lies beside them, and its directory where nothing else is in it."""
    for name in _beside.names(path.name):
        link = path / "bin" / name
        if link.is_symlink() and not os.path.realpath(link).startswith(f"{path}/"):
            link.unlink()
    for name in _beside.PROGRAMS:
        (path / "bin" / name).unlink(missing_ok=True)
    for directory in (path / "bin", path):
        if not any(directory.iterdir()):
            directory.rmdir()


def _removed(store: Path, name: str) -> bool:
    """Remove one directory of the store, unless another run holds its lock; first it loses its name."""
    with (store / _store.LOCKS / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        stage = store / f"{_store.STAGE}{name}"
        _files.remove(stage)
        os.rename(store / name, stage)
        _files.remove(stage)
    return True


def _unfinished(store: Path, check: bool) -> list[dict[str, Any]]:
    """What runs that were killed left beside the directories of the store."""
    rows = []
    for path in sorted(store.glob(f"{_store.STAGE}*")):
        found = UNFINISHED.match(path.name)
        if not found:
            continue
        with (store / _store.LOCKS / found[1]).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            rows.append({"what": "unfinished", "name": path.name, "app": "", "bytes": _files.size(path), "why": ""})
            if not check:
                _files.remove(path)
    return rows
