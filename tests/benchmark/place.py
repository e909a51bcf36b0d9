# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of the benchmark: made anew, kept as an image, reached over one SSH connection that stays."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.hosts import fleet, inventory
from tests.tools.process import ToolError, certificate_environment

STAY = "-o ControlMaster=auto -o ControlPersist=60s"
"""As the inventory has it for Ansible."""

SECONDS = 600


@dataclass(frozen=True)
class Place:
    """A running host, and the directory that has the sockets of its connections."""

    name: str
    address: str
    control: Path

    def login(self) -> list[str]:
        """The beginning of a command line that runs something on the host as root."""
        options = [*inventory.SSH.split(), *STAY.split(), "-o", f"ControlPath={self.control}/%C", "-i", str(fleet.KEY)]
        return ["ssh", *options, f"root@{self.address}"]

    def shell(self, script: str, data: bytes = b"") -> str:
        """What ``script`` prints on the host; it stops at the first command that fails, and that is an error."""
        words = [*self.login(), shlex.join(["sh", "-ceu", script])]
        done = subprocess.run(words, input=data, capture_output=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise ToolError(f"{self.name}: exit status {done.returncode}: {script}\n{done.stderr.decode()[-2000:]}")
        return done.stdout.decode("utf-8", "replace")


def fresh(name: str, kind: str, control: Path, image: str = "") -> Place:
    """Make a host anew; one that comes from no image gets package lists, which a bare host has not."""
    up([name], kind, image)
    address = next(host.address for host in fleet.running() if host.name == name)
    place = Place(name, address, control)
    place.control.mkdir(parents=True, exist_ok=True)
    if not image:
        place.shell("apt-get -qq update")
        if bundle := certificate_environment().get("PIP_CERT"):
            place.shell(f"printf '[global]\\ncert = {bundle}\\n' > /etc/pip.conf")
    return place


def up(names: list[str], kind: str, image: str = "") -> None:
    """Make hosts anew at the same time."""
    fleet.up(dict.fromkeys(names, kind), fresh=True, image=image)
    inventory.write()


def down(names: list[str]) -> None:
    fleet.down(names)
    inventory.write()
