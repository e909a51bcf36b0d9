# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the release hook of one app. Runs as the cell's user, under the app's lock. PRIVATE to the collection."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _answering, _history, _home
from ansible_collections.pyhost.platform.plugins.module_utils._command import command
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

LOG = "release-hook.log"
"""Below ``logs``: what the hooks wrote, one after the other."""

LARGEST = 10 << 20
"""Bytes of the log at which a new one is begun; the one before it is kept."""


def hook(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Run ``job``'s command in the plan's release and record it; raises `PyhostError` when it fails.

    Nothing of the app is switched here, so a failure leaves what serves as it is.
    """
    plan = job["plan"]
    _answering.check(plan.get("services", ()))
    begun = time.monotonic()
    _home.make_directories(home)
    log = home / "logs" / LOG
    _begin(log, plan["release"])
    command(home, plan["launch"]["process"], "release hook", job["command"], Deadline(plan["build_timeout"]), log)
    _history.append(home, "release hook", plan["release"], plan["launch_digest"], job["claim"]["who"])
    return {"changed": True, "did": [f"release hook ran ({time.monotonic() - begun:.1f} s)"]}


def _begin(log: Path, release: str) -> None:
    """Write the line that tells one run's output from the next."""
    if log.exists() and log.stat().st_size > LARGEST:
        os.replace(log, log.with_name(f"{log.name}.1"))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640)
    try:
        os.write(descriptor, f"--- {now} release {release}\n".encode())
    finally:
        os.close(descriptor)
