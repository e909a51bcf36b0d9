# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtualenv that stands by itself, without an app: what is wanted, and what to do for it. Pure. PRIVATE.

It is built at its final path ``PATH.d/FINGERPRINT``; ``PATH`` is a link to it, switched by one rename.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils import _legacy
from ansible_collections.pyhost.platform.plugins.module_utils._choose import key
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import (
    Interpreter,
    components,
    fingerprint,
    reasons,
)
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import Line, parse, requirement_name
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import PASSED, Inputs
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

Read = Callable[[str], str]
"""The text of a file of the host; raises `PyhostError` that names the file."""


@dataclass(frozen=True)
class Request:
    """One entry of ``virtualenvs``: complete and valid."""

    path: str
    python: str = ""
    requirements: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    installer: str = ""
    index_url: str = ""
    state: str = "present"

    @property
    def store(self) -> str:
        """The directory that the link leads into."""
        return f"{self.path}.d"


def read_requests(entries: list[dict[str, Any]]) -> tuple[Request, ...]:
    """The entries as requests; raises `Problems` with every problem of every entry."""
    problems: list[Problem] = []
    requests: list[Request] = []
    for place, entry in enumerate(entries):
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in entry.items()
            if value is not None
        }
        request = Request(**values)
        found = [*_problems(request), *_clashes(request, requests)]
        problems.extend(Problem("", f"virtualenvs[{place}].{name}", text) for name, text in found)
        requests.append(request)
    if problems:
        raise Problems(problems)
    return tuple(requests)


def _problems(request: Request) -> list[tuple[str, str]]:
    found = [("path", _path(request.path))]
    if request.python and not request.python.startswith("/"):
        found.append(("python", formats.python_branch(request.python)))
    for name in ("requirements", "constraints"):
        found.extend((f"{name}[{number}]", _file(one)) for number, one in enumerate(getattr(request, name)))
    found.extend((f"packages[{number}]", _package(one)) for number, one in enumerate(request.packages))
    if request.index_url:
        found.append(("index_url", formats.index_url(request.index_url) or _no_password(request.index_url)))
    return [(name, text) for name, text in found if text]


def _path(path: str) -> str:
    if not path.startswith("/") or posixpath.normpath(path) != path or path.count("/") < 2:
        return f'{shown(path)} is no place for a virtualenv; write an absolute path such as "/srv/tools/venv"'
    return ""


def _file(path: str) -> str:
    return "" if path.startswith("/") else f"{shown(path)} is no absolute path of a file on the host"


def _package(text: str) -> str:
    lines = parse(text)
    if len(lines) == 1 and lines[0].kind in ("requirement", "url") and requirement_name(text):
        return ""
    return f'{shown(text)} is no requirement; write for example "flask>=3"'


def _no_password(url: str) -> str:
    if "@" not in url.split("/")[2]:
        return ""
    return "a user or password does not belong here; write them into ~/.netrc of the user that builds"


def _clashes(request: Request, earlier: list[Request]) -> list[tuple[str, str]]:
    for place, other in enumerate(earlier):
        if request.path in (other.path, other.store) or request.store == other.path:
            return [("path", f'"{request.path}" clashes with virtualenvs[{place}]; choose another path')]
    return []


