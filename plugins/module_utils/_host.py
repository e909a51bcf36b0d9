# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage on a host that has our code: one order in, one answer out. PRIVATE to the collection.

The same functions are in the modules of the collection, which bring themselves along; that takes a second for each.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from importlib import import_module
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _keeper, _process
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._job import unpack
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW

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


LONG = frozenset(
    ("build", "cells", "configure", "front", "hook", "prune", "rehearse", "release", "rollout", "runtimes", "services")
)
"""Stages that change something. They may outlive the call that begins them (`_keeper`); the others end with it."""

AWAIT = "await"
"""Asks for the answer of a stage that was begun before: no stage of its own."""

PROFILE = "profile"
"""The key of an order whose answer is to tell what it took, and of that in the answer."""

CALL = "call"
"""The key of an order by which its answer can be asked for."""


def main(stage: str) -> int:
    """Read the order of ``stage`` from standard input and print its answer, which is a module's result."""
    sys.stdout.write(f"{BEGUN}\n")
    sys.stdout.flush()
    answer: dict[str, Any] | None
    name = ""
    try:
        order = unpack(sys.stdin.read())
        begun = time.monotonic() - _process.age()
        name = str(order.pop(CALL, "")) if stage in LONG else str(order.get("name", ""))
        if stage == AWAIT:
            answer = _keeper.ask(order, _keeper.folder())
        elif name:
            answer = _keeper.begin(partial(_answer, stage, order, begun), name, _keeper.folder())
        else:
            answer = _answer(stage, order, begun)
    except (PyhostError, ValueError) as error:
        answer = _failed(error)
    if answer is None:
        return 1
    try:
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        if name and "running" not in answer:
            _keeper.keep(answer, name, _keeper.folder())
        os._exit(1)
    return 0


def _answer(stage: str, order: dict[str, Any], begun: float) -> dict[str, Any]:
    """What the function of ``stage`` makes of ``order``; this process is at work since ``begun``."""
    profiled = order.pop(PROFILE, False)
    name, function = STAGES[stage]
    module = import_module(f"{__package__}.{name}")
    try:
        answer = dict(getattr(module, function)(order))
    except (PyhostError, ValueError) as error:
        answer = _failed(error)
    if profiled:
        answer[PROFILE] = {"seconds": round(time.monotonic() - begun, 2), "apps": NOW.parts()}
    return answer


def _failed(error: Exception) -> dict[str, Any]:
    return {"failed": True, "changed": False, "msg": str(error)}
