# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P5: the Python of many apps is changed, under load."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, ExitStack

from tests.benchmark.bench import Bench, Stand
from tests.benchmark.results import Figure
from tests.support.load import PROGRAM, Load, running
from tests.tools.process import ToolError

SIDES = ("ours", "bare")
APPS = 20
PYTHONS = ("3.11", "3.13")
LOADED = 4
"""How many of the apps are asked all the while, from the first to the last."""
RATE = 20
HOMES = {"ours": "/home", "bare": "/srv"}


def measure(bench: Bench) -> list[Figure]:
    """Change the Python of all apps, there and back; each time every virtualenv is built anew."""
    count = min(APPS, bench.settings.apps)
    seconds: dict[str, list[float]] = {key: [] for key in SIDES}
    failed: dict[str, list[float]] = {key: [] for key in SIDES}
    stands = {key: bench.new(key) for key in SIDES}
    for stand in stands.values():
        for python in reversed(PYTHONS):  # The first change brings the other Python, which is no part of the row.
            stand.serve(count, f"Python {python}, to begin with", python)
    for number in range(1, bench.settings.rounds + 1):
        for key in SIDES:
            python = PYTHONS[number % 2]
            taken, loads = _change(stands[key], key, count, python)
            seconds[key].append(taken)
            failed[key].append(float(sum(sum(load.failed.values()) for load in loads)))
    what = f"Python of {count} apps changed, until all answer"
    return [
        figure
        for key in SIDES
        for figure in (
            Figure(key, bench.sides[key].name, what, "s", tuple(seconds[key])),
            Figure(
                f"failed{'' if key == 'ours' else ' of bare'}",
                bench.sides[key].name,
                _asked(count),
                "",
                tuple(failed[key]),
            ),
        )
    ]


def _asked(count: int) -> str:
    return f"failed requests meanwhile, {RATE} a second to each of {len(_loaded(count))} of them"


def _loaded(count: int) -> list[str]:
    step = max(1, (count - 1) // (LOADED - 1))
    return [f"app{number}" for number in range(1, count + 1, step)][:LOADED]


def _change(stand: Stand, key: str, count: int, python: str) -> tuple[float, list[Load]]:
    begun = time.time()
    with ExitStack() as stack:
        loads = [stack.enter_context(_load(stand, name, f"Python {python}")) for name in _loaded(count)]
        taken = stand.serve(count, f"Python {python}", python)
    for load in loads:
        if not load.requests:
            raise ToolError("a load asked nothing")
    _built_anew(stand, HOMES[key], count, python, begun)
    return taken, loads


def _load(stand: Stand, name: str, what: str) -> AbstractContextManager[Load]:
    order = {"host": stand.place.address, "port": 80, "domain": f"{name}.test", "path": "/", "rate": RATE}
    return running(lambda argument: [sys.executable, str(PROGRAM), argument], order, what)


def _built_anew(stand: Stand, homes: str, count: int, python: str, begun: float) -> None:
    """Every virtualenv has to be of the branch, and younger than the change; hosts share the clock of this machine."""
    script = f"for n in $(seq {count}); do cfg=$(readlink -f {homes}/app$n/venv)/pyvenv.cfg; stat -c %Y $cfg; grep ^version $cfg; done"
    lines = stand.place.shell(script).splitlines()
    times, versions = lines[::2], lines[1::2]
    if len(versions) != count or not all(f"= {python}." in version for version in versions):
        raise ToolError(f"{stand.side.name}: not all virtualenvs are of Python {python}: {versions}")
    if min(map(int, times)) < int(begun):
        raise ToolError(f"{stand.side.name}: a virtualenv was reused, so nothing can be compared")
