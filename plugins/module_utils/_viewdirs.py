# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories of a cell's views, made and removed by root. PRIVATE to the collection.

Root's own directory holds them, so the app can fill one and not put a link in its place: systemd follows what it
binds, and a link of the app's would lead it out of what the cell may see.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._cell import VIEWS, WHOLE, Cell


def make(cell: Cell) -> bool:
    """The directories that ``cell`` has views of are there and its user's; returns whether one was made."""
    wanted = [Path(cell.view(what, coming)) for what, _where in cell.views for coming in (False, True)]
    entry = pwd.getpwnam(cell.user)
    changed = False
    for path in dict.fromkeys(path for path in wanted if str(path).startswith(f"{VIEWS}/{cell.name}/")):
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        if not path.is_dir():
            path.mkdir(mode=0o750)
            changed = True
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return changed


def remove(cell: Cell) -> bool:
    """Nothing of the views is left; returns whether there was something."""
    place = Path(VIEWS, cell.name)
    there = place.exists()
    _files.remove(place)
    return there


def mounted(cell: Cell, process: int) -> bool:
    """Whether ``process``, the main one of the cell's unit, sees exactly the views of ``cell``."""
    try:
        text = Path(f"/proc/{process}/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    rows = [line.split() for line in text.splitlines()]
    ours = {row[4] for row in rows if f"{VIEWS}/{cell.name}/" in row[3]}
    read = {where for what, where in cell.views if what.startswith("/") or what == WHOLE}
    own = {where for _what, where in cell.views} - read
    return ours == own and read <= {row[4] for row in rows}