def choose(wanted: str, found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The interpreter among ``found`` (in order of preference) for a branch, or the newest for ""."""
    rows = [row for row in found if row["branch"].startswith("3.")] if not wanted else list(found)
    branches = sorted({row["branch"] for row in rows}, key=key)
    branch = wanted or (branches[-1] if branches else "")
    for row in rows:
        if row["branch"] == branch:
            return row
    name = f'"{wanted}"' if wanted else "an interpreter"
    can = ", ".join(branches) or "none"
    raise PyhostError(
        f"python: {name} cannot be had on this host; it has: {can}. The role pyhost.platform.python installs branches"
    )


class _Collector:
    """Reads requirement files of the host and what they include."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.texts: dict[str, str] = {}
        self.names: set[str] = set()
        self.hashes = False

    def follow(self, path: str, constraint: bool) -> None:
        if path in self.texts:
            return
        text = self.texts[path] = self.read(path)
        for line in parse(text):
            self.line(path, line, constraint)

    def line(self, path: str, line: Line, constraint: bool) -> None:
        where = f"{path}, line {line.number}: "
        self.hashes = self.hashes or line.hashed
        if line.kind in ("include", "constraint"):
            if "://" in line.value or line.value.startswith("/"):
                raise PyhostError(f"{where}{line.value} cannot be followed; name a file relative to this one")
            included = posixpath.normpath(posixpath.join(posixpath.dirname(path), line.value))
            self.follow(included, constraint or line.kind == "constraint")
        elif line.kind == "path":
            raise PyhostError(f"{where}{line.value} is a file or directory; only packages and URLs can be installed")
        elif line.kind == "option" and line.value not in PASSED:
            raise PyhostError(f"{where}{line.value} is not taken from requirement files; index_url names the index")
        elif line.name and not constraint:
            self.names.add(line.name)


def collect(request: Request, read: Read) -> Inputs:
    """What to install. Names of files are relative to ``/``, as the commands that install run there."""
    collector = _Collector(read)
    for path in request.requirements:
        collector.follow(path, constraint=False)
    for path in request.constraints:
        collector.follow(path, constraint=True)
    texts = {path.lstrip("/"): text for path, text in collector.texts.items()}
    return Inputs(
        kind="files" if request.requirements else "none",
        files=tuple(path.lstrip("/") for path in request.requirements),
        constraints=tuple(path.lstrip("/") for path in request.constraints),
        texts=texts,
        hashes=collector.hashes,
        names=tuple(sorted({*collector.names, *map(requirement_name, request.packages)})),
    )


def make_order(
    request: Request, interpreter: Interpreter, inputs: Inputs, environment: Mapping[str, str]
) -> dict[str, Any]:
    """The order for the build, as a plan has it. The packages count among the requirements."""
    counted = Inputs(
        kind=inputs.kind,
        files=inputs.files,
        constraints=inputs.constraints,
        texts={**inputs.texts, "": "\n".join(request.packages)},
    )
    refused = _legacy.refusal(request.installer, interpreter.branch)
    if refused:
        raise PyhostError(f"installer: {refused}")
    installer = _legacy.installer_for(request.installer, interpreter.branch)
    parts = components(interpreter, counted, request.index_url, installer, "", (), "")
    return {
        "fingerprint": fingerprint(parts),
        "components": parts,
        "python": interpreter.real,
        "branch": interpreter.branch,
        "version": interpreter.version,
        "kind": inputs.kind,
        "files": list(inputs.files),
        "constraints": list(inputs.constraints),
        "texts": dict(inputs.texts),
        "wheels": False,
        "bundle": "",
        "local": False,
        "hashes": inputs.hashes,
        "packages": list(request.packages),
        "installer": installer,
        "seeds": _legacy.seeds(installer, interpreter.branch),
        "note": _legacy.note(request.installer, interpreter.branch),
        "index_url": request.index_url,
        "environment": dict(environment),
    }


@dataclass(frozen=True)
class Found:
    """What is there: ``kind`` of what is at the path (absent, link, directory, file), where the link leads,
    its marker, the virtualenvs in the store (name to the time of the marker, 0 for one without).
    """

    kind: str
    target: str = ""
    marker: Mapping[str, Any] | None = None
    store: Mapping[str, float] | None = None

    @property
    def current(self) -> str:
        """The fingerprint in force, "" when there is none."""
        return posixpath.basename(self.target) if self.kind == "link" else ""


def check_place(request: Request, found: Found) -> None:
    """Raise `PyhostError` when something that is not ours is at the path."""
    ours = found.kind == "absent" or posixpath.dirname(found.target) == posixpath.basename(request.store)
    if ours:
        return
    what = {"link": f"a link to {found.target}"}.get(found.kind, f"a {found.kind}")
    raise PyhostError(
        f"{request.path} is {what} that was not made by this module; move it away"
        f" (mv {request.path} {request.path}.old) or choose another path"
    )


def virtualenv_reasons(order: dict[str, Any], found: Found) -> list[str]:
    """Why the link has to lead to another virtualenv, or this one has to be built; empty when neither."""
    old = (found.marker or {}).get("components")
    if found.current and not old:
        return ["virtualenv missing or incomplete"]
    why = reasons(old if found.current else None, order["components"])
    return [*why, order["note"]] if why and order["note"] else why


def to_remove(found: Found, wanted: str) -> list[str]:
    """Names in the store that nothing needs: all but the wanted virtualenv and the one before it."""
    store = found.store or {}
    complete = [name for name in sorted(store, key=lambda name: -store[name]) if store[name] and name != wanted]
    before = found.current if found.current in complete and found.current != wanted else "".join(complete[:1])
    return sorted(name for name in store if name not in (wanted, before))


SEEDS = ("pip", "setuptools")
"""What ``python -m venv`` puts into a virtualenv, in the versions that the interpreter brings; virtualenv says what."""


def without_seeds(packages: Mapping[str, str], order: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """The packages that the requirements brought; ``names`` are the direct ones."""
    seeds = {*SEEDS, *order["seeds"]} - set(names) if order["installer"] == "pip" else set()
    return {name: version for name, version in packages.items() if name not in seeds}


def listing(packages: Mapping[str, str]) -> str:
    """Packages as text, for a difference."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(packages.items()))
