# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles of pip: a zip file of unpacked sources that are installed together. PRIVATE to the collection.

``pip bundle`` wrote them from pip 0.3 to 1.4: ``pip-manifest.txt`` has a line ``NAME==VERSION`` for each package, and
the sources of each are in a directory of its own below ``build``, those of checkouts below ``src``. Runs in the cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._archive import ArchiveError, check_and_extract
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import requirement_name

MANIFEST = "pip-manifest.txt"
PROJECTS = ("setup.py", "pyproject.toml")
"""Files of which one is in the sources of every package that pip can install."""

_LINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+_-]+", re.ASCII)


@dataclass(frozen=True)
class Bundle:
    """``sources`` are directories to install, ``names`` the packages of the manifest as PEP 503 writes them."""

    sources: tuple[str, ...]
    names: tuple[str, ...]


def unpack(path: Path, target: Path) -> Bundle:
    """Unpack the bundle ``path`` into the new directory ``target``; raises `PyhostError` that says what is wrong."""
    try:
        check_and_extract(path, target)
    except ArchiveError as error:
        raise _wrong(path, str(error).replace(str(path), path.name)) from None
    try:
        manifest = (target / MANIFEST).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _wrong(path, f"it has no {MANIFEST}") from None
    sources = sorted(one for part in ("build", "src") for one in (target / part).glob("*") if _is_project(one))
    if not sources:
        raise _wrong(path, "there are no sources of packages below build/ and src/ in it")
    return Bundle(tuple(map(str, sources)), tuple(requirement_name(line) for line in _lines(path, manifest)))


def _is_project(one: Path) -> bool:
    return any((one / name).is_file() for name in PROJECTS)


def _lines(path: Path, manifest: str) -> list[str]:
    found = []
    for number, line in enumerate(map(str.strip, manifest.splitlines()), start=1):
        if line and not line.startswith("#"):
            if not _LINE.fullmatch(line):
                raise _wrong(path, f"{MANIFEST}, line {number}: it is not NAME==VERSION")
            found.append(line)
    return found


def _wrong(path: Path, reason: str) -> PyhostError:
    return PyhostError(f"{path.name} is no bundle of pip: {reason}; make it again, or put wheels into wheels/ instead")
