# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line of ``bin/test``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial

from tests.support import figures
from tests.tools import environment, lint, sanity, scenarios, soak
from tests.tools.process import ToolError
from tests.tools.steps import Report, execute, side_by_side

# Branch coverage of the pure core below this fails the unit tests.
COVERAGE_FLOOR = 95


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    arguments = _parse()
    report = Report()
    try:
        environment.prepare()
        _run(arguments, report)
    except ToolError as error:
        print(f"bin/test: {error}", file=sys.stderr)
        if report.outcomes:
            report.close()
        return 1
    except KeyboardInterrupt:
        print("bin/test: interrupted", file=sys.stderr)
        return 130
    return report.close()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/test", description="Run the tests; everything when no part is named.")
    parser.add_argument("--without-hosts", action="store_true", help="leave out what needs a container engine")
    parser.add_argument("--keep", action="store_true", help="use hosts that already run, and leave them running")
    parser.add_argument("--rounds", type=int, default=10, metavar="N", help="how often the soak does everything; 10")
    parser.add_argument("part", nargs="?", choices=("unit", "lint", "sanity", "scenario", "soak"))
    parser.add_argument("name", nargs="*", help="scenarios, parts of the soak; arguments of pytest, after `unit`")
    arguments, rest = parser.parse_known_args()
    arguments.name += rest
    if arguments.part not in ("unit", "scenario", "soak") and arguments.name:
        parser.error(f"unexpected: {' '.join(arguments.name)}")
    if arguments.part == "scenario" and not arguments.name:
        parser.error(f"scenario needs a name: {', '.join(scenarios.names())}")
    return arguments


def _run(arguments: argparse.Namespace, report: Report) -> None:
    part = arguments.part
    if part in (None, "scenario", "soak"):
        figures.begin()
    without_hosts: dict[str, Callable[[], object]] = {
        "lint": partial(lint.run_all, report),
        "unit": partial(report.step, "unit tests", lambda: _unit(arguments.name)),
        "sanity": partial(report.step, "sanity", sanity.check),
    }
    lanes = [[name for name in lane if part in (None, name)] for lane in (("lint", "unit"), ("sanity",))]
    side_by_side([partial(_in_order, [without_hosts[name] for name in lane]) for lane in lanes if lane])
    if part in (None, "scenario"):
        chosen = arguments.name or scenarios.names()
        scenarios.run_some(report, chosen, without_hosts=arguments.without_hosts, keep=arguments.keep)
    if part == "soak":
        soak.run_some(report, arguments.name or soak.names(), arguments.rounds, keep=arguments.keep)
    if part in (None, "scenario", "soak"):
        _figures()


def _in_order(steps: list[Callable[[], object]]) -> None:
    for step in steps:
        step()


def _figures() -> None:
    """Show what the loads of this run saw."""
    if found := figures.rows():
        print(f"\n### figures\n{figures.table(found)}")


def _unit(chosen: list[str]) -> str:
    if chosen:
        return execute(["pytest", *chosen])
    coverage = ["--cov", "--cov-branch", "--cov-report=term:skip-covered", f"--cov-fail-under={COVERAGE_FLOOR}"]
    return execute(["pytest", "tests/unit", "--numprocesses=auto", "--dist=loadfile", *coverage])


if __name__ == "__main__":
    sys.exit(main())
