# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links of a platform in a home of which the code was removed. Runs as root in what a tenant may write. PRIVATE."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._view import FILES

DEPTH = 2
"""Directories below the home that hold links of ours at most (``bin/primary_tech``)."""


def remove(cell: Cell, gone: Collection[str]) -> bool:
    """Remove the links that lead to what the home of ``cell`` has no more; returns whether there was one.

    ``gone`` are the names in the home that were removed. Directly in the home every link to them goes; below, where
    links are the owner's as well, those alone that lead to files of the platform. Directories are opened one by one
    and never through a link (`os.fwalk`), and what is removed is a name: an owner who changes them meanwhile has
    nothing removed that is elsewhere. Raises `OSError` when a name changes just then; the next run goes on.
    """
    found = False
    if not os.path.isdir(cell.home):
        return found
    for place, directories, files, descriptor in os.fwalk(cell.home, follow_symlinks=False):
        below = os.path.relpath(place, cell.home)
        for name in (*directories, *files):
            target = _target(name, descriptor)
            if target and _leads(cell, target, gone, top=below == "."):
                os.unlink(name, dir_fd=descriptor)
                found = True
        deep = 0 if below == "." else below.count(os.sep) + 1
        directories[:] = [name for name in directories if deep < DEPTH and (deep or name != "data")]
    return found


def _target(name: str, descriptor: int) -> str:
    """What a link says, "" for what is none."""
    try:
        return os.readlink(name, dir_fd=descriptor)
    except OSError:
        return ""


def _leads(cell: Cell, target: str, gone: Collection[str], top: bool) -> bool:
    if not top:
        return target.startswith(cell.path("current", FILES, ""))
    place = posixpath.normpath(posixpath.join(cell.inside, target))
    return place.startswith(cell.path("")) and place[len(cell.path("")) :].partition("/")[0] in gone
