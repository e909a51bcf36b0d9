# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's verb release: code that was sent, or that the app's source has. PRIVATE to the collection."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _home
from ansible_collections.pyhost.platform.plugins.module_utils._release import release, room


def unpack(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """`release`, with the archive taken from the rest of standard input."""
    _home.make_directories(home)
    if not job["archive"]:
        return release(home, job)
    path = home / "run" / f"archive-{os.getpid()}"
    for pattern in ("archive-*", "download-*"):
        for left in (home / "run").glob(pattern):
            left.unlink()
    room(home, job, job["size"])
    try:
        with path.open("wb") as out:
            shutil.copyfileobj(sys.stdin.buffer, out)
        return release(home, {**job, "archive": str(path)})
    finally:
        path.unlink(missing_ok=True)
