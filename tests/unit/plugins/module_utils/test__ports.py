# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._ports import allocate


def has(port):
    return {"launch": {"ports": {"app": port, "app-next": port + 1}}}


TABLE = [
    ({}, [], {}),
    ({"a": {}}, ["a"], {"a": (20000, 20001)}),
    ({"a": {}, "b": {"launch": None}, "c": {"launch": {"ports": {}}}}, ["a", "b"],
     {"a": (20000, 20001), "b": (20002, 20003)}),
    # what an app has it keeps, and nobody else gets it, even when it is not asked for
    ({"a": has(20002), "b": {}, "c": {}}, ["b", "c"], {"a": (20002, 20003), "b": (20000, 20001), "c": (20004, 20005)}),
    ({"a": {}, "b": has(20001)}, ["a", "b"], {"a": (20004, 20005), "b": (20001, 20002)}),
    # its owner wrote it
    ({"a": {"launch": {"ports": {"app": 20000}}}}, ["a"], {"a": (20000, 20001)}),
    ({"a": {"launch": {"ports": {"app": "20000", "app-next": None}}}}, ["a"], {"a": (20000, 20001)}),
    ({"b": has(20000)}, ["b"], {"b": (20000, 20001)}),
]  # fmt: skip


@pytest.mark.parametrize(("looks", "wanted", "ports"), TABLE)
def test_allocate(looks, wanted, ports):
    assert allocate(looks, wanted) == ports


def test_port_of_another_program_is_left_alone():
    assert allocate({}, ["a", "b"], [20000, 20003]) == {"a": (20004, 20005), "b": (20006, 20007)}
