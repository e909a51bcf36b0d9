# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The long tests: rollouts under all the load there can be, and a fault at every point."""

from __future__ import annotations

from tests.hosts import engine, fleet
from tests.tools import scenarios
from tests.tools.process import ROOT, ToolError
from tests.tools.steps import Report, execute

HOSTS = ("pyhost-debian12", "pyhost-debian13")
INVENTORY = ROOT / ".cache" / "hosts" / "inventory.json"
PLACE = ROOT / "tests" / "soak"


SCENARIOS = "scenarios"
"""The part that runs what the scenarios leave to the soak."""


def names() -> list[str]:
    return [*sorted(path.stem.removeprefix("test_") for path in PLACE.glob("test_*.py")), SCENARIOS]


def run_some(report: Report, chosen: list[str], rounds: int, *, keep: bool) -> None:
    """Run parts of the soak on two hosts, fresh unless ``keep``; a part that fails does not stop the others."""
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        raise ToolError(f"no such part of the soak: {', '.join(unknown)}; known: {', '.join(names())}")
    engine.ensure()
    ours = sorted(set(HOSTS) - {host.name for host in fleet.running()})
    words = [] if keep else ["--fresh"]
    if not report.step("hosts", lambda: scenarios.hosts("up", *HOSTS, *words)):
        return
    try:
        for name in chosen:
            report.step(f"soak {name}", lambda name=name: _pytest(name, rounds))  # type: ignore[misc]
    finally:
        if ours and not keep:
            report.step("removal of hosts", lambda: scenarios.hosts("down", *ours))


def _pytest(name: str, rounds: int) -> str:
    if name == SCENARIOS:
        places = [str(path) for path in ROOT.glob("molecule/*/tests")]
        return execute(["pytest", *places, "-m", "soak", f"--ansible-inventory={INVENTORY}", "-rA", "--tb=short"])
    return execute(["pytest", str(PLACE / f"test_{name}.py"), f"--rounds={rounds}", "-m", "", "-rA", "--tb=short"])
