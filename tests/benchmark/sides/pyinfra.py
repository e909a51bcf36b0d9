# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same job for pyinfra."""

from __future__ import annotations

import os
from pathlib import Path

from tests.benchmark import tools
from tests.benchmark.apps import Apps
from tests.benchmark.place import Place
from tests.benchmark.timing import Command
from tests.hosts import fleet


class Pyinfra:
    """``pyinfra/deploy.py`` of the peers' directory, whose head says which variables it reads."""

    name = "pyinfra"

    def __init__(self, peers: Path) -> None:
        self._script = peers / "pyinfra" / "deploy.py"

    def prepare(self, place: Place) -> None:
        """Nothing: the script installs what it needs."""

    def converge(self, place: Place, apps: Apps, count: int, python: str = "") -> Command:
        file = place.control / "hosts.py"
        login = {
            "ssh_user": "root",
            "ssh_key": str(fleet.KEY),
            "ssh_known_hosts_file": str(place.control / "known_hosts"),
            "ssh_strict_host_key_checking": "off",
        }
        file.write_text(f"hosts = [({place.address!r}, {login!r})]\n")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PEERS_"))}
        environment = {**kept, "PEERS_N": str(count), "PEERS_SRC": str(apps.folder), "LC_ALL": "C.UTF-8"}
        return Command([tools.PYINFRA.path("pyinfra"), "-y", str(file), str(self._script)], environment, place.control)
