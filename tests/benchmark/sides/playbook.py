# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of ansible-playbook: the same environment, inventory and connection for ours and for stock modules."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmark import tools
from tests.benchmark.place import Place
from tests.benchmark.timing import Command
from tests.hosts import inventory

EMPTY = Path(__file__).with_name("empty.yml")


def command(
    places: Sequence[Place], variables: Mapping[str, Any], *words: str, environment: Mapping[str, str] | None = None
) -> Command:
    """Run the playbook of ``words`` on hosts that share a directory of sockets."""
    control = places[0].control
    file = control / "variables.json"
    file.write_text(json.dumps(variables))
    limit = ",".join(place.name for place in places)
    line = [tools.ANSIBLE.path("ansible-playbook"), "--inventory", str(inventory.PATH), "--limit", limit]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PYTHON"))}
    settings = {
        **kept,
        "ANSIBLE_CONFIG": str(tools.SETTINGS),
        "ANSIBLE_COLLECTIONS_PATH": str(tools.COLLECTIONS),
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(control),
        "LC_ALL": "C.UTF-8",
        **(environment or {}),
    }
    return Command([*line, "--extra-vars", f"@{file}", *words], settings, control)


def floor(place: Place) -> Command:
    """A play of one trivial task: the start of Ansible and one use of the connection."""
    return command([place], {}, str(EMPTY))


def changed(output: str) -> dict[str, int]:
    """How many tasks changed something, by host, of the recap of a run."""
    found = re.findall(r"^(\S+)\s+: ok=\d+\s+changed=(\d+)", output, re.MULTILINE)
    return {host: int(count) for host, count in found}
