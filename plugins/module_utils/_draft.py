# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One entry of ``pyhost_apps``: the rules between its keys, and its defaults. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils import _listen, _locations, _webless
from ansible_collections.pyhost.platform.plugins.module_utils._models import (
    SIZES,
    WEBLESS,
    App,
    Cron,
    Front,
    Health,
    Hooks,
    Limits,
    Location,
    Logs,
    Process,
    Requests,
    Source,
    Tls,
)
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._schema import Key
from ansible_collections.pyhost.platform.plugins.module_utils._shape import Report, Values, read_table
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, wrong_type

CRON_NEEDS = {"schedule", "command"}

SITES = Path(__file__).resolve().parents[2] / "roles" / "app" / "files"
"""What apps without code begin with, on the controller."""


@dataclass(frozen=True)
class Draft:
    """An app on its way: complete only if its report is empty."""

    app: App
    values: Values
    report: Report


def make_draft(entry: object, label: str, table: tuple[Key, ...], scope: str, python_default: str) -> Draft:
    """The draft of one entry; ``label`` names it where its own name cannot."""
    if not isinstance(entry, Mapping):
        report = Report(label)
        report.add("", wrong_type(entry, "a mapping", "write {name: ramen, source: {path: ../ramen}}"))
        return Draft(App(label, Source("path", "")), Values(), report)
    name = entry.get("name")
    usable = isinstance(name, str) and not formats.name(name)
    report = Report(str(name) if usable else label)
    values = read_table(entry, table, report)
    return Draft(_app(values, report, scope, python_default), values, report)


def _app(values: Values, report: Report, scope: str, python_default: str) -> App:
    """The app as far as its values are good; what is wrong between them goes to the report."""
    approot = formats.normal_path(values.get("approot", "."))
    plain = (
        "platform",
        "service",
        "installer",
        "pip_index_url",
        "collectstatic",
        "build_timeout",
        "drain",
        "state",
        "purge",
        "strategy",
        "maintenance",
        "nginx_alias_check",
        "network",
        "port",
        "services_of",
    )
    serving: dict[str, Any] = {name: values.get(name) for name in plain if name in values.good}
    serving.update(_serving(values, report))
    serving.update(_network(values, report, scope))
    nested = {
        name: values.get(name, Values()).good for name in ("config", "hooks", "limits", "logs", "requests", "tls")
    }
    _account(values, report, scope)
    return App(
        name=report.app,
        source=_source(values, report),
        approot=approot,
        python=values.get("python", python_default),
        workers=_workers(values, report),
        requirements=_files(values, "requirements") if "requirements" in values.given else None,
        constraints=_files(values, "constraints"),
        after=tuple(dict.fromkeys(one for _place, one in values.listed("after"))),
        domains=tuple(one.lower() for _place, one in values.listed("domains")),
        listen=_listens(values, report, scope),
        front=Front(**values.get("front", Values()).good),
        locations=_compiled(values, report, approot),
        environment=values.get("environment", {}),
        processes=_processes(values),
        cron={name: Cron(**one.good) for name, one in values.get("cron", {}).items() if one.good.keys() >= CRON_NEEDS},
        logs=Logs(**nested["logs"]),
        services=tuple(one for _place, one in values.listed("services")),
        config=nested["config"],
        health=_health(values.get("health", Values()), report),
        hooks=Hooks(**nested["hooks"]),
        error_pages={
            status: formats.normal_path(page) for status, page in sorted(values.get("error_pages", {}).items())
        },
        limits=Limits(**nested["limits"]),
        ssh_keys=_keys(values, report, scope),
        requests=Requests(**nested["requests"]),
        tls=_tls(Tls(**nested["tls"]), values, report, scope),
        given=tuple(sorted(values.given)),
        **serving,
    )


def _account(values: Values, report: Report, scope: str) -> None:
    """What only one of the scopes has."""
    if values.get("state") == "absent":
        return
    front, limits = values.get("front", Values()), values.get("limits", Values())
    if scope == "account":
        for name in sorted(limits.given):
            report.add(f"limits.{name}", "needs root, and pyhost_scope is account; remove it")
    elif "front" in values.given:
        report.add("front", "is for pyhost_scope account; here domains lead to the app; remove it")
    if "front" in values.given and not front.get("web_root") and "front" in values.good:
        report.add("front.web_root", "missing; write what the host's Apache serves, such as ~/public_html")


def _processes(values: Values) -> dict[str, Process]:
    """A process has the time to end that the app has for its requests."""
    wait = values.get("drain", App.drain)
    given: dict[str, Values] = values.get("processes", {})
    return {name: Process(**{"stop_wait": max(wait, 1), **one.good}) for name, one in given.items()}


def _keys(values: Values, report: Report, scope: str) -> tuple[str, ...]:
    keys = tuple(" ".join(one.split()) for _place, one in values.listed("ssh_keys"))
    if keys and scope == "account":
        report.add("ssh_keys", "are for cells, and pyhost_scope account has one login for all apps; remove them")
    return keys


