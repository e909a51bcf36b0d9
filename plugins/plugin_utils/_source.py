# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app's code as it lies on the controller: which files count, and the digest that names them. PRIVATE."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils._archive import (
    DEFAULT_LIMITS,
    ExtractLimits,
    check_and_extract,
    check_kind,
    sha256_file,
    tree_digest,
)
from ansible_collections.pyhost.platform.plugins.module_utils._errors import LeavesSource, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import Source
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts, read_tree

IGNORE_FILE = ".pyhostignore"
_SKIPPED = {".git", ".hg", ".svn", "__pycache__", ".demo"}
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "safe.directory=*", "-C")
"""Listing the index runs nothing of the repository's own, so whose it is does not matter."""

Ignored = Callable[[str], bool]
Lines = Callable[[str], list[str]]
"""From the text of a file to lines in gitignore's syntax."""


@dataclass(frozen=True)
class LocalSource:
    """Code on the controller. ``digest``: SHA-256, 64 hexadecimal digits, of the tree (names, executable bits,
    contents) or of the archive file. ``kind``: ``tree`` or ``archive``. ``root_or_file``: its absolute path.
    ``names``: the tree's files, relative, sorted; () for an archive.
    """

    digest: str
    kind: str
    root_or_file: str
    names: tuple[str, ...] = ()


def _git_environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**clean, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


def _tracked(root: Path) -> list[str]:
    """What git tracks below ``root``; empty outside a checkout and without git."""
    command = [*_GIT, str(root), "ls-files", "-z", "--cached"]
    try:
        done = subprocess.run(command, env=_git_environment(), capture_output=True, check=False)
    except FileNotFoundError:
        return []
    if done.returncode == 0:
        return sorted({os.fsdecode(name) for name in done.stdout.split(b"\0") if name})
    reason = os.fsdecode(done.stderr).strip().splitlines()
    if any("not a git repository" in line for line in reason):
        return []
    raise PyhostError(
        f"source.path: git cannot list the files of {root}: {reason[-1] if reason else 'no reason given'}"
    )


def _is_below_link(root: Path, name: str, known: dict[str, bool]) -> bool:
    """Whether a parent of ``name`` is a symlink now: git counts such a file as deleted."""
    parent = os.path.dirname(name)
    if not parent:
        return False
    if parent not in known:
        known[parent] = os.path.islink(root / parent) or _is_below_link(root, parent, known)
    return known[parent]


def _checkout_files(root: Path, tracked: list[str]) -> Iterator[str]:
    """The tracked files that are in the work tree; submodules are gone into."""
    known: dict[str, bool] = {}
    for name in tracked:
        if _is_below_link(root, name, known):
            continue
        try:
            mode = os.lstat(root / name).st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        if stat.S_ISDIR(mode):
            yield from (f"{name}/{inner}" for inner in _submodule_files(root, name))
        else:
            yield name


def _submodule_files(root: Path, name: str) -> Iterator[str]:
    inner = root / name
    if (inner / ".git").exists():
        return _checkout_files(inner, _tracked(inner))
    raise PyhostError(
        f"source.path: the submodule {name} of {root} is not checked out:"
        f" run git -C {root} submodule update --init --recursive"
    )


def _nothing(_name: str) -> bool:
    return False


def _ignored(root: Path, ignore: str, excluded: tuple[str, ...], lines: Lines) -> Ignored:
    """What ``.pyhostignore`` names, or the ``ignore`` file of a platform, and ``excluded``, in gitignore's syntax."""
    tests = [_named(root / IGNORE_FILE, str.splitlines)]
    if ignore:
        tests.append(_named(root / ignore, lines))
    if excluded:
        tests.append(_patterns(root, list(excluded)))
    return lambda name: any(test(name) for test in tests)


def _named(file: Path, lines: Lines) -> Ignored:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _nothing
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise PyhostError(f"source.path: {file} cannot be read: {reason}") from None
    return _patterns(file, lines(text))


def _patterns(file: Path, lines: list[str]) -> Ignored:
    try:
        import pathspec
    except ImportError:
        raise PyhostError("pathspec is needed on the controller to read .pyhostignore: pip install pathspec") from None
    try:
        spec: Any = pathspec.GitIgnoreSpec.from_lines(lines)
    except ValueError as error:
        raise PyhostError(f"source.path: {file} holds a pattern that cannot be read: {error}") from None
    return lambda name: bool(spec.match_file(name))


def _walk(root: Path, directory: str, ignored: Ignored) -> Iterator[str]:
    """Files and symlinks below ``directory`` (relative, "" or with a final slash), not following symlinks."""
    try:
        entries = sorted(os.scandir(root / directory), key=lambda entry: entry.name)
    except OSError as error:
        raise PyhostError(f"source.path: {root / directory} cannot be read: {error.strerror}") from None
    if directory and any(entry.name == "pyvenv.cfg" for entry in entries):
        return
    for entry in entries:
        name = directory + entry.name
        if entry.name in _SKIPPED or entry.name.endswith(".pyc") or ignored(name):
            continue
        if entry.is_symlink() or entry.is_file(follow_symlinks=False):
            yield name
        elif entry.is_dir(follow_symlinks=False) and not ignored(f"{name}/"):
            yield from _walk(root, f"{name}/", ignored)


