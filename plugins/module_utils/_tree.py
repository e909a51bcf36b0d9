# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts about a tree of code, read without running any of it. PRIVATE to the collection.

Runs on the controller and on hosts. Nothing outside the tree is ever read: a symlink that leaves it is
reported as unreadable.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._callables import callables
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import (
    project_name,
    setup_cfg_name,
    setup_name,
)
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below, inside, parse

MAX_PATHS = 20_000
MAX_TEXT = 256 * 1024
MAX_LIST = 4 * 1024 * 1024
"""Bytes of a lock or requirement file: those of large projects, with hashes, are far over 256 KiB."""
_MAX_KNOWN = 500
_KNOWN = (
    "wsgi.py", "asgi.py", "app.py", "main.py", "manage.py", "settings.py", "setup.py", "setup.cfg", "pyproject.toml",
    "uv.lock", "Procfile", "requirements*.txt",
)  # fmt: skip
_KNOWN_IN_PACKAGES = ("*/settings.py", "*/settings/__init__.py", "*/wsgi.py", "*/asgi.py")
_NO_CALLABLES = ("setup.py", "manage.py", "settings.py", "settings/__init__.py")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class TreeFacts:
    """``paths``: every file and symlink relative to the root, sorted, at most 20,000. ``texts``: the known files.
    ``unreadable``: known file → what is wrong with it ("is not UTF-8 text"). ``callables``: Python file →
    ``(name, "wsgi" | "asgi" | "unknown")``. ``wheels``: the files ``wheels/*.whl`` below approot.
    """

    paths: tuple[str, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    callables: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    wheels: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values that survive JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TreeFacts:
        """The opposite of ``to_dict``; lists, as JSON leaves them, become tuples again."""
        found = {name: tuple((str(one), str(kind)) for one, kind in pairs) for name, pairs in data["callables"].items()}
        return cls(
            tuple(data["paths"]), dict(data["texts"]), dict(data["unreadable"]), found, tuple(data["wheels"])
        )  # fmt: skip


def walk(root: Path) -> Iterator[str]:
    """Files and symlinks below ``root``, without ``.git`` and ``__pycache__``, not following symlinks."""
    for directory, directories, files in os.walk(root):
        prefix = posixpath.relpath(directory, root)
        links = [name for name in directories if os.path.islink(os.path.join(directory, name))]
        directories[:] = [name for name in directories if name not in (".git", "__pycache__", *links)]
        for name in (*files, *links):
            yield name if prefix == "." else f"{prefix}/{name}"


def _open_inside(base: str, relative: str) -> int:
    """Open a path that has no symlink left in it, one part at a time; a part that became a symlink is an error."""
    parts = relative.split("/")
    directory = os.open(base, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            os.close(directory)
            directory = inner
        return os.open(parts[-1], _OPEN, dir_fd=directory)
    finally:
        os.close(directory)


def _read_bytes(base: str, name: str, limit: int) -> tuple[bytes, str]:
    """At most ``limit`` bytes of a file of the tree, and what is wrong with it ("" when nothing is)."""
    real = os.path.realpath(os.path.join(base, name))
    if not real.startswith(base + os.sep):
        return b"", "is a symlink that leaves the source"
    descriptor = _open_inside(base, real[len(base) + 1 :])
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return b"", "is not a regular file"
    with os.fdopen(descriptor, "rb") as handle:
        data = handle.read(limit + 1)
    return data, f"is larger than {limit // 1024} KiB" if len(data) > limit else ""


class _Reader:
    """Collects texts, reasons and callables of the known files."""

    def __init__(self, base: str, paths: Iterable[str]) -> None:
        self.base = base
        self.paths = set(paths)
        self.texts: dict[str, str] = {}
        self.unreadable: dict[str, str] = {}

    def read(self, name: str, limit: int = MAX_TEXT) -> str | None:
        """The text of one file of the tree; None when it is not there or unreadable."""
        if name in self.texts:
            return self.texts[name]
        if name not in self.paths or name in self.unreadable or len(self.texts) >= _MAX_KNOWN:
            return None
        try:
            data, problem = _read_bytes(self.base, name, limit)
            if not problem:
                self.texts[name] = data.decode("utf-8-sig")
                return self.texts[name]
        except UnicodeDecodeError:
            problem = "is not UTF-8 text"
        except OSError as error:
            problem = f"cannot be read: {error.strerror}"
        self.unreadable[name] = problem
        return None

    def read_lists(self, names: Iterable[str]) -> None:
        """Requirement files and what they include, each once."""
        todo = list(names)
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for line in parse(self.read(name, MAX_LIST) or ""):
                if line.kind in ("include", "constraint"):
                    included = inside(posixpath.dirname(name), line.value)
                    todo.extend([included] if included else [])

    def projects(self, prefix: str) -> set[str]:
        """What the project calls itself, as module names."""
        names = (
            setup_name(self.texts.get(f"{prefix}setup.py", "")),
            setup_cfg_name(self.texts.get(f"{prefix}setup.cfg", "")),
            project_name(self.texts.get(f"{prefix}pyproject.toml", "")),
        )
        return {module for name in names if name for module in import_names(name)}


def import_names(project: str) -> tuple[str, ...]:
    """Module names that a distribution called ``project`` may have, likeliest first."""
    plain = project.replace("-", "_").replace(".", "_")
    return tuple(dict.fromkeys((plain, plain.lower())))


def module_files(module: str, prefix: str) -> tuple[str, ...]:
    """Where the text of ``module`` may be in the tree: as file or package, in approot or in its ``src``."""
    path = module.replace(".", "/")
    return tuple(f"{prefix}{top}{path}{end}" for top in ("", "src/") for end in (".py", "/__init__.py"))


def _wanted(paths: Iterable[str], prefix: str, reads: tuple[str, ...]) -> Iterator[str]:
    """What a platform reads besides: patterns of names in approot, and after a slash in the root of the source."""
    for path in paths:
        for pattern in reads:
            top, wanted = ("", pattern[1:]) if pattern.startswith("/") else (prefix, pattern)
            name = path[len(top) :]
            if path.startswith(top) and name.count("/") == wanted.count("/") and fnmatchcase(name, wanted):
                yield path


def _known(paths: Iterable[str], prefix: str) -> Iterator[tuple[str, int]]:
    """The known files below approot and the size to which each is read."""
    for path in paths:
        name = path[len(prefix) :]
        if not path.startswith(prefix) or name.count("/") > 2:
            continue
        if "/" in name:
            if any(fnmatchcase(name, known) and name.count("/") == known.count("/") for known in _KNOWN_IN_PACKAGES):
                yield path, MAX_TEXT
        elif any(fnmatchcase(name, known) for known in _KNOWN):
            yield path, MAX_LIST if name == "uv.lock" or name.endswith(".txt") else MAX_TEXT


def _given(requirements: tuple[str, ...] | None, constraints: tuple[str, ...], prefix: str) -> list[str]:
    names = [inside(prefix, name) for name in (*(requirements or ()), *constraints)]
    return [name for name in names if name]


def read_tree(
    root: Path,
    approot: str,
    requirements: tuple[str, ...] | None = None,
    constraints: tuple[str, ...] = (),
    entrypoint: str = "",
    names: Iterable[str] | None = None,
    reads: tuple[str, ...] = (),
) -> TreeFacts:
    """Facts about the release at ``root``. ``names`` are its files where they are known already (relative).

    ``reads`` is what the app's platform reads besides (`Platform`). ``requirements`` and ``constraints`` are relative
    to ``approot``; ``entrypoint`` is ``module:callable``.
    Raises ``PyhostError`` when approot is no directory of the tree.
    """
    paths = sorted(walk(root) if names is None else names)
    prefix = below(approot)
    if inside("", approot) is None or (prefix and not any(path.startswith(prefix) for path in paths)):
        raise PyhostError(f"approot: {approot} is not a directory of the source")
    reader = _Reader(os.path.realpath(root), paths)
    for path, limit in _known(paths, prefix):
        reader.read(path, limit)
    for path in _wanted(paths, prefix, reads):
        reader.read(path)
    listed = [path for path in list(reader.texts) if fnmatchcase(path, f"{prefix}requirements*.txt")]
    reader.read_lists([*listed, *_given(requirements, constraints, prefix)])
    modules = {*reader.projects(prefix), entrypoint.split(":")[0]} - {""}
    for name in (file for module in sorted(modules) for file in module_files(module, prefix)):
        reader.read(name)
    code = [name for name in sorted(reader.texts) if name.endswith(".py") and not name.endswith(_NO_CALLABLES)]
    found = {name: callables(reader.texts[name]) for name in code}
    wheels = tuple(
        path
        for path in paths
        if fnmatchcase(path, f"{prefix}wheels/*.whl") and path.count("/") == prefix.count("/") + 1
    )
    return TreeFacts(tuple(paths[:MAX_PATHS]), reader.texts, reader.unreadable, found, wheels)