def _source(values: Values, report: Report) -> Source:
    source = values.get("source", Values())
    kinds = [kind for kind in ("path", "git", "archive") if kind in source.given]
    if "source" not in values.given:
        platform = PLATFORMS.get(values.get("platform", ""))
        if platform and platform.site:
            return Source("path", str(SITES / platform.site))
        if values.get("state") != "absent":
            report.add("source", "missing; write where the code is, for example source: {path: ../ramen}")
    elif len(kinds) != 1 and "source" in values.good:
        says = f"{' and '.join(kinds)} exclude each other; keep one" if kinds else "names no place; write one"
        report.add("source", f"{says} of path, git and archive, for example {{path: ../ramen}}")
    for key, owner in (("version", "git"), ("checksum", "archive")):
        if key in source.given and owner not in kinds:
            report.add(f"source.{key}", f"{key} belongs to {owner}, which source does not have; remove it")
    kind = kinds[0] if len(kinds) == 1 else "path"
    location = source.get(kind, "")
    if kind == "archive" and re.match(r"(?i)https?://", location) and "checksum" not in source.given:
        report.add("source.checksum", f'missing; {shown(location)} is fetched, so write checksum: "sha256:…"')
    return Source(kind, location, source.get("version", ""), source.get("checksum", "").lower())


def _serving(values: Values, report: Report) -> dict[str, str]:
    """Server, entry point and command, which depend on each other."""
    server, command, entrypoint = (values.get(name, "") for name in ("server", "command", "entrypoint"))
    if "command" in values.given:
        if server not in ("", "command"):
            report.add("server", f"{shown(server)} does not run a command; remove server or command")
        if "entrypoint" in values.given:
            report.add("entrypoint", "entrypoint and command exclude each other; remove one of the two")
        server = "command"
    elif server == WEBLESS:
        _webless.check(values, report)
    elif server == "command":
        report.add("command", "missing; server: command needs it, for example command: python serve.py")
    if entrypoint and ":" not in entrypoint:
        entrypoint = f"{entrypoint}:{formats.DEFAULT_ATTRIBUTE}"
    return {"server": server, "command": command, "entrypoint": entrypoint}


def _network(values: Values, report: Report, scope: str) -> dict[str, Any]:
    """An app on a port of its own choice, and an app in a network of its own."""
    if values.get("network") == "private":
        if scope == "account":
            report.add("network", "private needs root, and pyhost_scope is account; remove it")
        if values.get("listen"):
            report.add("listen", "is of the host's network, and network is private; remove listen or network")
        if not values.get("domains") and values.get("state") != "absent" and values.get("server") != WEBLESS:
            report.add("domains", "missing; with network: private there is no other way to the app")
    if not values.get("port"):
        return {}
    if "command" not in values.given:
        report.add("port", "belongs to command, which is not given; remove it")
    if "strategy" in values.given and values.get("strategy") == "beside":
        report.add("strategy", "beside cannot be where port is given, for two instances cannot share it; remove one")
    return {"strategy": "restart"}


def _tls(tls: Tls, values: Values, report: Report, scope: str) -> Tls:
    if "tls" not in values.given or values.get("state") == "absent":
        return tls
    named = {"acme": tls.acme, "certificate": tls.certificate or tls.key, "self_signed": tls.self_signed}
    ways = [name for name, given in named.items() if given]
    if len(ways) > 1:
        report.add("tls", f"{' and '.join(ways)} exclude each other; keep one")
    elif bool(tls.certificate) != bool(tls.key):
        report.add("tls", "certificate and key belong together; write both")
    elif not tls.wanted:
        report.add("tls", "names no certificate; write acme: true, or certificate and key, or self_signed: true")
    if scope == "account":
        report.add("tls", "is spoken by the front, and pyhost_scope account has none; remove it")
    elif not values.get("domains"):
        report.add("domains", "missing; tls is for domains")
    return tls


def _health(values: Values, report: Report) -> Health:
    """Without a number of its own, watching takes at most half of the time there is."""
    health = Health(**values.good)
    if "seconds" not in values.given:
        return replace(health, seconds=min(health.seconds, health.timeout // 2))
    if health.seconds >= health.timeout:
        report.add("health.seconds", f"{health.seconds} leaves no time below health.timeout, {health.timeout}")
    return health


def _workers(values: Values, report: Report) -> int:
    if {"size", "workers"} <= values.given:
        report.add("workers", "size and workers exclude each other; remove one of the two")
    return int(values.get("workers", SIZES.get(values.get("size", ""), 0)))


def _files(values: Values, name: str) -> tuple[str, ...]:
    return tuple(formats.normal_path(one) for _place, one in values.listed(name))


def _listens(values: Values, report: Report, scope: str) -> tuple[str, ...]:
    listed = values.listed("listen")
    if scope == "account":
        for place, one in listed:
            report.add(f"listen[{place}]", _listen.needs_root(one))
    return tuple(_listen.normal_listen(one) for _place, one in listed)


def _compiled(values: Values, report: Report, approot: str) -> tuple[Location, ...]:
    entries: list[Location | None] = [
        Location(**one.good) if one is not None and {"location", "alias"} <= one.good.keys() else None
        for one in values.get("locations", ())
    ]
    report.problems.extend(_locations.check(report.app, entries, approot))
    return tuple(one for one in entries if one is not None)
