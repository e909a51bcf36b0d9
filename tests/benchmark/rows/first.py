# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P3: the first deploy of many apps to a host that is prepared."""

from __future__ import annotations

from tests.benchmark.bench import Bench
from tests.benchmark.results import Figure

SIDES = ("ours", "bare")


def measure(bench: Bench) -> list[Figure]:
    """What one app more takes and what all of them take, on a new host each round; the difference is what each further one takes."""
    count = bench.settings.apps
    whole: dict[str, list[float]] = {key: [] for key in SIDES}
    further: dict[str, list[float]] = {key: [] for key in SIDES}
    for _round in range(bench.settings.rounds):
        for key in SIDES:
            stand = bench.fresh(key)
            one = stand.serve(2, "first deploy of one more")
            rest = stand.serve(count, "first deploy of all")
            whole[key].append(rest)
            further[key].append((rest - one) / (count - 3))
            bench.clear()
    return [
        figure
        for key in SIDES
        for figure in (
            Figure(key, bench.sides[key].name, f"first deploy of {count - 2} apps", "s", tuple(whole[key])),
            Figure(f"{key} further", bench.sides[key].name, "first deploy, each further app", "s", tuple(further[key])),
        )
    ]
