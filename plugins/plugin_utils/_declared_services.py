# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads ``pyhost_services``: what servers there are for apps to be bound to. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._schema import Key
from ansible_collections.pyhost.platform.plugins.module_utils._service import MEMORY, TYPES, Service
from ansible_collections.pyhost.platform.plugins.module_utils._shape import Report, Values, read_table
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, unknown, wrong_type

VARIABLE = "pyhost_services"


def _word(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_.:-]{0,64}", value):
        return ""
    return f'{shown(value)} is no word of letters, digits and . _ : -; write for example "2026-11"'


def _address(value: str) -> str:
    try:
        wrong = ip_address(value).is_unspecified or ip_address(value).is_loopback
    except ValueError:
        wrong = True
    return f'{shown(value)} is no address of one network interface; write for example "10.0.0.5"' if wrong else ""


TABLE = (
    Key("name", "str", "Name by which apps are bound.", "db", required=True, rule=formats.service_name),
    Key("type", "str", "What server.", "postgresql", required=True, choices=TYPES),
    Key("host", "str", "Inventory name of the host that has it; the app's own host if not given.", "db1",
        rule=formats.one_line),
    Key("address", "str", "Private address on which it listens for apps of other hosts, with TLS; ansible_host of "
        "that host, if it is a private address, if not given.", '"10.0.0.5"', rule=_address),
    Key("rotation", "str", "Any word; with another one, apps get new passwords at their next deploy. It is "
        "pyhost_services_rotation if not given.", '"2026-11"', number=True, rule=_word),
    Key("memory", "int", "Megabytes that each app's instance of Redis or memcached may take; "
        + ", ".join(f"{count} for {name}" for name, count in MEMORY.items()) + " if not given.", "128", least=16,
        most=1 << 20),
)  # fmt: skip


@dataclass(frozen=True)
class Inventory:
    """What is known of the play: the ``own`` host and the ``addresses`` (``ansible_host``) of all hosts by name."""

    own: str
    addresses: Mapping[str, str]


def read(entries: Any, rotation: str, inventory: Inventory) -> tuple[dict[str, Service], list[Problem]]:
    """The services by name as an app of this host sees them, and everything that is wrong with them."""
    report = Report("")
    if not isinstance(entries, (list, tuple)):
        report.add(VARIABLE, wrong_type(entries, "a list", "write [{name: db, type: postgresql}]"))
        return {}, report.problems
    report.add(f"{VARIABLE}_rotation", _word(rotation))
    found: dict[str, Service] = {}
    places: dict[str, int] = {}
    for place, entry in enumerate(entries):
        label = f"{VARIABLE}[{place}]"
        if not isinstance(entry, Mapping):
            report.add(label, wrong_type(entry, "a mapping", "write {name: db, type: postgresql}"))
            continue
        values = read_table(entry, TABLE, report, f"{label}.")
        name = values.get("name", "")
        if name in places:
            report.add(f"{label}.name", f"{shown(name)} is the name of {VARIABLE}[{places[name]}], too; rename one")
        elif name:
            places[name] = place
            found[name] = _service(values, rotation, inventory, report, label)
    return found, report.problems


def _service(values: Values, rotation: str, inventory: Inventory, report: Report, label: str) -> Service:
    type_, host = values.get("type", ""), values.get("host", inventory.own)
    if host not in inventory.addresses:
        report.add(f"{label}.host", f"{shown(host)} is no host of the inventory; "
                   f"{unknown(host, sorted(inventory.addresses), 'hosts')}")  # fmt: skip
    elif host != inventory.own and type_ == "memcached":
        text = "memcached has no way to tell apps of other hosts apart; remove host, and each host has its own"
        report.add(f"{label}.host", text)
    address = values.get("address", "")
    if host in inventory.addresses and host != inventory.own and not address and type_ != "memcached":
        address = _private(inventory.addresses[host])
        if not address:
            text = f'missing; ansible_host of {host} is no private address, so write for example address: "10.0.0.5"'
            report.add(f"{label}.address", text)
    if "memory" in values.given and type_ and type_ not in MEMORY:
        report.add(f"{label}.memory", f"is of Redis and memcached, and type is {type_}; remove it")
    memory = values.get("memory", MEMORY.get(type_, 0))
    remote = host != inventory.own
    return Service(
        values.get("name", ""), type_, host, address if remote else "", values.get("rotation", rotation), memory
    )


def _private(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return text if address.is_private and not address.is_loopback else ""
