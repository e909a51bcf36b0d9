# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.tools import scenarios


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        (["system"], [[["system"]]]),
        (["default", "sources", "account"], [[["default"]], [["account", "sources"]]]),
        (
            ["default", "account", "change", "hook", "sources", "system"],
            [[["default"]], [["change"], ["account", "sources"]], [["hook"]], [["system"]]],
        ),
    ],
)
def test_only_scenarios_of_different_hosts_run_at_once(chosen, order):
    assert scenarios.order(chosen) == order


def test_every_scenario_of_a_lane_is_there():
    assert {name for lane in scenarios.SIDE_BY_SIDE for name in lane} <= set(scenarios.names())
