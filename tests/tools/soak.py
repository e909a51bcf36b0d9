# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The long tests: rollouts under all the load there can be, and a fault at every point."""

from __future__ import annotations

from functools import partial

from tests.hosts import engine, fleet
from tests.support import place
from tests.tools import collections, scenarios
from tests.tools.process import ROOT, ToolError
from tests.tools.steps import Report, execute, side_by_side

HOSTS = ("pyhost-debian12", "pyhost-debian13")
ACCOUNTS = ("pyhost-account12", "pyhost-account13")
"""Hosts that only what scenarios leave to the soak needs."""

INVENTORY = ROOT / ".cache" / "hosts" / "inventory.json"
PLACE = ROOT / "tests" / "soak"


SCENARIOS = "scenarios"
"""The part that runs what scenarios and unit tests leave to the soak."""

BUSY = ("rollouts", "runtimes", "tenants", SCENARIOS)
"""Parts that need the whole machine, or both hosts."""

ON_FIRST = ("growth", "host", "many")
"""Parts that run on the first host, while the others run on the second."""


def names() -> list[str]:
    return [*sorted(path.stem.removeprefix("test_") for path in PLACE.glob("test_*.py")), SCENARIOS]


def run_some(report: Report, chosen: list[str], rounds: int, *, keep: bool) -> None:
    """Run parts of the soak on two hosts, fresh unless ``keep``; a part that fails does not stop the others."""
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        raise ToolError(f"no such part of the soak: {', '.join(unknown)}; known: {', '.join(names())}")
    collections.prepare()
    engine.ensure()
    wanted = [*HOSTS, *(ACCOUNTS if SCENARIOS in chosen else ())]
    ours = sorted(set(wanted) - {host.name for host in fleet.running()})
    words = [] if keep else ["--fresh"]
    if not report.step("hosts", lambda: scenarios.hosts("up", *wanted, *words)):
        return
    try:
        lanes = [
            [name for name in chosen if name not in BUSY and (name in ON_FIRST) == first] for first in (True, False)
        ]
        side_by_side([partial(_lane, report, lane, rounds) for lane in lanes])
        _lane(report, [name for name in chosen if name in BUSY], rounds)
    finally:
        if ours and not keep:
            report.step("removal of hosts", lambda: scenarios.hosts("down", *ours))


def _lane(report: Report, lane: list[str], rounds: int) -> None:
    for name in lane:
        report.step(f"soak {name}", partial(_pytest, name, rounds))


def _pytest(name: str, rounds: int) -> str:
    shown = ["-vv", "-rA", "--tb=short"]
    if name == SCENARIOS:
        places = [str(path) for path in (ROOT / "tests" / "unit", *ROOT.glob("molecule/*/tests"))]
        return execute(["pytest", *places, "-m", "soak", f"--ansible-inventory={INVENTORY}", *shown])
    words = ["pytest", str(PLACE / f"test_{name}.py"), f"--rounds={rounds}", "-m", "", *shown]
    return execute(words, {place.HOST: HOSTS[name not in ON_FIRST]})
