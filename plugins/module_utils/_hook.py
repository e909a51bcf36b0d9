# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the release hook of one app. Runs as the cell's user, under the app's lock. PRIVATE to the collection."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _answering, _history, _home, _logline
from ansible_collections.pyhost.platform.plugins.module_utils._command import command
from ansible_collections.pyhost.platform.plugins.module_utils._moments import START
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._steps import run_steps

LOG = "release-hook.log"
"""Below ``logs``: what the hooks wrote, one after the other."""


def hook(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Run the last steps of the plan, and ``job``'s command in its release, if there is one, and record that.

    Raises `PyhostError` when one of them fails.
    Nothing of the app is switched here, so a failure leaves what serves as it is.
    """
    plan = job["plan"]
    _answering.check(plan.get("services", ()))
    begun = time.monotonic()
    _home.make_directories(home)
    deadline = Deadline(plan["build_timeout"])
    names = run_steps(home, plan, START, deadline)
    if job["command"]:
        log = home / "logs" / LOG
        _logline.begin(log, f"release {plan['release']}")
        command(home, plan["launch"]["process"], "release hook", job["command"], deadline, log)
        names.append("release hook")
    for name in names:
        _history.append(home, name, plan["release"], plan["launch_digest"], job["claim"]["who"])
    return {"changed": True, "did": [f"{' and '.join(names)} ran ({time.monotonic() - begun:.1f} s)"]}