def list_files(
    root: Path, ignore: str = "", excluded: tuple[str, ...] = (), lines: Lines = str.splitlines
) -> tuple[str, ...]:
    """The files of ``root`` that are deployed, relative, sorted; symlinks are files here.

    In a git checkout: what is tracked and still there, as the work tree has it. Elsewhere (or where git tracks
    nothing of it): all but version control, ``__pycache__``, ``*.pyc``, virtualenvs and ``.demo``. In both:
    without what ``.pyhostignore`` names, and the file ``ignore`` and the patterns ``excluded`` of the app's platform.
    Raises ``PyhostError``.
    """
    ignored = _ignored(root, ignore, excluded, lines)
    tracked = _tracked(root)
    found = _checkout_files(root, tracked) if tracked else _walk(root, "", ignored)
    return tuple(sorted(name for name in found if not ignored(name)))


def _absolute(location: str, base_dir: Path) -> Path:
    return Path(os.path.normpath(base_dir.absolute() / Path(location).expanduser()))


def _open_tree(root: Path, ignore: str, excluded: tuple[str, ...], lines: Lines) -> LocalSource:
    if not os.path.lexists(root):
        raise PyhostError(f"source.path: {root} does not exist")
    if not root.is_dir():
        raise PyhostError(f"source.path: {root} is not a directory")
    try:
        names = list_files(root, ignore, excluded, lines)
        if not names:
            raise PyhostError(f"source.path: {root} holds no files to deploy")
        return LocalSource(tree_digest(root, names), "tree", str(root), names)
    except LeavesSource:
        raise
    except PyhostError as error:
        raise _with_key("source.path", error) from None


def _with_key(key: str, error: PyhostError) -> PyhostError:
    text = str(error)
    return error if text.startswith((f"{key}: ", "pathspec ")) else PyhostError(f"{key}: {text}")


def _open_archive(file: Path, checksum: str) -> LocalSource:
    if not os.path.lexists(file):
        raise PyhostError(f"source.archive: {file} does not exist")
    if not file.is_file():
        raise PyhostError(f"source.archive: {file} is not a file")
    try:
        digest = sha256_file(file)
    except OSError as error:
        raise PyhostError(f"source.archive: {file} cannot be read: {error.strerror}") from None
    if checksum and checksum.lower() != f"sha256:{digest}":
        raise PyhostError(f"source.archive: {file}: checksum is sha256:{digest}, expected {checksum}")
    try:
        check_kind(file)
    except PyhostError as error:
        raise _with_key("source.archive", error) from None
    return LocalSource(digest, "archive", str(file))


def open_source(
    app_source: Source,
    base_dir: Path,
    ignore: str = "",
    excluded: tuple[str, ...] = (),
    lines: Lines = str.splitlines,
    leaves: str = "",
) -> LocalSource:
    """The code that ``source.path`` or ``source.archive`` names; relative to ``base_dir``, ``~`` expanded.

    ``ignore``, ``excluded``, ``lines`` and ``leaves`` are of the app's platform (`Platform`). Raises ``PyhostError``
    ``ignore``, ``excluded``, ``lines`` and ``leaves`` are of the app's platform (`Platform`). Raises ``PyhostError``
    when the code is missing, empty, unreadable, or not what the checksum says. Damage that only reading the whole
    archive shows is found by ``local_facts``.
    """
    if app_source.kind == "git" or "://" in app_source.location:
        raise PyhostError(f"source.{app_source.kind}: {app_source.location} is not on the controller")
    place = _absolute(app_source.location, base_dir)
    if app_source.kind == "archive":
        return _open_archive(place, app_source.checksum)
    try:
        return _open_tree(place, ignore, excluded, lines)
    except LeavesSource as error:
        if not leaves:
            raise _with_key("source.path", error) from None
        raise PyhostError(f"source.path: {leaves.format(link=error.link, root='.')}") from None


def local_facts(
    source: LocalSource,
    approot: str,
    requirements: tuple[str, ...] | None = None,
    constraints: tuple[str, ...] = (),
    entrypoint: str = "",
    limits: ExtractLimits = DEFAULT_LIMITS,
    reads: tuple[str, ...] = (),
) -> TreeFacts:
    """The facts of ``read_tree`` about code on the controller; an archive is unpacked aside, stripped, for it."""
    if source.kind == "tree":
        root = Path(source.root_or_file)
        return read_tree(root, approot, requirements, constraints, entrypoint, source.names, reads)
    aside = Path(tempfile.mkdtemp(prefix="pyhost-"))
    try:
        check_and_extract(Path(source.root_or_file), aside / "tree", limits, strip=True)
        return read_tree(aside / "tree", approot, requirements, constraints, entrypoint, reads=reads)
    except PyhostError as error:
        raise error if str(error).startswith("approot: ") else _with_key("source.archive", error) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
