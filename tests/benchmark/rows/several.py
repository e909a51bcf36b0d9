# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P8: many hosts in one run in which nothing changed."""

from __future__ import annotations

from tests.benchmark import place
from tests.benchmark.bench import UNCHANGED, Bench
from tests.benchmark.peak import peak
from tests.benchmark.place import Place
from tests.benchmark.results import Figure
from tests.benchmark.sides import playbook
from tests.benchmark.sides.ours import deploy
from tests.benchmark.timing import timed
from tests.hosts import fleet
from tests.tools.process import ToolError

APPS = 10
FORKS = (5, 10, 20)
USUAL = 10
TOGETHER = 4
"""Hosts that boot at the same time: each starts all its apps then."""


def measure(bench: Bench) -> list[Figure]:
    """Copies of one host, asked with several numbers of forks, with one app declared instead of all, and half of them."""
    count = min(APPS, bench.settings.apps)
    stand = bench.stand("ours", count)
    image = fleet.keep(stand.place.name, "fleet")
    names = [f"benchmark-fleet{number:02}" for number in range(1, bench.settings.hosts + 1)]
    try:
        bench.clear()
        for at in range(0, len(names), TOGETHER):
            place.up(names[at : at + TOGETHER], bench.settings.kind, image)
        addresses = {host.name: host.address for host in fleet.running()}
        places = [Place(name, addresses[name], stand.place.control) for name in names]
        for host in places:
            stand.apps.ask(host.address, count)
        return _figures(bench, places, stand.apps.entries(count))
    finally:
        place.down(names)
        fleet.forget(image)


def _figures(bench: Bench, places: list[Place], entries: list[dict[str, object]]) -> list[Figure]:
    half = places[: len(places) // 2]
    runs = {
        "many apps": (places, entries, USUAL),
        "one app": (places, entries[:1], USUAL),
        "half": (half, entries, USUAL),
        **{f"forks {forks}": (places, entries, forks) for forks in FORKS if forks != USUAL},
    }
    timed(
        deploy(places, entries, USUAL), "the fleet, first run"
    )  # Copies boot as after a power cut; this mends what that left.
    values: dict[str, list[float]] = {key: [] for key in runs}
    for _round in range(bench.settings.rounds):
        for key, (hosts, apps, forks) in runs.items():
            ran = timed(deploy(hosts, apps, forks), f"{len(hosts)} hosts × {len(apps)} apps, {forks} forks")
            if changed := {host: count for host, count in playbook.changed(ran.output).items() if count}:
                raise ToolError(f"nothing had changed, but: {changed}\n{ran.output[-4000:]}")
            values[key].append(ran.seconds)
    memory = [peak(deploy(places, entries, max(FORKS))) / 1e6 for _round in range(bench.settings.rounds)]
    name = bench.sides["ours"].name
    found = [
        Figure(key, name, f"{UNCHANGED}, {len(hosts)} hosts × {len(apps)} apps, {forks} forks", "s", tuple(values[key]))
        for key, (hosts, apps, forks) in runs.items()
    ]
    what = f"memory (PSS) of the controller at its peak, {len(places)} hosts, {max(FORKS)} forks"
    return [*found, Figure("memory", name, what, "MB", tuple(memory))]
