# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage on a host that has our code: one order in, one answer out. PRIVATE to the collection.

The same functions are in the modules of the collection, which bring themselves along; that takes a second for each.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._job import unpack

BEGUN = "pyhost-host"
"""The first line of the answer: from here on the order may have had effects."""

STAGES = {
    "backup": ("_stage_backup", "backup"),
    "build": ("_stage_build", "builds"),
    "cells": ("_stage_cells", "cells"),
    "certificates": ("_stage_certificates", "certificates"),
    "configure": ("_stage_configure", "configures"),
    "freeze": ("_stage_freeze", "freeze"),
    "front": ("_stage_front", "front"),
    "hook": ("_stage_hook", "hooks"),
    "inspect": ("_stage_inspect", "inspect"),
    "logs": ("_stage_logs", "logs"),
    "prune": ("_stage_prune", "clean"),
    "rehearse": ("_stage_build", "builds"),
    "release": ("_stage_release", "releases"),
    "report": ("_stage_report", "reports"),
    "restore": ("_stage_backup", "backup"),
    "rollout": ("_stage_rollout", "rollouts"),
    "runtimes": ("_stage_runtimes", "runtimes"),
    "services": ("_stage_services", "services"),
    "status": ("_stage_status", "statuses"),
    "survey": ("_stage_survey", "survey"),
}
"""The file and the function of a stage's module. The modules of the others always bring themselves along."""


def main(stage: str) -> int:
    """Read the order of ``stage`` from standard input and print its answer, which is a module's result."""
    sys.stdout.write(f"{BEGUN}\n")
    sys.stdout.flush()
    name, function = STAGES[stage]
    module = import_module(f"{__package__}.{name}")
    answer: dict[str, Any]
    try:
        answer = getattr(module, function)(unpack(sys.stdin.read()))
    except (PyhostError, ValueError) as error:
        answer = {"failed": True, "changed": False, "msg": str(error)}
    sys.stdout.write(f"{json.dumps(answer)}\n")
    return 0
