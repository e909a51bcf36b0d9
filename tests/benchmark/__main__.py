# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the rows of the benchmark: ``python3 -m tests.benchmark``, from the root of the repository."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmark import conditions, page, plot, results
from tests.benchmark.bench import Bench, Settings
from tests.benchmark.goals import GOALS
from tests.benchmark.results import Result
from tests.benchmark.rows import CLEARS, ROWS
from tests.benchmark.timing import say
from tests.benchmark.tools import prepare
from tests.hosts import engine
from tests.tools.process import ROOT, ToolError

PAGE = ROOT / "docs" / "benchmark.md"
ORDER = tuple(dict.fromkeys(goal.row for goal in GOALS))


def main() -> int:
    arguments = _parser().parse_args()
    try:
        failed = _measure(arguments)
        found = results.load(ORDER)
        print(page.summary(found, arguments.rows))
        if arguments.write:
            PAGE.write_text(page.page(found))
            plot.draw(found, PAGE.with_suffix(".svg"))
    except ToolError as error:
        print(f"tests.benchmark: {error}", file=sys.stderr)
        return 1
    if failed:
        print(f"tests.benchmark: not measured: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tests.benchmark", description=__doc__)
    add = parser.add_argument
    add("--rows", nargs="+", choices=ORDER, default=ORDER, metavar="ROW", help=f"some of {' '.join(ORDER)}")
    add(
        "--peers",
        type=Path,
        metavar="DIR",
        help="has stock/site.yml and pyinfra/deploy.py; without it they are left out",
    )
    add("--apps", type=int, default=100, metavar="N", help="of ours and of the shell (100)")
    add(
        "--peer-apps",
        type=int,
        nargs="+",
        default=[2, 5],
        metavar="N",
        help="of slower sides: the fewest and the most (2 5)",
    )
    add("--hosts", type=int, default=20, metavar="N", help="of the fleet of P8 (20)")
    add("--rounds", type=int, default=5, metavar="N", help="measurements of each figure (5)")
    add("--seconds", type=int, default=5, metavar="N", help="of each load of P6 (5)")
    add("--kind", default="debian13", help="kind of host (debian13)")
    add("--resume", action="store_true", help="leave rows as they are that have a result")
    add("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)} and the plot from all results there are")
    return parser


def _measure(arguments: argparse.Namespace) -> list[str]:
    """Measure the rows that are wanted; return those that failed. The others are measured all the same."""
    have = results.load(ORDER) if arguments.resume else {}
    rows = [row for row in ROWS if row in arguments.rows and row not in have]
    prepare()
    if not rows:
        return []
    settings = _settings(arguments)
    engine.ensure()
    with tempfile.TemporaryDirectory(prefix="pyhost-benchmark-") as folder:
        bench = Bench(settings, Path(folder))
        try:
            return [row for row in rows if not _tried(bench, row)]
        finally:
            bench.close()


def _tried(bench: Bench, row: str) -> bool:
    try:
        _row(bench, row)
    except (ToolError, OSError, AssertionError, subprocess.SubprocessError) as error:
        say(f"{row}: {error}")
        bench.clear()  # Who knows what state they are in.
        return False
    return True


def _row(bench: Bench, row: str) -> None:
    settings, before, begun = bench.settings, conditions.load(), time.monotonic()
    say(f"{row}: begins, load {before}")
    if row in CLEARS:
        bench.clear()
    figures = ROWS[row](bench)
    said = {**conditions.common(settings.kind, settings.rounds), **conditions.around(before)}
    results.save(Result(row, tuple(figures), said))
    say(f"{row}: {(time.monotonic() - begun) / 60:.1f} minutes")


def _settings(arguments: argparse.Namespace) -> Settings:
    peers = arguments.peers and arguments.peers.resolve()
    for name in ("stock/site.yml", "pyinfra/deploy.py"):
        if peers and not (peers / name).is_file():
            raise ToolError(f"{peers}: no {name}")
    if arguments.apps < 5:
        raise ToolError(f"--apps {arguments.apps}: 5 at least, so that further apps can be told from the first ones")
    return Settings(
        arguments.apps,
        tuple(arguments.peer_apps),
        arguments.rounds,
        arguments.hosts,
        arguments.seconds,
        arguments.kind,
        peers,
    )


if __name__ == "__main__":
    sys.exit(main())
