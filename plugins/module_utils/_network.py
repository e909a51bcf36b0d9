# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the private network of a cell. Pure. PRIVATE to the collection.

A network namespace with a loopback of its own, so that two apps may listen on the same port, and one pair of virtual
interfaces through which the outside can be reached. The front needs no network: it reaches the cell by a unix socket.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

NETWORK = "100.64.0.0/10"
"""Addresses for use behind translation only, which nobody else's network has (RFC 6598)."""

FIRST = IPv4Address("100.64.0.0")
ROUTER = "169.254.1.1"
"""The host as every private network sees it (RFC 3927)."""

PREFIX = "pyh"
"""How the host's end of each pair is named; the number of the cell's user follows."""

RULES_PATH = "/etc/pyhost/network.nft"

RULES = f"""{HEADER}table inet pyhost
delete table inet pyhost
table inet pyhost {{
    chain forward {{
        type filter hook forward priority filter;
        iifname "{PREFIX}*" oifname "{PREFIX}*" drop
        iifname "{PREFIX}*" ip daddr 169.254.0.0/16 drop
        oifname "{PREFIX}*" ct state != {{ established, related }} drop
    }}
    chain input {{
        type filter hook input priority filter;
        iifname "{PREFIX}*" ct state != {{ established, related }} drop
    }}
    chain postrouting {{
        type nat hook postrouting priority srcnat;
        ip saddr {NETWORK} oifname != "{PREFIX}*" masquerade
    }}
}}
"""
"""Outwards only: not to each other, not to services of the host, not to those of its link (cloud metadata)."""

FORWARD = "/proc/sys/net/ipv4/ip_forward"


def unit_text(cell: Cell, uid: int | None) -> str:
    """The unit that makes the network of ``cell``; ``uid`` is its user's number, None before there is one."""
    space, link = cell.namespace, f"{PREFIX}{'UID' if uid is None else uid}"
    address = "ADDRESS" if uid is None else FIRST + uid
    inside = f"ip -n {space}"
    steps = (
        f"sh -c 'grep -q 1 {FORWARD} || echo 1 > {FORWARD}'",
        f"nft --file {RULES_PATH}",
        f"ip netns add {space}",
        f"ip link add {link} type veth peer name eth0 netns {space}",
        f"ip address add {ROUTER}/32 dev {link}",
        f"ip link set {link} up",
        f"ip route replace {address}/32 dev {link}",
        f"{inside} link set lo up",
        f"{inside} address add {address}/32 dev eth0",
        f"{inside} link set eth0 up",
        f"{inside} route add {ROUTER} dev eth0 scope link",
        f"{inside} route add default via {ROUTER} dev eth0",
    )
    lines = "".join(f"ExecStart={step}\n" for step in steps)
    return f"""{HEADER}[Unit]
Description=pyhost network of {cell.name}
After=network.target nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStartPre=-ip netns delete {space}
{lines}ExecStop=ip netns delete {space}
"""
