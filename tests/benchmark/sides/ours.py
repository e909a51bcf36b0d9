# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This collection."""

from __future__ import annotations

from typing import Any

from tests.benchmark.apps import Apps
from tests.benchmark.place import Place
from tests.benchmark.sides import playbook
from tests.benchmark.timing import Command

DEPLOY = "pyhost.platform.deploy"


class Ours:
    """The playbook ``deploy``, which brings whatever a bare host lacks."""

    name = "pyhost.platform"

    def prepare(self, place: Place) -> None:
        """Nothing: the first deploy does it."""

    def converge(self, place: Place, apps: Apps, count: int, python: str = "") -> Command:
        # One release is kept, so that a way back to the Python before builds its virtualenvs anew.
        settings = {"pyhost_keep_releases": 1} if python else {}
        return deploy([place], apps.entries(count, **({"python": python} if python else {})), **settings)


def deploy(places: list[Place], entries: list[dict[str, Any]], forks: int = 5, **variables: Any) -> Command:
    """Deploy ``entries`` to each of the hosts, ``forks`` of them at the same time."""
    settings = {"pyhost_apps": entries, "pyhost_report_path": "", **variables}
    return playbook.command(places, settings, DEPLOY, environment={"ANSIBLE_FORKS": str(forks)})
