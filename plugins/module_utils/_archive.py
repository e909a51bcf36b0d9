# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking what somebody else packed, and packing deterministically. PRIVATE to the collection.

Members are checked here and not by tarfile's ``data`` filter: the Python 3.11.2 of Debian 12 is older than
that filter (PEP 706). What is refused: absolute names, ``..``, links out of the tree, writing through a
symlink, devices, FIFOs, names that are not plain text, more bytes or entries than allowed.
"""

from __future__ import annotations

import os
import posixpath
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ansible_collections.pyhost.platform.plugins.module_utils._members import (
    CHUNK,
    ArchiveError,
    ExtractLimits,
    Member,
    members,
    name_problem,
    reading,
)
from ansible_collections.pyhost.platform.plugins.module_utils._pack import pack, sha256_file, tree_digest

__all__ = [
    "ArchiveError", "ExtractLimits", "ExtractResult", "check_and_extract", "check_kind", "pack", "sha256_file",
    "tree_digest",
]  # fmt: skip

DEFAULT_LIMITS = ExtractLimits()
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class ExtractResult:
    """What was written: number of files and links, bytes of contents, the top directory that was stripped."""

    files: int
    size: int
    stripped: str = ""


class _Extraction:
    """One extraction; ``seen`` maps each clean name to its kind, ``links`` each symlink to its target."""

    def __init__(self, archive: Path, target: Path, limits: ExtractLimits, times: bool) -> None:
        self.archive = archive
        self.times = times
        self.target = target
        self.limits = limits
        self.seen: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.count = 0
        self.size = 0

    def refuse(self, name: str, reason: str) -> ArchiveError:
        return ArchiveError(f"{self.archive}: {name!r} {reason}")

    def clean(self, name: str) -> str:
        """The member's name without ``.`` and empty parts ("" is the top); raises when it is unsafe."""
        problem = name_problem(name)
        if problem:
            raise self.refuse(name, problem)
        if name.startswith("/"):
            raise self.refuse(name, "is an absolute path")
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise self.refuse(name, "contains '..'")
        return "/".join(parts)

    def _register(self, name: str, kind: str) -> None:
        known = self.seen.setdefault(name, kind)
        if known != kind:
            raise self.refuse(name, f"appears twice, as a {known} and as a {kind}")

    def make_parents(self, name: str) -> None:
        parent = posixpath.dirname(name)
        if not parent or self.seen.get(parent) == "directory":
            return
        self.make_parents(parent)
        known = self.seen.get(parent)
        if known:
            raise self.refuse(name, f"would be written through {parent!r}, which is a {known}")
        self.make_directory(parent)

    def make_directory(self, name: str) -> None:
        if name not in self.seen:
            path = self.target / name
            path.mkdir()
            path.chmod(0o755)
        self._register(name, "directory")

    def take(self, member: Member) -> None:
        """Check one member and write it."""
        self.count += 1
        if self.count > self.limits.max_members:
            raise ArchiveError(f"{self.archive} holds more than {self.limits.max_members} members")
        name = self.clean(member.name)
        if member.kind not in ("file", "directory", "symlink", "hard link"):
            raise self.refuse(member.name, f"is of a kind that is not extracted: {member.kind}")
        if not name:
            if member.kind != "directory":
                raise self.refuse(member.name, f"is a {member.kind} without a name")
            return
        try:
            self.make_parents(name)
            self._write(member, name)
        except OSError as error:
            raise self.refuse(member.name, f"cannot be written: {error.strerror}") from error

    def _write(self, member: Member, name: str) -> None:
        if member.kind == "directory":
            return self.make_directory(name)
        source = self._link_source(member) if member.kind == "hard link" else ""
        again = name in self.seen
        self._register(name, "symlink" if member.kind == "symlink" else "file")
        if source == name:
            return None
        if again:
            (self.target / name).unlink()
        if source:
            return os.link(self.target / source, self.target / name)
        if member.kind == "symlink":
            return self._write_symlink(member, name)
        return self._write_file(member, name)

    def _link_source(self, member: Member) -> str:
        source = posixpath.normpath(member.link)
        if self.seen.get(source) != "file":
            raise self.refuse(member.name, f"is a hard link to {member.link!r}, which is no file of the archive")
        return source

    def _write_symlink(self, member: Member, name: str) -> None:
        link = member.link
        place = posixpath.normpath(posixpath.join(posixpath.dirname(name), link))
        if not link or name_problem(link) or link.startswith("/") or place.split("/")[0] == "..":
            raise self.refuse(member.name, f"is a symlink to {link!r}, outside the archive")
        os.symlink(link, self.target / name)
        self.links[name] = link

    def _write_file(self, member: Member, name: str) -> None:
        descriptor = os.open(self.target / name, _CREATE, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with reading(self.archive):
                if member.content is None:
                    raise self.refuse(member.name, "it has no content")
                stream = member.content()
            self._copy(stream, out)
            os.fchmod(descriptor, 0o755 if member.executable else 0o644)
        if self.times and member.time:
            os.utime(self.target / name, (member.time, member.time), follow_symlinks=False)

    def _copy(self, stream: IO[bytes], out: IO[bytes]) -> None:
        while True:
            with reading(self.archive):
                data = stream.read(CHUNK)
            if not data:
                return
            self.size += len(data)
            if self.size > self.limits.max_bytes:
                raise ArchiveError(f"{self.archive} holds more than {self.limits.max_bytes} bytes")
            out.write(data)

    def strip(self) -> str:
        """Move what lies below the only top-level directory one level up; returns its name, or ""."""
        tops = {name.split("/")[0] for name in self.seen}
        if len(tops) != 1 or self.seen.get(min(tops)) != "directory":
            return ""
        top = tops.pop()
        aside = self.target / f".{uuid.uuid4().hex}"
        (self.target / top).rename(aside)
        for entry in sorted(aside.iterdir()):
            entry.rename(self.target / entry.name)
        aside.rmdir()
        return top

    def check_links(self, stripped: str) -> None:
        """Every symlink, followed on the finished tree, stays inside it (links through links included)."""
        base = os.path.realpath(self.target)
        for name, link in self.links.items():
            place = name[len(stripped) + 1 :] if stripped else name
            real = os.path.realpath(os.path.join(base, place))
            if real != base and not real.startswith(base + os.sep):
                raise self.refuse(name, f"is a symlink to {link!r}, outside the archive")


def check_and_extract(
    archive: Path,
    target: Path,
    limits: ExtractLimits = DEFAULT_LIMITS,
    strip: bool = False,
    times: bool = False,
) -> ExtractResult:
    """Unpack ``archive`` (tar plain, gz, bz2, xz, or zip) into ``target``, an empty or new directory.

    Files get mode 0644 or 0755, directories 0755; owners, setuid and setgid are not kept.
    ``strip`` removes the one top-level directory of a release tarball, where everything lies below one. ``times``
    keeps when each file of a tarball was changed, by which make(1) and compiled Python go.
    Raises ``ArchiveError``; ``target`` is gone then.
    """
    try:
        target.mkdir(exist_ok=True)
        empty = not any(target.iterdir())
    except OSError as error:
        raise ArchiveError(f"{target} cannot be written: {error.strerror}") from error
    if not empty:
        raise ArchiveError(f"{target} is not empty: {archive} is not extracted into it")
    extraction = _Extraction(archive, target, limits, times)
    try:
        target.chmod(0o755)
        for member in members(archive, limits):
            extraction.take(member)
        files = sum(kind != "directory" for kind in extraction.seen.values())
        if not files:
            raise ArchiveError(f"{archive} holds no files")
        stripped = extraction.strip() if strip else ""
        extraction.check_links(stripped)
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise
    return ExtractResult(files, extraction.size, stripped)


def check_kind(archive: Path) -> None:
    """Raise ``ArchiveError`` unless ``archive`` can be read and begins as a tar or zip archive does."""
    next(members(archive, DEFAULT_LIMITS), None)
