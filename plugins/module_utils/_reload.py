# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reload a cell's nginx and know that it was done. PRIVATE to the collection.

``SIGHUP`` only asks: the master reads the files, starts new workers and lets the old ones finish. Whoever
goes on before that finds workers that still follow the old rules.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _home
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._process import children
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

RELOAD_SECONDS = 20
POLL = 0.02
LEAVING = b"is shutting down"
"""How nginx names a worker that takes no new request any more."""


def reload(home: Path, supervisor: Supervisor) -> None:
    """Have nginx follow the files in force; nothing happens when it does not run (it starts with them then).

    Raises `PyhostError` with the end of its log when it goes on with the old files.
    """
    deadline = Deadline(RELOAD_SECONDS)
    state = _state(supervisor)
    while state["state"] == "STARTING" and deadline.left() > 0:  # it may have read the old files already
        time.sleep(POLL)
        state = _state(supervisor)
    if state["state"] != "RUNNING":
        return
    old = _workers(state["pid"])
    supervisor.signal(_home.NGINX, "HUP")
    while deadline.left() > 0:
        now = _workers(state["pid"])
        fresh = [pid for pid in now if pid not in old]
        staying = [pid for pid, title in now.items() if pid in old and LEAVING not in title]
        if fresh and not staying:
            return
        time.sleep(POLL)
    log = home / "logs" / "nginx-error.log"
    lines = log.read_text("utf-8", "replace").splitlines()[-5:] if log.exists() else []
    raise PyhostError("nginx did not take over its new files:\n" + "\n".join(lines))


def _state(supervisor: Supervisor) -> dict[str, Any]:
    return supervisor.programs().get(_home.NGINX, {"state": "", "pid": 0})


def _workers(master: int) -> dict[int, bytes]:
    """The master's worker processes: number to title."""
    found = {}
    for pid in children(master):
        try:
            title = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(b"nginx: worker"):
            found[pid] = title
    return found
