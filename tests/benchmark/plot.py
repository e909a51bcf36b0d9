# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plot: seconds against the number of apps when nothing changed, for each side. matplotlib draws it, in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmark.results import Results
from tests.benchmark.spread import spread
from tests.benchmark.tools import PLOT
from tests.tools.process import run

DRAWING = Path(__file__).with_name("draw.py")
ROWS = ("P1", "P2")

Point = tuple[int, float, float, float]
"""Number of apps; least, median and most seconds."""


def series(results: Results) -> dict[str, list[Point]]:
    """The points of each side in order of the number of apps."""
    found: dict[str, dict[int, list[float]]] = {}
    for row in ROWS:
        for figure in results[row].figures if row in results else ():
            if figure.apps:
                found.setdefault(figure.side, {}).setdefault(figure.apps, []).extend(figure.values)
    return {side: [_point(apps, points[apps]) for apps in sorted(points)] for side, points in found.items()}


def _point(apps: int, values: list[float]) -> Point:
    one = spread(values)
    return apps, one.least, one.median, one.most


def draw(results: Results, file: Path) -> None:
    """Write the plot into ``file``, an SVG; the same results give the same bytes."""
    order = json.dumps({"series": series(results), "file": str(file)})
    run([str(PLOT.python), str(DRAWING)], data=order.encode())
