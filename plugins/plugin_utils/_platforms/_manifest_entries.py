# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What manifest.yml says, as entries of ``pyhost_apps``: one for each application. PRIVATE to the collection.

Whatever an entry says itself wins over the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _frameworks as frameworks
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._frameworks import DJANGO, STANDALONE, WSGI
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _manifest as manifest
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _manifest_names as names
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms._manifest import (
    FILE,
    Application,
    Read,
    Row,
    Table,
    Text,
    wrong,
)

WORKER = "worker"
"""The process of a standalone app without a URL."""

ROOM = 64
"""Megabytes that a cell's own programs take besides the instances of its app."""

_OF_ONE = ("listen", "entrypoint", "command", "port", "approot", "tls")
"""Keys of an entry that cannot hold for several applications."""


def expand(
    entry: Mapping[str, Any], read: Read, others: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """The entries that ``entry`` stands for; the entry itself where its source has no manifest.yml.

    ``read`` gives the text of a file of the source; ``others`` are applications with entries of their own, and the
    names of those; "" is the entry of all the rest. Raises `Problems`.
    """
    name = str(entry.get("name", ""))
    top = formats.normal_path(str(entry.get("approot") or "."))
    file = posixpath.normpath(posixpath.join(top, FILE))
    text = read(file)
    if text is None:
        return [dict(entry)]
    try:
        base = _base(entry)
        found = manifest.read(text, file, read, {"target-base": base} if base else {})
        chosen = _chosen(found, entry, others)
        several = len(chosen) > 1
        clash = [key for key in _OF_ONE if several and key in entry and (key, entry[key]) != ("approot", ".")]
        if clash:
            titles = ", ".join(names.title(one) for one in chosen)
            raise PyhostError(f"{clash[0]} cannot hold for all of {titles}; give each an entry with service: NAME")
        own = {one.path: f"{name}-{names.app_name(one)}" if several else name for one in chosen}
        owner = names.owner(found, {**names.elsewhere(found, chosen, entry, others), **own})
        return [_entry(entry, top, one, own, owner) for one in chosen]
    except PyhostError as error:
        raise Problems([Problem(name, FILE, str(error))]) from None


def _base(entry: Mapping[str, Any]) -> str:
    """The domain below which several applications have theirs: the platform's ``target-base``."""
    domains = entry.get("domains")
    return str(domains[0]) if isinstance(domains, (list, tuple)) and domains else ""


def _chosen(found: list[Application], entry: Mapping[str, Any], others: Mapping[str, str]) -> list[Application]:
    wanted = entry.get("service")
    if wanted is None:
        return [one for one in found if not {names.title(one), one.path} & (set(others) - {""})]
    chosen = [one for one in found if wanted in (names.title(one), one.path)]
    if not chosen:
        titles = ", ".join(names.title(one) for one in found)
        raise PyhostError(f"service: {wanted} is no application of this file, which has: {titles}")
    return chosen[:1]


def _entry(
    entry: Mapping[str, Any], top: str, one: Application, called: Mapping[str, str], owner: str
) -> dict[str, Any]:
    """``called`` are the names of the apps that ``entry`` makes, by path; ``owner`` has the data of their services."""
    own = dict(entry)
    several = len(called) > 1
    if several:
        own.pop("domains", None)
        own["service"] = names.title(one)
    said = _said(one.values, _base(entry) if several else "")
    if {"command", "server", "entrypoint"} & own.keys():
        for key in ("command", "server", "entrypoint", "processes"):
            said.pop(key, None)
    if {"workers", "size"} & own.keys():
        said.pop("workers", None)
    if "services" in said and owner:
        said["services_of"] = owner
    if {**said, **own}.get("services_of") == called[one.path]:
        for keys in (said, own):
            keys.pop("services_of", None)
    if isinstance(own.get("environment"), Mapping):
        own["environment"] = {**said.get("environment", {}), **own["environment"]}
    after = [called[path] for path in one.after if path in called]
    if after:
        own["after"] = [*(own.get("after") or ()), *after]
    place = posixpath.normpath(posixpath.join(top, one.path))
    return {**said, **own, "name": called[one.path], "approot": place}


def _said(values: Table, base: str) -> dict[str, Any]:
    """The keys of an entry that say what an application of the file says; ``base`` is for those that say no URL."""
    framework, command = _framework(values)
    urls = _urls(values)
    if base and not command and not {"url", "urls"} & values.keys() and "name" in values:
        urls = [f"{values['name']}.{base}"]
    instances = _number(values, "instances", 1)
    said: dict[str, Any] = {}
    if command and urls:
        said["command"] = command
    elif command:
        said.update(server="none", processes={WORKER: {"command": command, "count": instances}})
    elif framework == WSGI:
        said["entrypoint"] = "wsgi:application"
    elif framework == DJANGO:
        said["server"] = "gunicorn"
    if not command and "instances" in values:
        said["workers"] = instances
    if urls:
        said["domains"] = urls
    if "mem" in values or "memory" in values:
        said["limits"] = {"memory": f"{2 * instances * _megabytes(values) + ROOM}M"}
    if "runtime" in values:
        said["python"] = _python(values["runtime"])
    if _services(values):
        said["services"] = _services(values)
    if "env" in values:
        said["environment"] = _environment(values["env"])
    return said


def _framework(values: Table) -> tuple[str, str]:
    """Framework and start command, each "" where nothing is said."""
    given = values.get("framework", "")
    name, info = (given.get("name", ""), given.get("info", {})) if isinstance(given, Table) else (given, {})
    if name and name not in (WSGI, DJANGO, STANDALONE):
        what = frameworks.DESCRIPTIONS.get(str(name), "framework that this host does not know")
        raise wrong(f"framework: {name} is a {what}, no Python; python apps are wsgi, django or standalone", name)
    command = values.get("command") or (info.get("exec") if isinstance(info, Table) else "") or ""
    if not isinstance(command, Text) and command:
        raise wrong("command: is no text", command)
    if name == STANDALONE and not command:
        raise wrong(f"command: missing; a {frameworks.DESCRIPTIONS[STANDALONE]} needs its start command", given)
    if formats.one_line(str(command)) and command:
        raise wrong("command: is more than one line", command)
    return str(name), str(command) if name in ("", STANDALONE) else ""


def _urls(values: Table) -> list[str]:
    """Without those that only a target of the platform would complete."""
    found = []
    for key in ("url", "urls"):
        given = values.get(key, [])
        for one in [given] if isinstance(given, Text) else given:
            bare = re.sub(r"^https?://", "", str(one)).strip("/")
            if "${" not in bare and bare.lower() not in ("", "none"):
                found.append(bare)
    return found


def _number(values: Table, key: str, least: int) -> int:
    text = str(values.get(key, least))
    if not re.fullmatch("[0-9]{1,3}", text) or int(text) < least:
        raise wrong(f"{key}: {text} is no whole number from {least}", values[key])
    return int(text)


def _megabytes(values: Table) -> int:
    given = values["mem"] if "mem" in values else values["memory"]
    match = re.fullmatch(r"([1-9][0-9]{0,5})(M|G)B?", str(given), re.IGNORECASE)
    if not match:
        raise wrong(f"mem: {given} is no amount of memory; write for example 128M", given)
    return int(match[1]) * (1024 if match[2].upper() == "G" else 1)


def _python(runtime: Any) -> str:
    if str(runtime) in frameworks.PYTHONS:
        return frameworks.PYTHONS[str(runtime)]
    rows = ", ".join(f"{name} ({version})" for name, version in frameworks.RUNTIMES.items())
    pythons = ", ".join(frameworks.PYTHONS)
    raise wrong(f"runtime: {runtime} is no Python; the platform had {rows}, of which this host runs {pythons}", runtime)


def _services(values: Table) -> list[str]:
    given = values.get("services", Row())
    if not isinstance(given, (Table, Row)):
        raise wrong("services: is a mapping of names to their types", given)
    return [str(one) for one in given]


def _environment(given: Any) -> dict[str, str]:
    """A mapping, or lines NAME=VALUE as ``af env-add`` takes them."""
    if isinstance(given, Table):
        pairs: list[tuple[str, Any]] = list(given.items())
    elif isinstance(given, Row) and all(isinstance(one, Text) and "=" in one for one in given):
        pairs = [(name, value) for name, _sign, value in (one.partition("=") for one in given)]
    else:
        raise wrong("env: is a mapping of names to values", given)
    for name, value in pairs:
        problem = formats.environment_name(name) or ("" if isinstance(value, str) else f"{name} has no text")
        if problem:
            raise wrong(f"env: {problem}", value if isinstance(value, Text) else given)
    return {name: str(value) for name, value in pairs}
