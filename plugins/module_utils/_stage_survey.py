# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at the runtimes of a host and at who uses them. PRIVATE to the collection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cell, _cells, _pythons, _store, _uses
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PLACE


def survey(job: dict[str, Any]) -> dict[str, Any]:
    """The rows of `_uses.rows`, and why a cell could not be looked at, by its name. Nothing is changed."""
    system = job["scope"] == "system"
    root = os.path.realpath(os.path.expanduser(job["root"])) if not system else ""
    base = _cell.RUNTIMES if system else f"{root}/python"
    interpreters = _pythons.discover(base, [*job["python_paths"], f"{base}/{PLACE}/*"], system)
    looks = _cells.looks(_cells.cells(job["scope"], root))
    return {
        "changed": False,
        "runtimes": _uses.rows(base, interpreters, _store.entries(Path(base)), looks),
        "unread": {name: look["error"] for name, look in looks.items() if "error" in look},
    }
