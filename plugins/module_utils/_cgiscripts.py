# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which file is a script of CGI, and which one a path leads to. Pure. PRIVATE to the collection.

Every file below a directory ``cgi-bin`` is one, and outside of it what has an ending of scripts. Where there is a
``cgi-bin``, Python files outside of it are none: they may be modules, and their code is nobody's to start.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Callable

CGI_BIN = "cgi-bin"
ENDINGS = (".py", ".cgi")
"""What the names of scripts end with."""

INDEX = "index"
"""A script of this name, with one of the endings, answers for its directory."""


def endings(names: Iterable[str]) -> tuple[str, ...]:
    """The endings that make scripts of files outside of ``cgi-bin``; ``names`` are the files, relative to the root."""
    return (".cgi",) if any(CGI_BIN in name.split("/")[:-1] for name in names) else ENDINGS


def is_script(name: str, outside: Iterable[str]) -> bool:
    """Whether the file ``name`` is a script; ``outside`` are the endings outside of ``cgi-bin``."""
    return CGI_BIN in name.split("/")[:-1] or name.endswith(tuple(outside))


def script(
    path: str, outside: Iterable[str], is_file: Callable[[str], bool], is_directory: Callable[[str], bool]
) -> tuple[str, str]:
    """The script that ``path`` leads to, relative to the root, and what is left of the path: its PATH_INFO.

    ("", "") where it leads to none. Nothing hidden is led to.
    """
    parts = path.split("/")[1:]
    if any(part.startswith(".") or "\0" in part for part in parts):
        return "", ""
    for count in range(1, len(parts) + 1):
        name = posixpath.normpath("/".join(parts[:count]).lstrip("/"))
        if is_file(name):
            rest = "".join(f"/{part}" for part in parts[count:])
            return (name, rest) if is_script(name, outside) else ("", "")
        if not is_directory(name):
            return "", ""
    if path.endswith("/"):
        for ending in ENDINGS:
            name = posixpath.normpath(f"{'/'.join(parts)}{INDEX}{ending}".lstrip("/"))
            if is_file(name) and is_script(name, outside):
                return name, ""
    return "", ""
