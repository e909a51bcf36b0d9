# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dotcloud.yml says of one service. Pure data. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

FILE = "dotcloud.yml"
MISSING = "is not in the root of the source; it says what there is to run"

WEB, WORKER = "python", "python-worker"
RUN = (WEB, WORKER)
"""The types that are run here, with and without nginx and uWSGI."""

DATA = ("mongodb", "mysql", "postgis", "postgresql", "redis", "smtp", "solr")

BOUND = {"mysql": "mariadb", "postgis": "postgresql", "postgresql": "postgresql", "redis": "redis"}
"""Types of data services that apps can be bound to, and their types in ``pyhost_services``."""

TYPES = (
    "custom", "java", "nodejs", "perl", "perl-worker", "php", "php-worker", *RUN, "ruby", "ruby-worker", "static",
    *DATA,
)  # fmt: skip
"""Every type of the platform (dotCloud, "Build File")."""

PORTS = ("http", "tcp", "udp")

DEFAULT_PYTHON = "2.6"
"""Where ``python_version`` is not given (S0, "Python Versions")."""


@dataclass(frozen=True)
class Service:
    """One service, complete and valid. ``processes`` holds ``process``, too, under the service's name.

    ``config`` has what the file says of ``python_version`` ("2.7"), ``enable_newrelic`` and ``uwsgi_*``.
    """

    name: str
    type: str
    approot: str = "."
    requirements: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    prebuild: str = ""
    postbuild: str = ""
    postinstall: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    processes: dict[str, str] = field(default_factory=dict)
    ports: dict[str, str] = field(default_factory=dict)
    systempackages: tuple[str, ...] = ()

    @property
    def http(self) -> str:
        """The name of the port on which a process of its own speaks HTTP, "" for none."""
        ports = [name for name, kind in self.ports.items() if kind == "http"]
        return ports[0] if ports and self.type == WORKER else ""

    @property
    def web(self) -> bool:
        """Whether visitors come to it."""
        return self.type == WEB or bool(self.http)


def main_service(services: Iterable[Service]) -> Service | None:
    """The one that an entry without ``service`` is first of all: ``www``, else the first with web, else the first."""
    run = [one for one in services if one.type in RUN]
    order = sorted(run, key=lambda one: (one.name != "www" or not one.web, not one.web))
    return order[0] if order else None
