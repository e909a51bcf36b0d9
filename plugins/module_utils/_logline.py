# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that tells one run's output from the next in a log. PRIVATE to the collection."""

from __future__ import annotations

import os
import time
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _rotation


def begin(log: Path, what: str) -> None:
    """Append the line; ``what`` says whose output comes. A log that is too large is turned over first."""
    limits = _rotation.limits(str(log.parent.parent))
    if log.exists() and log.stat().st_size > limits.size:
        _rotation.turn(str(log), limits.keep)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640)
    try:
        os.write(descriptor, f"--- {now} {what}\n".encode())
    finally:
        os.close(descriptor)
