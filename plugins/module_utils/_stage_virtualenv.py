# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtualenvs that stand by themselves, on the host: several at once. PRIVATE to the collection."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from operator import attrgetter
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cell, _files, _home, _pythons, _virtualenv
from ansible_collections.pyhost.platform.plugins.module_utils._build import make_virtualenv
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import Interpreter
from ansible_collections.pyhost.platform.plugins.module_utils._incell import each
from ansible_collections.pyhost.platform.plugins.module_utils._installer import seeding
from ansible_collections.pyhost.platform.plugins.module_utils._predict import predict
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._virtualenv import Found, Request

ROOT = Path("/")
"""Requirement files are named relative to this directory, and installers run in it."""


def virtualenvs(job: dict[str, Any]) -> dict[str, Any]:
    """Bring every virtualenv of ``job`` in step; one that fails does not stop the others.

    Each result has ``changed``, ``before`` and ``after`` (packages; ``after`` None where only the build can tell).
    """
    requests = _virtualenv.read_requests(job["virtualenvs"])
    known = _pythons.discover(_cell.RUNTIMES, job["python_paths"], system=False)

    def one(request: Request) -> dict[str, Any]:
        try:
            act = _absent if request.state == "absent" else _present
            return {"path": request.path, "error": "", **act(request, known, job)}
        except PyhostError as error:
            return {"path": request.path, "changed": False, "error": str(error)}
        except OSError as error:
            text = f"{error.filename or request.path}: {error.strerror}"
            return {"path": request.path, "changed": False, "error": text}

    rows = each(job["jobs"], list(requests), one, attrgetter("path"))
    return {"changed": any(row["changed"] for row in rows), "virtualenvs": rows}


def _look(request: Request) -> Found:
    path, store = Path(request.path), Path(request.store)
    if path.is_symlink():
        kind = "link"
    elif path.is_dir():
        kind = "directory"
    else:
        kind = "file" if path.exists() else "absent"
    there = {}
    for one in store.iterdir() if store.is_dir() else ():
        if one.name != ".lock":
            marker = one / _home.MARKER
            there[one.name] = marker.stat().st_mtime if marker.exists() else 0.0
    return Found(kind, _files.link_target(path), _files.read_json(path / _home.MARKER), there)


def _present(request: Request, known: list[dict[str, Any]], job: dict[str, Any]) -> dict[str, Any]:
    found = _look(request)
    _virtualenv.check_place(request, found)
    inputs = _virtualenv.collect(request, _read)
    order = _virtualenv.make_order(
        request, _interpreter(request, known, job["check"]), inputs, job["build_environment"]
    )
    why = _virtualenv.virtualenv_reasons(order, found)
    needed = bool(why or _virtualenv.to_remove(found, order["fingerprint"]))
    prefix = Path(request.store) / order["fingerprint"]
    before = dict((found.marker or {}).get("packages") or {})
    after: dict[str, str] | None = before
    if needed and not job["check"]:
        _make(request, order, prefix, job)
    if why and job["check"] and not (prefix / _home.MARKER).exists():
        after = _predicted(order, job)
    elif why:
        after = dict(_files.read_json(prefix / _home.MARKER)["packages"])

    def shown(packages: dict[str, str]) -> dict[str, str]:
        return _virtualenv.without_seeds(packages, order, inputs.names)

    return {
        "changed": needed,
        "reasons": why,
        "python": order["version"],
        "fingerprint": order["fingerprint"],
        "before": shown(before),
        "after": None if after is None else shown(after),
    }


def _interpreter(request: Request, known: list[dict[str, Any]], check: bool) -> Interpreter:
    """In check mode a branch that is not there counts as one that an earlier task of the play will have brought."""
    branch = request.python
    if check and branch and not branch.startswith("/") and all(row["branch"] != branch for row in known):
        return Interpreter(branch, "", "", branch, "", "", "")
    if not branch.startswith("/"):
        return Interpreter.from_dict(_virtualenv.choose(request.python, known))
    row = _pythons.ask(request.python)
    if not row:
        raise PyhostError(f"python: {request.python} is no working interpreter (one of a virtualenv does not count)")
    return Interpreter.from_dict(row)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PyhostError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PyhostError(f"{path} is not UTF-8 text") from None


def _uv(job: dict[str, Any]) -> str:
    return shutil.which(job["uv"] or f"{_cell.TOOLS}/bin/uv") or ("" if job["uv"] else shutil.which("uv") or "")


def _predicted(order: dict[str, Any], job: dict[str, Any]) -> dict[str, str] | None:
    uv = _uv(job)
    if not uv:
        return None
    plan = {"virtualenv": order, "approot": ".", "build_timeout": job["timeout"]}
    packages: dict[str, str] | None = predict(ROOT, {"plan": plan, "uv": uv, "temporary": True})["packages"]
    return packages


def _make(request: Request, order: dict[str, Any], prefix: Path, job: dict[str, Any]) -> None:
    """Build, switch, and remove what nothing needs; what a killed run left is removed with it."""
    uv = _uv(job)
    if order["installer"] == "uv" and not uv:
        raise PyhostError("uv is not on this host; use the role pyhost.platform.supervisor, or write installer: pip")
    if order["seeds"] and not shutil.which(seeding(uv, order["seeds"])[0]):
        text = f"Python {order['branch']} needs the virtualenv of pyhost's tools, which is not on this host"
        raise PyhostError(f"{text}; use the role pyhost.platform.supervisor")
    with _locked(request):
        if not (prefix / _home.MARKER).exists():
            home = Path(pwd.getpwuid(os.geteuid()).pw_dir)
            make_virtualenv(home, order, prefix, ROOT, uv, Deadline(job["timeout"]))
        garbage = _virtualenv.to_remove(_look(request), prefix.name)
        _files.link(Path(request.path), f"{prefix.parent.name}/{prefix.name}")
        for name in garbage:
            _files.remove(prefix.parent / name)
        _sweep(request)


def _absent(request: Request, known: list[dict[str, Any]], job: dict[str, Any]) -> dict[str, Any]:
    del known
    found = _look(request)
    _virtualenv.check_place(request, found)
    there = found.kind == "link" or Path(request.store).is_dir()
    before = dict((found.marker or {}).get("packages") or {})
    if there and not job["check"]:
        Path(request.path).unlink(missing_ok=True)
        _files.remove(Path(request.store))
        _sweep(request)
    return {"changed": there, "reasons": ["removed"] if there else [], "before": before, "after": {}}


def _sweep(request: Request) -> None:
    path = Path(request.path)
    for stage in path.parent.glob(f"{escape(_files.STAGE + path.name)}.[0-9]*"):
        stage.unlink()


@contextmanager
def _locked(request: Request) -> Iterator[None]:
    """One process at a time; the next one is told."""
    store = Path(request.store)
    store.mkdir(parents=True, exist_ok=True)
    with (store / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PyhostError("another run works on this virtualenv") from None
        yield
