# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draw the plot; runs in the virtualenv that has matplotlib, with an order of `tests.benchmark.plot` as its standard input."""

from __future__ import annotations

import json
import sys

import matplotlib  # type: ignore[import-not-found]  # It has a virtualenv of its own.

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "pyhost", "font.size": 11})

from matplotlib import pyplot  # noqa: E402


def main() -> None:
    order = json.load(sys.stdin)
    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    counts = sorted({point[0] for points in order["series"].values() for point in points})
    for number, (side, points) in enumerate(order["series"].items()):
        apps, least, middle, most = zip(*points, strict=True)
        below = [at - low for at, low in zip(middle, least, strict=True)]
        above = [high - at for at, high in zip(middle, most, strict=True)]
        axes.errorbar(apps, middle, yerr=[below, above], marker="osD^"[number % 4], capsize=3, label=side)
        axes.annotate(f"{middle[-1]:.3g} s", (apps[-1], middle[-1]), (6, 6), textcoords="offset points")
    axes.set(xscale="log", yscale="log", xlabel="apps on one host", ylabel="seconds of a run in which nothing changed")
    axes.set_xticks(counts, [str(count) for count in counts])
    axes.set_xticks([], minor=True)
    axes.margins(x=0.12)
    axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(order["file"], metadata={"Date": None})


if __name__ == "__main__":
    main()
