# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage logs on the host: one app's logs, read as its user. PRIVATE to the collection."""

from __future__ import annotations

import os
import pwd
from functools import partial
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cells, _logread
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._formats import name as name_problem

SECONDS = 30
"""For reading; waiting for something new comes on top."""


def logs(job: dict[str, Any]) -> dict[str, Any]:
    """What `_logread.begin` or, with ``marks``, `_logread.go_on` says of the app ``name``.

    ``found`` is false where this host has no such app; ``apps`` are those that it has.
    """
    root = os.path.realpath(os.path.expanduser(job["root"])) if job["scope"] == "account" else ""
    name, marks = job["name"], job["marks"]
    apps: list[str] = []
    if marks is None:
        apps = [cell.name for cell in _cells.cells(job["scope"], root)]
        if name not in apps:
            return {"changed": False, "found": False, "apps": apps}
    elif name_problem(name):
        raise PyhostError(name_problem(name))
    cell = make_cell(name, job["scope"], root, pwd.getpwuid(os.geteuid()).pw_name)
    folder = Path(cell.home) / "logs"
    if marks is None:
        read = partial(_logread.begin, folder, job["program"], job["lines"], job["follow"])
    else:
        read = partial(_logread.go_on, folder, job["program"], marks, job["wait"])
    found = as_users([(cell.user, read)], SECONDS + job["wait"])[0]
    if "error" in found:
        raise PyhostError(f"{name}: the logs cannot be read: {found['error']}")
    if not found.pop("there", True):
        return {"changed": False, "found": False, "apps": [one for one in apps if one != name]}
    return {"changed": False, "found": True, "apps": [], **found}
