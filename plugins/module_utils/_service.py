# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What apps are bound to: declared services, and the names of one app's part of them. Pure. PRIVATE.

A binding is one app's own part of a service: a database, a vhost or an instance, named ``APP_SERVICE``. Apps have no
underscore in their names, so no two bindings share one. Whoever logs in does so as ``APP_SERVICE.TAG``; the tag says
which rotation made the password, so that the old and the new login work side by side until the rollout is over. An app
that shares the part of another, its owner, logs in there by its own name; the tag says whose part it is, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, unknown

TYPES = ("postgresql", "mariadb", "redis", "rabbitmq", "memcached")
INSTANCES = ("redis", "memcached")
"""Types of which every binding gets a server of its own."""

TRUST = "/etc/pyhost/services"
"""Where a host keeps the certificates of services on other hosts, which its apps trust."""

MEMORY = {"redis": 256, "memcached": 64}
"""Megabytes of an instance that declares none."""


@dataclass(frozen=True)
class Service:
    """One entry of ``pyhost_services``, complete.

    ``host`` is an inventory name, ``address`` where apps of other hosts reach it ("" when only those of ``host`` do),
    ``rotation`` any word, ``memory`` megabytes of each instance.
    """

    name: str
    type: str
    host: str
    address: str = ""
    rotation: str = ""
    memory: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def data_name(app: str, service: str) -> str:
    """The database, vhost or instance of one app and service."""
    return f"{app}_{service}"


def login_name(app: str, service: str, rotation: str, owner: str = "") -> str:
    """Who logs in; another ``rotation`` is another login, and so is the part of another ``owner`` ("": the app)."""
    word = rotation if owner in ("", app) else f"{owner}/{rotation}"
    return f"{data_name(app, service)}.{hashlib.sha256(word.encode()).hexdigest()[:6]}"


def login_app(login: str) -> str:
    """The app that logs in so."""
    return login.partition("_")[0]


def app_problems(app: App, services: Mapping[str, Service], scope: str) -> list[Problem]:
    """What is wrong with the services that an app names."""
    found: list[Problem] = []
    if app.services and scope == "account":
        text = "needs root on the host, and pyhost_scope is account; remove it, or give the URL in environment"
        return [Problem(app.name, "services", text)]
    for place, name in enumerate(app.services):
        key = f"services[{place}]"
        if name in app.services[:place]:
            found.append(Problem(app.name, key, f"{shown(name)} is named twice; remove one"))
        elif name not in services:
            fix = unknown(name, list(services), "services") if services else "pyhost_services declares none"
            found.append(Problem(app.name, key, f"{shown(name)} is not declared; {fix}"))
        elif services[name].type == "rabbitmq" and app.network == "private" and not services[name].address:
            text = "RabbitMQ of the same host is not reached with network: private; remove one, or give it another host"
            found.append(Problem(app.name, key, text))
        elif app.services_of and (why := _unshared(services[name], app.network)):
            text = f"{shown(name)} cannot be that of {app.services_of}: {why}"
            found.append(Problem(app.name, "services_of", text))
    return found


def type_problems(app: App, described: Mapping[str, str], services: Mapping[str, Service]) -> list[Problem]:
    """Services that the source of an app describes as of another type (``described``) than they are declared."""
    found = []
    for place, name in enumerate(app.services):
        type_ = services[name].type if name in services else ""
        if type_ and described.get(name, type_) != type_:
            says = f"{shown(name)} is of type {type_} in pyhost_services, and the source asks for {described[name]}"
            fix = "declare that one by this name, or leave it out here and write into environment where it is"
            found.append(Problem(app.name, f"services[{place}]", f"{says}; {fix}"))
    return found


def _unshared(service: Service, network: str) -> str:
    """Why apps cannot share one part of ``service``, or ""."""
    if service.type == "memcached":
        return "a memcached is reached by its socket, which is one app's; remove it here, or services_of"
    if service.type == "redis" and network == "private" and not service.address:
        return "its socket is one app's, and network: private leaves no other way; write network: shared, or remove one"
    return ""
