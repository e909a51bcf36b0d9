# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One change of an app at a time. Runs as the cell's user. PRIVATE to the collection.

The lock is flock(2) on ``run/lock``: the kernel gives it back when its holder ends, however that happens, so
no lock is ever stale. What the file says is for people only.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW

POLL = 0.1
"""Seconds between two tries."""

GLANCE = 0.3
"""Seconds that are waited in any case: `holder` has the lock for an instant, and refuses nobody by that."""

BUSY = "another deploy of this app is at work"


@contextmanager
def held(home: Path, claim: dict[str, Any], what: str) -> Iterator[None]:
    """Hold the app's lock while the block runs.

    ``claim`` says ``who`` asks and how many seconds to ``wait``, ``what`` names the step. Raises `PyhostError`
    that names the holder when the lock is not free in time.
    """
    run = home / "run"
    run.mkdir(mode=0o750, parents=True, exist_ok=True)
    end = time.monotonic() + max(claim["wait"], GLANCE)
    with (run / "lock").open("a+", encoding="utf-8") as lock:
        while not _taken(lock, fcntl.LOCK_EX):
            if time.monotonic() > end:
                raise PyhostError(refusal(_said(home)))
            NOW.doing("", "waiting for another deploy")
            time.sleep(POLL)
        lock.truncate(0)
        since = time.strftime("%Y-%m-%d %H:%M:%S %Z")
        lock.write(json.dumps({"who": claim["who"], "what": what, "pid": os.getpid(), "since": since}))
        lock.flush()
        yield


def holder(home: Path) -> str:
    """Who holds the app's lock, for what and since when; "" when it is free."""
    try:
        with (home / "run" / "lock").open("r", encoding="utf-8") as lock:
            return "" if _taken(lock, fcntl.LOCK_SH) else _said(home)
    except OSError:
        return ""


def refusal(holder: str) -> str:
    """What a deploy says that finds the lock held."""
    return f"{BUSY}: {holder}; run again when it has ended, or let pyhost_lock_wait say how many seconds to wait for it"


def _taken(lock: TextIO, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _said(home: Path) -> str:
    row = _files.read_json(home / "run" / "lock")
    words = [str(row.get(name, "")) for name in ("who", "what", "since")]
    return f"{words[0]}, {words[1]}, since {words[2]}" if all(words) else "somebody who left no name"
