# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P7: the memory of cells in which nothing happens."""

from __future__ import annotations

from tests.benchmark.bench import Bench
from tests.benchmark.results import Figure
from tests.support.remote import ask
from tests.tools.process import ToolError


def measure(bench: Bench) -> list[Figure]:
    """The proportional set size (smaps_rollup of proc(5)) of each cell's supervisord and nginx; the apps' own is left out."""
    count = bench.settings.apps
    stand = bench.stand("ours", count)
    names = [f"app{number}" for number in range(1, count + 1)]
    mean, most = [], []
    for _round in range(bench.settings.rounds):
        cells = [kilobytes * 1024 / 1e6 for kilobytes in ask(stand.place.name, "overhead", names).values()]
        if not all(cells):
            raise ToolError(f"{stand.place.name}: a cell has neither supervisord nor nginx")
        mean.append(sum(cells) / count)
        most.append(max(cells))
    name = bench.sides["ours"].name
    return [
        Figure("cell", name, f"memory of an idle cell without its app, mean of {count}", "MB", tuple(mean)),
        Figure("largest", name, "the same, the largest cell", "MB", tuple(most)),
    ]
