# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage report on the host: each app remembers whether its last change failed. PRIVATE to the collection."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _failed
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell


def reports(job: dict[str, Any]) -> dict[str, Any]:
    """Write down what failed, or that nothing did, as each app's user. That is no change of an app, and may fail."""
    cells = [Cell(**row["cell"]) for row in job["apps"]]
    calls = [
        (cell.user, partial(_failed.marked, Path(cell.home), row["failed"], job["claim"]["who"]))
        for cell, row in zip(cells, job["apps"])
    ]
    as_users(calls)
    return {"changed": False}
