# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._network import unit_text

STEPS = """\
ExecStartPre=-ip netns delete pyhost-a-b
ExecStart=sh -c 'grep -q 1 /proc/sys/net/ipv4/ip_forward || echo 1 > /proc/sys/net/ipv4/ip_forward'
ExecStart=nft --file /etc/pyhost/network.nft
ExecStart=ip netns add pyhost-a-b
ExecStart=ip link add pyh1014 type veth peer name eth0 netns pyhost-a-b
ExecStart=ip address add 169.254.1.1/32 dev pyh1014
ExecStart=ip link set pyh1014 up
ExecStart=ip route replace 100.64.3.246/32 dev pyh1014
ExecStart=ip -n pyhost-a-b link set lo up
ExecStart=ip -n pyhost-a-b address add 100.64.3.246/32 dev eth0
ExecStart=ip -n pyhost-a-b link set eth0 up
ExecStart=ip -n pyhost-a-b route add 169.254.1.1 dev eth0 scope link
ExecStart=ip -n pyhost-a-b route add default via 169.254.1.1 dev eth0
ExecStop=ip netns delete pyhost-a-b
"""


def test_the_steps_that_make_a_network():
    text = unit_text(make_cell("a-b", "system", network="private"), 1014)
    assert "".join(f"{line}\n" for line in text.splitlines() if line.startswith("Exec")) == STEPS


@pytest.mark.parametrize(
    ("uid", "address"), [(1000, "100.64.3.232"), (65533, "100.64.255.253"), (4194303, "100.127.255.255")]
)
def test_every_user_has_an_address(uid, address):
    text = unit_text(make_cell("ramen", "system", network="private"), uid)
    assert f"ip -n pyhost-ramen address add {address}/32 dev eth0\n" in text
    assert len(f"pyh{uid}") <= 15  # IFNAMSIZ


def test_before_there_is_a_user():
    text = unit_text(make_cell("ramen", "system", network="private"), None)
    assert "ExecStart=ip route replace ADDRESS/32 dev pyhUID\n" in text
