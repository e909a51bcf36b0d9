# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses on which cells listen, as in nginx's ``listen``. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

FIRST_PORT = 8000
"""Where default ports begin."""

CHOSEN = f"is the first port from {FIRST_PORT} up that is free, and stays with the app; listen names another"
"""What is said of an address that nobody wrote."""

UNPRIVILEGED = 1024
"""The first port that a process without root may listen on (ip_unprivileged_port_start, ip(7))."""

_PARTS = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]*)):([0-9]+)")


def _address(text: str, six: bool) -> IPv4Address | IPv6Address | None:
    try:
        return IPv6Address(text) if six else IPv4Address(text)
    except AddressValueError:
        return None


def listen_form(value: str) -> str:
    """What is wrong with one entry of ``listen``, or ""; right are ``ADDRESS:PORT`` and ``[ADDRESS]:PORT``."""
    port_only = re.fullmatch(r"(?:\*?:|localhost:)?([0-9]{1,5})", value)
    if port_only:
        port = port_only.group(1)
        return f'{shown(value)} has no address; write "127.0.0.1:{port}", or "0.0.0.0:{port}" for all addresses'
    found = _PARTS.fullmatch(value)
    if not found:
        six = re.fullmatch(r"([0-9A-Fa-f:]*:[0-9A-Fa-f:]*):([0-9]{1,5})", value)
        fix = f'"[{six.group(1)}]:{six.group(2)}"' if six and _address(six.group(1), True) else '"127.0.0.1:8000"'
        return f"{shown(value)} is no address with a port; write for example {fix}"
    if _address(found.group(1) or found.group(2), found.group(1) is not None) is None:
        return f'{shown(value)} has no IP address before the port; write for example "127.0.0.1:{found.group(3)[:5]}"'
    if len(found.group(3)) > 5 or not 1 <= int(found.group(3)) <= 65535:
        return f'{shown(value)} has no port from 1 to 65535; write for example "127.0.0.1:8000"'
    return ""


def normal_listen(value: str) -> str:
    """The one way to write an entry that passed ``listen_form``: ``[0::1]:8000`` becomes ``[::1]:8000``."""
    address, port = split_listen(value)
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def split_listen(value: str) -> tuple[IPv4Address | IPv6Address, int]:
    """Address and port of an entry that passed ``listen_form``."""
    address, port = value.rsplit(":", 1)
    return (IPv6Address(address[1:-1]) if address.startswith("[") else IPv4Address(address)), int(port)


def needs_root(value: str) -> str:
    """What is wrong with the port in account scope, or ""."""
    port = split_listen(value)[1]
    if port >= UNPRIVILEGED:
        return ""
    return (
        f"{shown(value)} needs root, and pyhost_scope is account; write a port from {UNPRIVILEGED} up, "
        f'for example "127.0.0.1:{FIRST_PORT}"'
    )


def overlap(one: str, other: str) -> bool:
    """Whether two sockets cannot be open at once: same port, and the same address or one that holds the other.

    ``0.0.0.0`` holds every IPv4 address and ``[::]`` every IPv6 address, but not those of IPv4, because
    nginx opens it with ipv6only=on.
    """
    (first, first_port), (second, second_port) = split_listen(one), split_listen(other)
    if first_port != second_port or first.version != second.version:
        return False
    return first == second or first.is_unspecified or second.is_unspecified


def chosen(
    names: Iterable[str], have: Mapping[str, Iterable[str]], fixed: Iterable[str], busy: Iterable[int]
) -> dict[str, str]:
    """An address of 127.0.0.1 for each app of ``names``: the one that it has, else the first port that is free.

    ``have`` are the addresses that apps listen on now, by name, ``fixed`` those that somebody wrote or another app
    has, ``busy`` the ports that anything on the host listens on.
    """
    used = {split_listen(one)[1] for one in fixed}
    found: dict[str, str] = {}
    names = list(names)
    for name in names:
        own = [one for one in have.get(name, ()) if one.startswith("127.0.0.1:") and split_listen(one)[1] not in used]
        if own:
            found[name] = own[0]
            used.add(split_listen(own[0])[1])
    used.update(busy)
    for name in names:
        if name not in found:
            port = free_port(used)
            found[name] = f"127.0.0.1:{port}"
            used.add(port)
    return found


def free_port(taken: Iterable[int]) -> int:
    """The first port from 8000 up that is not taken."""
    used = set(taken)
    return next(port for port in range(FIRST_PORT, FIRST_PORT + len(used) + 1) if port not in used)
