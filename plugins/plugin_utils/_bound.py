# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What apps want of services, compared with what there is. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._bindings import Reach
from ansible_collections.pyhost.platform.plugins.module_utils._boundhere import digest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._kinds import KINDS
from ansible_collections.pyhost.platform.plugins.module_utils._service import (
    TRUST,
    Service,
    data_name,
    login_app,
    login_name,
)
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state

LOOPBACK = "127.0.0.1"

Look = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """One app that is to be bound to one service; ``verifier`` is what the server shall keep of its password.

    ``owner`` is the app whose part of the service it is ("": its own).
    """

    app: str
    service: Service
    user: str
    private: bool
    verifier: str = ""
    owner: str = ""

    @property
    def name(self) -> str:
        return data_name(self.owner or self.app, self.service.name)

    @property
    def login(self) -> str:
        return login_name(self.app, self.service.name, self.service.rotation, self.owner)

    @property
    def shared(self) -> bool:
        return self.owner not in ("", self.app)

    def remote(self, host: str) -> bool:
        """Whether the app of ``host`` reaches the service from elsewhere."""
        return self.service.host != host


def wishes(state: Mapping[str, Any], verifier: Callable[[str, Service, str], str]) -> list[Wish]:
    """Every binding that the apps of this run shall have; ``verifier`` takes the app, the service and the owner."""
    services = {name: Service(**one) for name, one in state["services"].items()}
    found = []
    for row in _state.working(dict(state)):
        app = row["app"]
        for name in app["services"]:
            service = services[name]
            owner = app["services_of"]
            secret = verifier(app["name"], service, owner)
            found.append(Wish(app["name"], service, row["cell"]["user"], app["network"] == "private", secret, owner))
    return found


def hosts(state: Mapping[str, Any], own: str) -> list[str]:
    """Other hosts whose services this run has to look at: those that an app is, was, or may still be bound to."""
    declared = {name: one["host"] for name, one in state["services"].items() if one["host"] != own}
    named: set[str] = set()
    for row in state["apps"].values():
        app, old = row["app"], ((row.get("look") or {}).get("launch") or {}).get("services", {})
        named.update(declared if app["state"] == "absent" or app["purge"] else {*app["services"], *old})
    return sorted({declared[name] for name in named if name in declared})


def bind_todo(wish: Wish, look: Look, own: str) -> str:
    """Why a binding has to be made or mended, or ""."""
    there = look["bindings"].get(wish.name)
    if there is None or not there["known"] or (wish.shared and wish.app not in there["apps"]):
        return "new"
    if not there["made"]:
        return "not finished"
    if not there["there"]:
        error = look["types"].get(wish.service.type, {}).get("error")
        return f"does not run{f': {error}' if error else ''}"
    if wish.login not in there["known"]:
        return "new password"
    if there["logins"].get(wish.login) != digest(wish.verifier):
        return "password changed"
    if own not in there["apps"].get(wish.app, ()) or (wish.remote(own) and not there["remote"]):
        return f"for {own}, too"
    local_user = cell_user(wish, own) and there["user"] != wish.user and wish.service.type in ("redis", "memcached")
    return "settings changed" if there["memory"] != wish.service.memory or local_user else ""


def cell_user(wish: Wish, own: str) -> str:
    """The user who comes to a socket of the service's: that of the owner's cell, "" for others."""
    return "" if wish.remote(own) or wish.shared else wish.user


def missing(wanted: Iterable[Wish], look: Look) -> list[str]:
    """Types whose servers have to be installed."""
    types = {wish.service.type for wish in wanted}
    return sorted(one for one in types if not look["types"].get(one, {}).get("installed"))


def retire_rows(state: Mapping[str, Any], wanted: Iterable[Wish], look: Look, own: str) -> list[dict[str, Any]]:
    """What of the bindings of this run's apps has to end; apps that failed keep theirs."""
    by_app = {(wish.name, wish.app): wish for wish in wanted}
    rows = []
    for name, there in sorted(look["bindings"].items()):
        old: list[str] = []
        leave: list[str] = []
        purge = False
        for app in sorted({there["app"], *there["apps"]}):
            entry = state["apps"].get(app)
            if not entry or (entry["failed"] and entry["app"]["state"] == "present"):
                continue
            wish = by_app.get((name, app))
            if wish:
                old += [login for login in there["known"] if login_app(login) == app and login != wish.login]
                continue
            leave += [app] if own in there["apps"].get(app, ()) else []
            purge |= entry["app"]["purge"]
        purge = purge and not _using(there, leave, own)
        if old or leave or purge:
            rows.append({"name": name, "host": own, "logins": old, "leave": leave, "purge": purge})
    return rows


def _using(there: Mapping[str, Any], leave: Iterable[str], own: str) -> list[str]:
    """The apps that use a binding when those of ``leave`` do no more on the host ``own``."""
    gone = {(app, own) for app in leave}
    return sorted(app for app, hosts in there["apps"].items() if any((app, host) not in gone for host in hosts))


def kept(state: Mapping[str, Any], wanted: Iterable[Wish], look: Look, host: str) -> list[str]:
    """What data of apps of this run stays though they are not bound to it; ``host`` has it."""
    names, apps = {wish.name for wish in wanted}, state["apps"]
    found = []
    for name, there in sorted(look["bindings"].items()):
        owner = there["app"]
        if name in names or owner not in apps or there["type"] == "memcached":
            continue
        others = [app for app, hosts in sorted(there["apps"].items()) if hosts and app not in apps]
        if others or not apps[owner]["app"]["purge"]:
            why = f"{' and '.join(others)} of an earlier run may use it" if others else "purge: true removes it"
            found.append(
                f"{owner}: its data of the service {there['service']} ({there['type']}) is kept on {host}; {why}"
            )
    return found


def reach(wish: Wish, look: Look | None, own: str, password: str, check: bool) -> Reach:
    """How the app reaches its binding; raises `PyhostError` when there is none (in check mode it is foreseen)."""
    service = wish.service
    there = (look or {}).get("bindings", {}).get(wish.name)
    if not there or (not there["there"] and not check):
        if not check:
            error = (look or {}).get("types", {}).get(service.type, {}).get("error", "")
            why = error or ("nothing of it is there" if look else "its host could not be looked at")
            raise PyhostError(f"the service {service.name} ({service.type} on {service.host}) is not ready: {why}")
        there = {"port": KINDS[service.type].port, "elsewhere": KINDS[service.type].port, "socket": ""}
    remote = wish.remote(own)
    port = there["elsewhere"] if remote else there["port"]
    by_socket = not remote and bool(there["socket"]) and (wish.private or not port)
    return Reach(
        service=service.name,
        type=service.type,
        name=wish.name if service.type != "redis" else "0",
        user=wish.login if service.type in ("postgresql", "mariadb", "rabbitmq") else "",
        password=password,
        host=service.address if remote else LOOPBACK,
        port=port,
        socket=there["socket"] if by_socket else "",
        trust=f"{TRUST}/{service.name}.pem" if remote else "",
    )
