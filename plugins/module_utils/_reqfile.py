# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading pip's requirement files, line by line, without installing anything. PRIVATE to the collection.

The format is pip's (pip documentation, "Requirements File Format"): continuation lines, comments, options,
requirements of PEP 508, URLs, paths. Only what decides about the virtualenv is told apart.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"(^|\s+)#.*$")
_COMMENT_LINE = re.compile(r"^\s*#")
_NAME = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$", re.DOTALL)
_URL = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_WHEEL = re.compile(r"(?:^|/)([A-Za-z0-9._]+)-[^/]*\.whl(?:$|[?#;\s])")
_PATHLIKE = re.compile(r"\.(?:whl|zip|tar\.gz|tar\.bz2|tar\.xz|tgz)$")
_OPTION = re.compile(r"^(--[A-Za-z-]+|-[A-Za-z])(?:\s*=\s*|\s*)(.*)$", re.DOTALL)
_PER_LINE = re.compile(r"\s--(?:hash|global-option|config-settings?|install-option)\b")

_LONG = {"-r": "--requirement", "-c": "--constraint", "-e": "--editable", "-i": "--index-url", "-f": "--find-links"}
_KINDS = {"--requirement": "include", "--constraint": "constraint", "--editable": "editable"}


@dataclass(frozen=True)
class Line:
    """One logical line: ``number`` of its first physical line, ``kind`` (``requirement``, ``url``, ``path``,
    ``include``, ``constraint``, ``option``), ``value`` (the target, or the option's name), ``name`` the
    normalised distribution name where the line says one, ``hashed`` when it carries ``--hash``.
    """

    number: int
    kind: str
    value: str
    name: str = ""
    hashed: bool = False


def normalised(name: str) -> str:
    """The name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines joined at trailing backslashes, without comments and blank lines; numbers count from 1."""
    started, parts = 0, ""
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        started = started or number
        comment = bool(_COMMENT_LINE.match(line))
        if line.endswith("\\") and not comment:
            parts += line.rstrip("\\")
            continue
        joined = _COMMENT.sub("", parts + (" " if comment else "") + line).strip()
        if joined:
            yield started, joined
        started, parts = 0, ""


def _is_path(target: str) -> bool:
    bare = re.split(r"[;\s]", target, maxsplit=1)[0]
    return target.startswith(".") or "/" in bare or bool(_PATHLIKE.search(bare))


def _file_path(url: str) -> str:
    """The path in a ``file:`` URL: ``file:x`` and ``file:./x`` are relative, ``file:///x`` is absolute."""
    path = url[len("file:") :]
    return path.removeprefix("//")


def _target(number: int, target: str, name: str = "", hashed: bool = False) -> Line:
    """A requirement that says a place: URL, ``file:`` or path."""
    egg = _EGG.search(target) or _WHEEL.search(target)
    name = name or (normalised(egg[1]) if egg else "")
    scheme = _URL.match(target)
    if scheme and scheme[1].lower() != "file":
        return Line(number, "url", target, name, hashed)
    path = _file_path(target) if scheme else target
    return Line(number, "path", re.split(r"[#;\s\[]", path, maxsplit=1)[0], name, hashed)


def _requirement(number: int, line: str) -> Line:
    hashed = "--hash" in line
    bare = _PER_LINE.split(line, maxsplit=1)[0].strip()
    if _URL.match(bare):
        return _target(number, bare, hashed=hashed)
    found = _NAME.match(bare)
    if found and found[2].startswith("@"):
        return _target(number, found[2][1:].strip(), normalised(found[1]), hashed)
    if _is_path(bare):
        return _target(number, bare, hashed=hashed)
    return Line(number, "requirement", bare, normalised(found[1]) if found else "", hashed)


def _line(number: int, line: str) -> Line:
    option = _OPTION.match(line) if line.startswith("-") else None
    if not option:
        return _requirement(number, line)
    name = _LONG.get(option[1], option[1])
    value = option[2].strip().strip("\"'")
    kind = _KINDS.get("--constraint" if name == "--constraints" else name, "option")
    if kind == "editable":
        return _target(number, value)
    return Line(number, kind, name if kind == "option" else value, hashed=name == "--require-hashes")


def parse(text: str) -> tuple[Line, ...]:
    """The logical lines of a requirement or constraint file."""
    return tuple(_line(number, line) for number, line in logical_lines(text))


def requirement_name(requirement: str) -> str:
    """The normalised distribution name of a PEP 508 requirement, or ""."""
    found = _NAME.match(requirement.strip())
    return normalised(found[1]) if found else ""


def inside(directory: str, name: str) -> str | None:
    """``name``, said in ``directory`` of the tree, relative to the tree's root; None when it leaves the tree."""
    path = posixpath.normpath(posixpath.join(directory, name))
    if not name or path.startswith("/") or path.split("/")[0] == "..":
        return None
    return path


def below(approot: str) -> str:
    """What file names below ``approot`` start with: "" for the tree's root, else ``web/``."""
    path = posixpath.normpath(approot or ".")
    return "" if path == "." else f"{path}/"
