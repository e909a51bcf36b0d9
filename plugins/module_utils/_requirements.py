# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a virtualenv is to be built from. PRIVATE to the collection. Pure: reads facts, no files."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import (
    has_build_system,
    has_project,
    project_dependencies,
)
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import (
    Line,
    below,
    inside,
    parse,
    requirement_name,
)
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

_INDEX = "set pip_index_url for the app instead"
_FOLDER = "put the wheels into wheels/ below approot instead"
_REFUSED = {
    "--index-url": _INDEX, "--pypi-url": _INDEX, "--extra-index-url": _INDEX, "--trusted-host": _INDEX,
    "--find-links": _FOLDER, "--no-index": _FOLDER,
}  # fmt: skip
PASSED = {"--pre", "--no-binary", "--only-binary", "--prefer-binary", "--require-hashes", "--use-feature"}
_LOCKED_LOCAL = re.compile(r"""^source = \{ (?:editable|directory|path) = """, re.MULTILINE)


@dataclass(frozen=True)
class Inputs:
    """``kind`` of input: ``files`` (requirement files), ``uv.lock``, ``pyproject``, ``setup.py``, ``none``.

    ``files`` and ``constraints`` are relative to the release root, ``texts`` are all texts that decide, nested
    ones included. ``wheels``: approot has ``wheels/*.whl`` (``wheel_names``). ``local``: something is installed
    from the tree, so that another release needs another virtualenv. ``hashes``: the files carry hashes.
    ``names`` are the direct requirements as PEP 503 writes them, sorted. ``bundle`` is the file below approot that
    brings the sources of all of them ("" for none), as in `_bundle`.
    """

    kind: str
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    wheels: bool = False
    local: bool = False
    hashes: bool = False
    names: tuple[str, ...] = ()
    wheel_names: tuple[str, ...] = ()
    bundle: str = ""


class _Collector:
    """Reads requirement files of the facts; everything it says goes into one ``Inputs``."""

    def __init__(self, facts: TreeFacts, approot: str) -> None:
        self.facts = facts
        self.prefix = below(approot)
        self.texts: dict[str, str] = {}
        self.names: set[str] = set()
        self.local = False
        self.hashes = False
        self.todo: list[tuple[str, str, bool]] = []
        self.done: set[tuple[str, bool]] = set()

    def text(self, path: str, where: str, name: str) -> str:
        """The text of a file; ``where`` and ``name`` begin the message when it cannot be used."""
        if path in self.facts.unreadable:
            raise PyhostError(f"{where}{name} {self.facts.unreadable[path]}")
        if path not in self.facts.texts:
            raise PyhostError(f"{where}{name} is not in the source")
        return self.facts.texts[path]

    def given(self, key: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """The files that ``requirements`` or ``constraints`` name, which must be there."""
        paths = []
        for name in names:
            path = inside(self.prefix, name)
            if path is None:
                raise PyhostError(f"{key}: {name} is outside the source; only files of the source can be used")
            self.follow(path, self.text(path, f"{key}: ", name), key == "constraints")
            paths.append(path)
        return tuple(paths)

    def follow(self, path: str, text: str, constraint: bool) -> None:
        """Take one requirement (or constraint) file and what it includes."""
        self.todo.append((path, text, constraint))
        while self.todo:
            path, text, constraint = self.todo.pop()
            if (path, constraint) in self.done:
                continue
            self.done.add((path, constraint))
            self.texts[path] = text
            for line in parse(text):
                self.line(path, line, constraint)

    def line(self, path: str, line: Line, constraint: bool) -> None:
        where = f"{path}, line {line.number}: "
        self.hashes = self.hashes or line.hashed
        if line.kind in ("include", "constraint"):
            self.include(path, line, where, constraint or line.kind == "constraint")
            return
        if line.kind == "option":
            self.option(line.value, where)
        elif line.kind == "path":
            self.path(line.value, where)
        if line.name and not constraint:
            self.names.add(line.name)

    def include(self, path: str, line: Line, where: str, constraint: bool) -> None:
        option = "-c" if line.kind == "constraint" else "-r"
        included = None if "://" in line.value else inside(posixpath.dirname(path), line.value)
        if included is None:
            raise PyhostError(
                f"{where}{option} {line.value} is outside the source; only files of the source can be used"
            )
        self.todo.append((included, self.text(included, f"{where}{option} ", line.value), constraint))

    def option(self, name: str, where: str) -> None:
        if name in _REFUSED:
            raise PyhostError(f"{where}{name} is not taken from requirement files; {_REFUSED[name]}")
        if name not in PASSED:
            raise PyhostError(f"{where}unknown option {name}; remove it")

    def path(self, value: str, where: str) -> None:
        """An install from the tree; pip and uv look for the path below the directory they run in, approot."""
        if inside(self.prefix, value) is None:
            raise PyhostError(f"{where}{value} is outside the source; only what is in the source can be installed")
        self.local = True

    def add(self, *names: str) -> None:
        """Add the text of files of approot that are there."""
        for name in names:
            path = self.prefix + name
            if path in self.facts.texts or path in self.facts.unreadable:
                self.texts[path] = self.text(path, "", path)

    def present(self, name: str) -> bool:
        return self.prefix + name in self.facts.texts or self.prefix + name in self.facts.unreadable


def _discovered(collector: _Collector) -> tuple[str, tuple[str, ...]]:
    """Kind and files when ``requirements`` is not given."""
    prefix = collector.prefix
    if collector.present("requirements.txt"):
        path = f"{prefix}requirements.txt"
        collector.follow(path, collector.text(path, "", path), False)
        return "files", (path,)
    collector.add("uv.lock", "pyproject.toml", "setup.py", "setup.cfg")
    project = collector.texts.get(f"{prefix}pyproject.toml")
    if collector.present("uv.lock"):
        return _locked(collector, project)
    if project is not None and has_project(project):
        collector.names.update(map(requirement_name, project_dependencies(project)))
        collector.local = has_build_system(project)
        return "pyproject", (f"{prefix}pyproject.toml",)
    if collector.present("setup.py"):
        collector.local = True
        return "setup.py", (f"{prefix}setup.py",)
    collector.texts.clear()
    return "none", ()


def _locked(collector: _Collector, project: str | None) -> tuple[str, tuple[str, ...]]:
    path = f"{collector.prefix}uv.lock"
    if project is None:
        raise PyhostError(f"{path} has no pyproject.toml beside it; add it, or name requirement files in requirements")
    collector.names.update(map(requirement_name, project_dependencies(project)))
    collector.local = has_build_system(project) or bool(_LOCKED_LOCAL.search(collector.texts[path]))
    collector.hashes = True
    return "uv.lock", (path,)


def collect(
    facts: TreeFacts, approot: str, requirements: tuple[str, ...] | None = None, constraints: tuple[str, ...] = ()
) -> Inputs:
    """What to install. ``requirements`` given (names relative to approot): those files, and none when it is
    empty; None: ``requirements.txt``, else ``uv.lock``, else ``[project]``, else ``setup.py``, else nothing.

    Raises ``PyhostError`` naming the file, and the line where there is one.
    """
    collector = _Collector(facts, approot)
    if requirements is None:
        kind, files = _discovered(collector)
    else:
        kind, files = "files" if requirements else "none", collector.given("requirements", requirements)
    limits = collector.given("constraints", constraints)
    wheels = tuple(posixpath.basename(path) for path in facts.wheels)
    names = tuple(sorted(collector.names - {""}))
    return Inputs(
        kind, files, limits, collector.texts, bool(wheels), collector.local, collector.hashes, names, wheels
    )  # fmt: skip
