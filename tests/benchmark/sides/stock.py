# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook of stock modules."""

from __future__ import annotations

from pathlib import Path

from tests.benchmark.apps import Apps
from tests.benchmark.place import Place
from tests.benchmark.sides import playbook
from tests.benchmark.timing import Command


class Stock:
    """``stock/site.yml`` of the peers' directory."""

    name = "stock modules"

    def __init__(self, peers: Path) -> None:
        self._playbook = peers / "stock" / "site.yml"

    def prepare(self, place: Place) -> None:
        """Nothing: the playbook installs what it needs."""

    def converge(self, place: Place, apps: Apps, count: int, python: str = "") -> Command:
        variables = {"n": count, "app_src": f"{apps.folder}/{{{{ app_name }}}}"}
        if python:
            variables["base_python"] = f"/usr/bin/python{python}"
        return playbook.command([place], variables, str(self._playbook))
