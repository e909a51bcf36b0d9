# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells that are on this host, whoever declares them, and their virtualenvs. PRIVATE to the collection."""

from __future__ import annotations

import os
import pwd
import re
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cell, _files, _formats, _home, _lock
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell, make_cell

PATH = re.compile(r"/[!-~]{1,1000}")
VERSION = re.compile(r"[0-9][0-9A-Za-z.+]{0,30}")
"""What is taken from a virtualenv's marker, which its owner can write, and what people are shown of it."""


def cells(scope: str, root: str) -> list[Cell]:
    """Every cell of this host; ``root`` is the real path of account scope's directory."""
    if scope == "account":
        user = pwd.getpwuid(os.geteuid()).pw_name
        names = sorted(path.name for path in Path(root, "apps").glob("*") if path.is_dir())
        return [make_cell(name, scope, root, user) for name in names if not _formats.name(name)]
    found = []
    for entry in sorted(pwd.getpwall(), key=lambda entry: entry.pw_name):
        cell = make_cell(entry.pw_name, scope)
        if _cell.GECOS in entry.pw_gecos and entry.pw_dir == cell.home:
            found.append(cell)
    return found


def looks(found: list[Cell]) -> dict[str, dict[str, Any]]:
    """`virtualenvs` of each cell by its name, read as its user; ``{"error": …}`` where that does not end well."""
    answers = as_users([(cell.user, partial(virtualenvs, Path(cell.home))) for cell in found])
    return {cell.name: answer for cell, answer in zip(found, answers)}


def virtualenvs(home: Path) -> dict[str, Any]:
    """What is in ``home``: the name of the virtualenv in force (or ""), every virtualenv, who holds the app's lock."""
    launch = _home.launch(home, _home.current(home))
    there = {path.name: virtualenv(path) for path in sorted((home / "virtualenvs").glob("*")) if path.is_dir()}
    now = launch["process"]["virtualenv"] if launch else ""
    return {"now": now if now in there else "", "there": there, "held": _lock.holder(home)}


def virtualenv(prefix: Path) -> dict[str, Any]:
    """The ``python`` that ``prefix`` was made with and its ``version``, "" for what cannot be told, and ``real``.

    ``real`` is every path of an interpreter that its files speak of; any of them may be needed.
    """
    marker = _files.read_json(prefix / _home.MARKER)
    parts = marker.get("components")
    told = str(parts.get("python_path", "")) if isinstance(parts, dict) else ""
    version = str(marker.get("version", ""))
    seen = {told, os.path.realpath(prefix / "bin" / "python"), *homes(prefix)}
    return {
        "python": told if PATH.fullmatch(told) else "",
        "version": version if VERSION.fullmatch(version) else "",
        "real": sorted(path for path in seen if PATH.fullmatch(path)),
    }


def homes(prefix: Path) -> list[str]:
    """The directories of interpreters that a virtualenv names in its own files, one for each tool that makes some."""
    found = []
    for path in (prefix / "pyvenv.cfg", *prefix.glob("lib/python*/orig-prefix.txt")):
        try:
            text = _files.read_regular(path).decode("utf-8", "replace")
        except OSError:
            continue
        found += re.findall(r"(?:^home\s*=\s*|^(?=/))(.+?)\s*$", text, re.MULTILINE)
    return found
