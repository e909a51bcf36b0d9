# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the name and the memory of a process must look like, like ``_formats``. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils import _formats
from ansible_collections.pyhost.platform.plugins.module_utils._models import amount
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

LEAST_MEMORY = 16 << 20
"""Bytes; hardly any Python starts with less."""

SIGNALS = ("TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "KILL")
"""What Supervisor can end a program with (its documentation, ``stopsignal``)."""

PROGRAMS = ("app", "app-next", "nginx", "cron", "workers-next")
FILES = ("access", "history", "journal", "logs", "memory", "nginx-error", "release-hook", "supervisord")
"""Files of our own in ``logs`` and ``run``, where every process has one of its name."""


def process_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", value):
        return (
            f"{shown(value)} cannot name a process; write lower-case letters, digits, hyphens and underscores, "
            "40 at most and a letter first"
        )
    if value == "web":
        return f"{shown(value)} is the app itself; write what serves it as command"
    if value in (*PROGRAMS, *FILES) or value.startswith("cron-"):
        return f"{shown(value)} is a program or a file of the platform itself; choose another name"
    if re.search(r"_[0-9]+$", value):
        return f"{shown(value)} is like an instance of a process; choose another name, and write count for several"
    return ""


def memory(value: str) -> str:
    """What a process may take before it is restarted."""
    problem = _formats.amount(value)
    if not problem and amount(value) < LEAST_MEMORY:
        return f'{shown(value)} is less than any process needs; write "16M" or more'
    return problem
