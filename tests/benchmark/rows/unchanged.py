# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P1 and P2: a run in which nothing changed, for one app and for many."""

from __future__ import annotations

from tests.benchmark.bench import UNCHANGED, Bench
from tests.benchmark.results import Figure
from tests.benchmark.spread import spread

SLOW = ("stock", "pyinfra")
FEW = 5
"""Ours is measured with a fifth of its apps, too: what each further app costs is between the two."""


def one(bench: Bench) -> list[Figure]:
    """One app, all sides."""
    keys = bench.others("ours", "stock", "pyinfra", "bare")
    return _figures(bench, dict.fromkeys(keys, 1), {key: key for key in keys})


def many(bench: Bench) -> list[Figure]:
    """All apps of ours and of the shell, beside fewer of the slow sides."""
    settings = bench.settings
    few = max(2, settings.apps // FEW)
    found = []
    # The most of ours are measured beside the fewest of the peers: that is the comparison of the goal.
    for ours, theirs, suffix in (
        (few, max(settings.peer_apps), " other"),
        (settings.apps, min(settings.peer_apps), ""),
    ):
        keys = bench.others("ours", "stock", "pyinfra", "bare")
        counts = {key: theirs if key in SLOW else ours for key in keys}
        found += _figures(bench, counts, {key: f"{key}{suffix}" for key in keys})
    values = {figure.key: figure.values for figure in found}
    below = spread(values["ours other"]).median
    further = tuple((value - below) / (settings.apps - few) * 1000 for value in values["ours"])
    between = f"{UNCHANGED}, each further app between {few} and {settings.apps}"
    return [*found, Figure("further", bench.sides["ours"].name, between, "ms", further)]


def _figures(bench: Bench, counts: dict[str, int], keys: dict[str, str]) -> list[Figure]:
    """Measure sides in turns; ``counts`` and ``keys`` say with how many apps, and as which figure."""
    values: dict[str, list[float]] = {key: [] for key in counts}
    for key, count in counts.items():
        bench.stand(key, count)
    for _round in range(bench.settings.rounds):
        for key, count in counts.items():
            values[key].append(bench.stand(key, count).converge(count, UNCHANGED))
    return [
        Figure(
            keys[key],
            bench.sides[key].name,
            f"{UNCHANGED}, {count} app{'s' * (count > 1)}",
            "s",
            tuple(values[key]),
            count,
        )
        for key, count in counts.items()
    ]
