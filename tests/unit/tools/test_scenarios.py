# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import threading

import pytest

from tests.tools import scenarios


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        (["system"], ([], [], ["system"])),
        (["default", "account", "sources"], (["default"], ["account", "sources"], [])),
        (["default", "account", "change", "hook", "system"], (["default"], ["change", "account"], ["hook", "system"])),
    ],
)
def test_scenarios_that_change_all_hosts_run_by_themselves(chosen, order):
    assert scenarios.order(chosen) == order


def test_every_scenario_of_the_table_is_there():
    assert set(scenarios.PLACES) <= set(scenarios.names())


def test_a_spare_host_is_started_only_for_who_uses_it(monkeypatch):
    monkeypatch.setattr(scenarios, "PLACES", {"web": ("spare",), "code": ("one",)})
    monkeypatch.setattr(scenarios.fleet, "DEFAULT", {"one": "debian13"})
    assert scenarios.needed(["code"]) == {"one"}
    assert scenarios.needed(["code", "web"]) == {"one", "spare"}


def test_only_scenarios_of_different_hosts_run_at_once(monkeypatch):
    monkeypatch.setattr(scenarios, "PLACES", {"long": ("a", "b"), "short": ("a",), "other": ("c",)})
    queue = scenarios.Queue(["long", "short", "other"])
    assert (queue.take(), queue.take()) == ("long", "other")
    taken = []
    waiting = threading.Thread(target=lambda: taken.append(queue.take()))
    waiting.start()
    queue.give_back("other")
    assert taken == []
    queue.give_back("long")
    waiting.join(timeout=10)
    assert taken == ["short"]
    assert queue.take() is None
