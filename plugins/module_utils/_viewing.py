# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a launch says of the paths of its platform; `_view` makes it true there. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._cell import HOME_VIEW, Cell
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Platform, Understanding


def view(platform: Platform, known: Understanding, approot: str, cell: Cell, told: Mapping[str, str]) -> dict[str, Any]:
    """``view`` of the launch; empty where the platform puts nothing anywhere. ``told`` is what the app is told."""
    files = {**known.home, **platform.home_files(told)}
    links = {**platform.links, **known.links}
    if not links and not files:
        return {}
    seen = {row[0]: row[1] for row in cell.views}
    return {
        "home": seen.get(HOME_VIEW, cell.inside),
        "apart": HOME_VIEW in seen,
        "approot": approot,
        "virtualenv": platform.virtualenv,
        "links": links,
        "files": files,
        "writable": platform.writable,
        "logs": platform.logs,
    }
