# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reload a cell's nginx and know that it was done. PRIVATE to the collection."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _owners_nginx
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._workers import POLL, reloaded, workers

RELOAD_SECONDS = 20
LOG_LINES = 5
COMING = ("STARTING", "RUNNING")


def reload(home: Path, supervisor: Supervisor) -> None:
    """Have nginx follow the files in force; nothing happens when it does not run (it starts with them then).

    Raises `PyhostError` with the end of its log when it goes on with the old files.
    """
    deadline = Deadline(RELOAD_SECONDS)
    state = _state(supervisor)
    old = workers(state["pid"])
    # One that is starting may have read the old files already, and the start wrapper must not get the signal.
    while state["state"] in COMING and not old and deadline.left() > 0:
        time.sleep(POLL)
        state = _state(supervisor)
        old = workers(state["pid"])
    if state["state"] not in COMING:
        return
    _owners_nginx.follow(home)
    supervisor.signal(_home.NGINX, "HUP")
    if not reloaded(state["pid"], old, deadline):
        lines = _files.last_lines(home / "logs" / "nginx-error.log", LOG_LINES)
        raise PyhostError(f"nginx did not take over its new files:\n{lines}")


def _state(supervisor: Supervisor) -> dict[str, Any]:
    return supervisor.programs().get(_home.NGINX, {"state": "", "pid": 0})
