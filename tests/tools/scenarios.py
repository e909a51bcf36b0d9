# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Molecule scenarios on real hosts."""

from __future__ import annotations

import sys
from functools import partial

from tests.hosts import engine, fleet
from tests.tools import collections
from tests.tools.environment import MOLECULE_GLOB
from tests.tools.process import ROOT, ToolError
from tests.tools.steps import Report, execute, side_by_side

SIDE_BY_SIDE = (
    ("change", "processes", "cron", "tenants", "runtimes", "status", "services", "platforms", "servers"),
    ("account", "artifact", "backup", "faults", "installers", "refuse", "sources", "recover"),
)
"""Scenarios that run at the same time, for much of each is waiting: the first lane has pyhost-debian13, the second the others. A scenario that is named here in no lane has all hosts for itself."""


def names() -> list[str]:
    """Return the scenarios in order of name; first `default`, which looks at the hosts themselves."""
    found = sorted(path.parent.name for path in ROOT.glob(MOLECULE_GLOB))
    return sorted(found, key=lambda name: name != "default")


def run_some(report: Report, chosen: list[str], *, without_hosts: bool, keep: bool) -> None:
    """Run scenarios on one set of fresh hosts; a scenario that fails does not stop the others."""
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        raise ToolError(f"no such scenario: {', '.join(unknown)}; known: {', '.join(names())}")
    labels = [f"scenario {name}" for name in chosen]
    if without_hosts:
        for label in labels:
            report.left_out(label, "--without-hosts", allowed=True)
        return
    try:
        collections.prepare()
        engine.ensure()
    except ToolError as error:
        print(f"scenarios: {error}", flush=True)
        for label in labels:
            report.left_out(label, str(error).splitlines()[0], allowed=False)
        return
    before = {host.name for host in fleet.running()}
    try:
        if report.step("hosts", lambda: hosts("up", *([] if keep else ["--fresh"]))):
            for lanes in order(chosen):
                side_by_side([partial(_lane, report, lane) for lane in lanes])
        else:
            for label in labels:
                report.left_out(label, "no hosts", allowed=False)
    finally:
        ours = sorted({*fleet.DEFAULT, *(host.name for host in fleet.running())} - before)
        if ours and not keep:
            report.step("removal of hosts", lambda: hosts("down", *ours))


def hosts(*words: str) -> str:
    """Run ``tests.hosts`` with ``words``."""
    return execute([sys.executable, "-m", "tests.hosts", *words])


def order(chosen: list[str]) -> list[list[list[str]]]:
    """What runs one after the other: lanes of scenarios that run beside each other, mostly one lane of one scenario."""
    lanes = [[name for name in lane if name in chosen] for lane in SIDE_BY_SIDE]
    lanes = [lane for lane in lanes if lane]
    alone = [[[name]] for name in chosen if not any(name in lane for lane in lanes)]
    first = [group for group in alone if group == [["default"]]]
    return [*first, *([lanes] if lanes else []), *(group for group in alone if group not in first)]


def _lane(report: Report, lane: list[str]) -> None:
    for name in lane:
        report.step(f"scenario {name}", partial(_molecule, name))


def _molecule(scenario: str) -> str:
    # The hosts outlive a scenario: the next one uses them, and `hosts` removes them.
    return execute(["molecule", "test", "--scenario-name", scenario, "--destroy=never", "--no-command-borders"])
