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
from ansible_collections.pyhost.platform.plugins.module_utils._service import TRUST, Service, data_name, login_name
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state

LOOPBACK = "127.0.0.1"

Look = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """One app that is to be bound to one service; ``verifier`` is what the server shall keep of its password."""

    app: str
    service: Service
    user: str
    private: bool
    verifier: str = ""

    @property
    def name(self) -> str:
        return data_name(self.app, self.service.name)

    @property
    def login(self) -> str:
        return login_name(self.app, self.service.name, self.service.rotation)

    def remote(self, host: str) -> bool:
        """Whether the app of ``host`` reaches the service from elsewhere."""
        return self.service.host != host


def wishes(state: Mapping[str, Any], verifier: Callable[[str, Service], str]) -> list[Wish]:
    """Every binding that the apps of this run shall have."""
    services = {name: Service(**one) for name, one in state["services"].items()}
    found = []
    for row in _state.working(dict(state)):
        app = row["app"]
        for name in app["services"]:
            service = services[name]
            secret = verifier(app["name"], service)
            found.append(Wish(app["name"], service, row["cell"]["user"], app["network"] == "private", secret))
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
    if there is None or not there["known"]:
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
    if own not in there["hosts"] or (wish.remote(own) and not there["remote"]):
        return f"for {own}, too"
    local_user = not wish.remote(own) and there["user"] != wish.user and wish.service.type in ("redis", "memcached")
    return "settings changed" if there["memory"] != wish.service.memory or local_user else ""


def missing(wanted: Iterable[Wish], look: Look) -> list[str]:
    """Types whose servers have to be installed."""
    types = {wish.service.type for wish in wanted}
    return sorted(one for one in types if not look["types"].get(one, {}).get("installed"))


def retire_rows(state: Mapping[str, Any], wanted: Iterable[Wish], look: Look, own: str) -> list[dict[str, Any]]:
    """What of the bindings of this run's apps has to end; apps that failed keep theirs."""
    by_name = {wish.name: wish for wish in wanted}
    rows = []
    for name, there in sorted(look["bindings"].items()):
        entry = state["apps"].get(there["app"])
        if not entry or (entry["failed"] and entry["app"]["state"] == "present"):
            continue
        wish = by_name.get(name)
        keep = {wish.login} if wish else set()
        old = [login for login in there["known"] if login not in keep] if wish else []
        leave = not wish and own in there["hosts"]
        purge = not wish and entry["app"]["purge"] and (leave or not there["hosts"])
        if old or leave or purge:
            rows.append({"name": name, "host": own, "logins": old, "leave": leave, "purge": purge})
    return rows


def kept(state: Mapping[str, Any], wanted: Iterable[Wish], look: Look, host: str) -> list[str]:
    """What data of apps of this run stays though they are not bound to it; ``host`` has it."""
    names = {wish.name for wish in wanted}
    return [
        f"{there['app']}: its data of the service {there['service']} ({there['type']}) is kept on {host}; "
        "purge: true removes it"
        for name, there in sorted(look["bindings"].items())
        if name not in names and there["app"] in state["apps"] and there["type"] != "memcached"
        and not state["apps"][there["app"]]["app"]["purge"]
    ]  # fmt: skip


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
