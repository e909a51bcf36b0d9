# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``enable_newrelic`` of a dotCloud service. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import FILE, Service

PACKAGE = "newrelic"
KEY = "NEW_RELIC_LICENSE_KEY"
NEVER = ("3.0", "3.1", "3.2", "3.3", "3.4", "3.5")
"""Branches on which no version of the agent that can be had today works."""

_CONFIG = {"uwsgi_enable_threads": True, "uwsgi_single_interpreter": True}


@dataclass(frozen=True)
class Agent:
    """What the agent adds to the server; nothing where it is not enabled."""

    wrapper: tuple[str, ...] = ()
    config: dict[str, bool] = field(default_factory=dict)
    requirement: str = ""

    def packages(self, names: Iterable[str]) -> tuple[str, ...]:
        """What to install besides the app's own requirements, which are ``names``."""
        return (self.requirement,) if self.requirement and PACKAGE not in names else ()


def newrelic(app: App, service: Service, problems: list[Problem]) -> Agent:
    """The agent of ``service``; what it cannot do is added to ``problems``."""
    if not service.config.get("enable_newrelic"):
        return Agent()
    if app.python in NEVER:
        text = f"enable_newrelic: the New Relic client does not work with Python {app.python}; remove one of the two"
        problems.append(Problem(app.name, FILE, text))
    if not service.environment.get(KEY) and not app.environment.get(KEY):
        text = f"missing; enable_newrelic in {FILE} needs it, here or there"
        problems.append(Problem(app.name, f"environment.{KEY}", text))
    old = app.python.startswith("2.")
    return Agent(("{bin}/newrelic-admin", "run-program"), _CONFIG, f"{PACKAGE}<10" if old else PACKAGE)
