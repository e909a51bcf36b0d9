# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workers of an nginx, and whether a reload has reached them. PRIVATE to the collection.

``SIGHUP`` only asks: the master reads the files, starts new workers and lets the old ones finish. Whoever
goes on before that finds workers that still follow the old rules.
"""

from __future__ import annotations

import time
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._process import children
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

POLL = 0.02
LEAVING = b"is shutting down"
"""How nginx names a worker that takes no new request any more."""


def workers(master: int) -> dict[int, bytes]:
    """The worker processes of the master process ``master``: number to title."""
    found = {}
    for pid in children(master):
        try:
            title = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if title.startswith(b"nginx: worker"):
            found[pid] = title
    return found


def reloaded(master: int, old: dict[int, bytes], deadline: Deadline) -> bool:
    """Wait until new workers are there and those of ``old`` take no request; false when the time is over."""
    while deadline.left() > 0:
        now = workers(master)
        fresh = [pid for pid in now if pid not in old]
        staying = [pid for pid, title in now.items() if pid in old and LEAVING not in title]
        if fresh and not staying:
            return True
        time.sleep(POLL)
    return False
