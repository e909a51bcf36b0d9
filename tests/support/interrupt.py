# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""End ansible-playbook at the boundary of a task: the environment of a run that ends itself."""

from __future__ import annotations

import re
from pathlib import Path

PLUGINS = Path(__file__).with_name("callback_plugins")

SIGNALS = {"KILL": -9, "INT": 99}
"""Exit status of ansible-playbook by signal: KILL ends it as a crash of the controller, INT is Ctrl-C."""


def ending(at: int | str, signal: str = "KILL", after: float = 0.0) -> dict[str, str]:
    """The environment of a run that ends at task number ``at`` (the first is 1), or at the task of that name.

    The signal comes before the task is begun, or ``after`` seconds later.
    """
    return {
        "ANSIBLE_CALLBACK_PLUGINS": str(PLUGINS),
        "ANSIBLE_CALLBACKS_ENABLED": "kill_at",
        "KILL_AT": str(at),
        "KILL_WITH": signal,
        "KILL_AFTER": str(after),
    }


def tasks(output: str) -> list[str]:
    """The names of the tasks that a run began, in order: task number 1 is the first."""
    return [name.rpartition(" : ")[2] for name in re.findall(r"^TASK \[(.*?)\] \**$", output, re.MULTILINE)]
