# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From one entry of ``pyhost_apps`` and its dotcloud.yml to an entry for each service. Pure. PRIVATE.

The main service keeps the entry's name, so that an app with one web service is called as its entry says, and stays
so when a worker is added or removed; the others are called ``NAME-SERVICE``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import (
    BOUND,
    DATA,
    DEFAULT_PYTHON,
    FILE,
    MISSING,
    RUN,
    Service,
    main_service,
)
from ansible_collections.pyhost.platform.plugins.module_utils._wording import unknown
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _dotcloud_file

SHARED = (
    "platform", "source", "python", "environment", "constraints", "installer", "pip_index_url", "services",
    "services_of", "ssh_keys", "network", "limits", "size", "workers", "config", "build_timeout", "drain", "strategy",
    "nginx_alias_check", "state", "purge",
)  # fmt: skip
"""What services besides the main one take from the entry; the rest of it is about being reached, or about one tree."""

_OF_WEB = ("config", "nginx_alias_check", "size", "strategy", "workers")


def expand(
    entry: Mapping[str, Any], source: Callable[[str], str | None], others: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """The entries for the services that are run here; ``others`` have entries of their own, with these names.

    "" in them is the entry of the whole project, of which ``entry`` is one service. ``source`` gives the text of a file
    of the source. What the entry says wins over the file. Raises `Problems`.
    """
    app = str(entry["name"])
    text = source(FILE)
    if text is None:
        raise Problems([Problem(app, FILE, MISSING)])
    services, wrong = _dotcloud_file.read(text)
    if wrong:
        raise Problems(Problem(app, FILE, one) for one in wrong)
    named = entry.get("service")
    problems = [] if named else [*_strangers(app, services), *_unbound(app, entry, services)]
    chosen = _chosen(app, named, services, others, problems)
    main = chosen[0].name if named and chosen else getattr(main_service(chosen), "name", "")
    project = others.get("", "") if named else app
    entries = [_entry(entry, one, one.name == main, services, project) for one in chosen]
    for one in entries:
        if formats.name(one["name"]) and one["name"] != app:
            says = f'"{one["name"]}", the app of service {one["service"]}, is too long a name'
            fix = f"write an entry with service: {one['service']} and a name of its own"
            problems.append(Problem(app, "name", f"{says}; {fix}"))
    if problems:
        raise Problems(problems)
    return entries


def _chosen(
    app: str, named: Any, services: Mapping[str, Service], others: Collection[str], problems: list[Problem]
) -> list[Service]:
    run = [one for one in services.values() if one.type in RUN]
    if named:
        found = [one for one in services.values() if one.name == named]
        if not found:
            fix = unknown(named, [one.name for one in run], "services")
            problems.append(Problem(app, "service", f'"{named}" is not in {FILE}; {fix}'))
        elif found[0].type not in RUN:
            problems.append(Problem(app, "service", f'"{named}" is of type {found[0].type}, which is not run here'))
        return found
    if not run and not problems:
        problems.append(Problem(app, FILE, f"has no service of type {' or '.join(RUN)}"))
    free = [one for one in run if one.name not in others]
    if run and not free:
        problems.append(Problem(app, FILE, "each of its services has an entry of its own; remove this one"))
    return free


def _strangers(app: str, services: Mapping[str, Service]) -> list[Problem]:
    return [
        Problem(
            app,
            FILE,
            f'service "{one.name}" is of type "{one.type}", which is not run here; '
            "write an entry with service for each of those that are",
        )
        for one in services.values()
        if one.type not in RUN and one.type not in DATA
    ]


def _unbound(app: str, entry: Mapping[str, Any], services: Mapping[str, Service]) -> list[Problem]:
    """Data services that are none of ours have to be somewhere; the entry says where."""
    given = entry.get("environment")
    names = [str(name) for name in given] if isinstance(given, Mapping) else []
    found = []
    for one in services.values():
        prefix = f"DOTCLOUD_{one.name.upper()}_"
        if one.type in DATA and not BOUND.get(one.type) and not any(name.startswith(prefix) for name in names):
            text = f'service "{one.name}" is of type "{one.type}", which pyhost_services does not have; '
            found.append(Problem(app, FILE, f"{text}write where it is into environment: {prefix}…"))
    return found


def _entry(
    entry: Mapping[str, Any], service: Service, main: bool, services: Mapping[str, Service], project: str
) -> dict[str, Any]:
    """``project`` is the app whose data services are those of the project ("": the entry's own)."""
    found = dict(entry) if main else {key: value for key, value in entry.items() if key in SHARED}
    name = str(entry["name"])
    found["name"] = name if main else f"{name}-{service.name.replace('_', '-')}"
    found["service"] = service.name
    found.setdefault("approot", service.approot)
    found.setdefault("python", service.config.get("python_version", DEFAULT_PYTHON))
    if not service.web and not {"server", "command"} & found.keys():
        found["server"] = "none"
        if not main:
            found = {key: value for key, value in found.items() if key not in _OF_WEB}
    data = [one.name for one in services.values() if BOUND.get(one.type)]
    if data:
        found.setdefault("services", data)
        if project not in ("", found["name"]):
            found.setdefault("services_of", project)
    return found
