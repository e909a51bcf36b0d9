# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of the running hosts."""

from __future__ import annotations

import json
from typing import Any

from tests.hosts import fleet
from tests.hosts.engine import STATE
from tests.tools.process import certificate_environment

PATH = STATE / "inventory.json"
SSH = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o IdentitiesOnly=yes"


def write() -> None:
    """Write the inventory anew; addresses change when a host is recreated."""
    part = PATH.with_suffix(".part")
    part.write_text(json.dumps(document(fleet.running()), indent=2) + "\n")
    part.rename(PATH)


def document(hosts: list[fleet.Host]) -> dict[str, Any]:
    """Return the groups `system` (root) and `account` (a plain user) of standing hosts, and `extra` for the rest."""
    groups: dict[str, dict[str, Any]] = {"system": {}, "account": {}, "extra": {}}
    for host in hosts:
        account = host.kind.startswith("account")
        group = "extra" if host.name not in fleet.DEFAULT else "account" if account else "system"
        variables = {"ansible_host": host.address, "ansible_user": "person" if account else "root"}
        groups[group][host.name] = variables
    common: dict[str, Any] = {
        "ansible_connection": "ssh",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_private_key_file": str(fleet.KEY),
        "ansible_ssh_common_args": SSH,
        "ansible_ssh_args": "-o ControlMaster=auto -o ControlPersist=60s",
    }
    if certificates := certificate_environment():
        common["pyhost_build_environment"] = certificates
    return {"all": {"vars": common, "children": {name: {"hosts": found} for name, found in groups.items()}}}
