# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an app in a web root of the host's own Apache (`_webroot`). PRIVATE to the collection."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _webroot
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

RECORD = "run/web_root.json"
"""Remembers below a cell's home where its files are."""


def look(cell: Cell, directory: str) -> dict[str, Any]:
    """Whether and what is in ``directory`` ("" for none), as `_webroot.objection` wants it, and where files are now."""
    place = os.path.expanduser(directory)
    there = bool(directory) and os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK)
    return {"there": _texts(Path(place)) if there else None, "recorded": recorded(Path(cell.home)), "place": place}


def _texts(place: Path) -> dict[str, str]:
    found = {}
    for name in _webroot.MODES:
        if os.path.lexists(place / name):
            try:
                found[name] = _files.read_regular(place / name).decode("utf-8", "replace")
            except OSError:
                found[name] = ""  # A link, a pipe or a directory is nobody's work but the owner's.
    return found


def recorded(home: Path) -> str:
    """The directory that has the app's files, as far as is known, or ""."""
    return str(_files.read_json(home / RECORD).get("directory") or "")


def settle(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Write or remove the files of each of ``rows``: ``cell``, ``directory`` ("" for none) and wanted ``texts``."""
    results: dict[str, Any] = {}
    for row in rows:
        cell = Cell(**row["cell"])
        try:
            changed = remove(cell) if recorded(Path(cell.home)) not in ("", row["directory"]) else False
            changed |= _write(cell, row["directory"], row["texts"]) if row["directory"] else False
            results[cell.name] = {"ok": True, "changed": changed}
        except (PyhostError, OSError) as error:
            results[cell.name] = {"ok": False, "error": str(error)}
    return {"changed": any(one.get("changed") for one in results.values()), "apps": results}


def _write(cell: Cell, directory: str, texts: dict[str, str]) -> bool:
    place, there = Path(directory), _texts(Path(directory))
    wrong = _webroot.objection(cell, directory, there)
    if wrong:
        raise PyhostError(wrong)
    _files.write(Path(cell.home, RECORD), json.dumps({"directory": directory}))
    changed = False
    for name in sorted(texts, reverse=True):  # The script is there before the rules lead to it.
        if there.get(name) != texts[name]:
            _files.write(place / name, texts[name], mode=_webroot.MODES[name])
            changed = True
    for name in sorted(set(there) - set(texts)):
        (place / name).unlink()
        changed = True
    return changed


def remove(cell: Cell) -> bool:
    """Remove what was written for ``cell``, and nothing that its owner has made of it since."""
    directory = recorded(Path(cell.home))
    if not directory:
        return False
    changed = False
    for name, text in sorted(_texts(Path(directory)).items()):  # The rules go first.
        if _webroot.whose(cell, text) == "ours":
            Path(directory, name).unlink()
            changed = True
    Path(cell.home, RECORD).unlink()
    return changed
