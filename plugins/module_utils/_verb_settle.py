# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's verb settle: before supervisord of a cell starts. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _home,
    _journal,
    _launches,
    _owners_supervisor,
    _process,
)
from ansible_collections.pyhost.platform.plugins.module_utils._start import remove_stale


def settle(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Before supervisord starts: nothing runs, so leave only what ``current`` leads to."""
    del job
    _home.make_directories(home)
    row = _journal.read(home)
    if row.get("step") == "unproved" and _home.current(home) == row["new"]:
        _home.put_in_force(home, row["old"])
    _home.forget_next(home)
    _home.forget_ahead(home)
    _launches.hide_before(home)
    _launches.lead_to_app(home, _home.current(home))
    _process.forget_records(home / "run")
    for path in (home / "run").glob("*.sock"):
        if path.is_socket() and not path.is_symlink():
            remove_stale(str(path))
    left_out = _owners_supervisor.leave_out(home)
    return {"left_out": left_out} if left_out else {}
