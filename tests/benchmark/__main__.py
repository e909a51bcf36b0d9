# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line: ``python3 -m tests.benchmark``, from the root of the repository."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.benchmark import conditions, rounds, table
from tests.benchmark.tools import prepare
from tests.hosts import engine
from tests.tools.process import ROOT, ToolError

PAGE = ROOT / "docs" / "benchmark.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tests.benchmark", description=__doc__)
    parser.add_argument("--apps", type=int, nargs="+", default=[1, 20], metavar="N", help="numbers of apps (1 20)")
    parser.add_argument("--runs", type=int, default=3, help="rounds; each begins on a fresh host (3)")
    parser.add_argument("--peers", type=Path, metavar="DIR", help="where stock/site.yml is; measured beside ours")
    parser.add_argument("--peer-apps", type=int, nargs="+", metavar="N", help="as --apps, for the peers alone")
    parser.add_argument("--peer-runs", type=int, help="as --runs, for the peers alone")
    parser.add_argument("--kind", default="debian12", help="kind of host (debian12)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    arguments = parser.parse_args()
    try:
        text = _measure(arguments)
    except ToolError as error:
        print(f"tests.benchmark: {error}", file=sys.stderr)
        return 1
    print(text)
    if arguments.write:
        PAGE.write_text(text)
    return 0


def _measure(arguments: argparse.Namespace) -> str:
    ours = rounds.Side("pyhost.platform", tuple(arguments.apps), arguments.runs)
    sides = [ours]
    if arguments.peers:
        peers = arguments.peers.resolve()
        if not (peers / "stock" / "site.yml").is_file():
            raise ToolError(f"{peers}: no stock/site.yml")
        numbers = tuple(arguments.peer_apps or arguments.apps)
        sides.append(rounds.Side("stock modules", numbers, arguments.peer_runs or arguments.runs, peers))
    prepare()
    engine.ensure()
    before = conditions.load()
    measured = rounds.measure(sides, arguments.kind)
    return table.page(sides, measured, conditions.lines(arguments.kind, before))


if __name__ == "__main__":
    sys.exit(main())
