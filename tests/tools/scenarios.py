# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Molecule scenarios on real hosts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Sequence
from functools import partial

from tests.hosts import engine, fleet
from tests.support import place
from tests.tools import collections
from tests.tools.environment import MOLECULE_GLOB
from tests.tools.process import ROOT, ToolError
from tests.tools.steps import Report, execute, side_by_side

PLACES = {
    "tenants": ("pyhost-debian13",),
    "platforms": ("pyhost-spare13",),
    "refuse": ("pyhost-debian12", "pyhost-account12"),
    "change": ("pyhost-debian13",),
    "processes": ("pyhost-spare13",),
    "installers": ("pyhost-debian12",),
    "account": ("pyhost-account12",),
    "runtimes": ("pyhost-debian13",),
    "cron": ("pyhost-spare13",),
    "sources": ("pyhost-debian12",),
    "services": ("pyhost-spare13",),
    "recover": ("pyhost-debian12",),
    "status": ("pyhost-spare13",),
    "servers": ("pyhost-spare13",),
    "backup": ("pyhost-debian12",),
    "faults": ("pyhost-debian12",),
    "artifact": ("pyhost-debian12",),
}
"""The hosts of each scenario that leaves the others alone; its tests are told the first one. Those that take longest begin."""

AT_ONCE = 3
"""So many of them run at the same time, for much of each is waiting. A scenario that is not named there has all hosts for itself."""


def names() -> list[str]:
    """Return the scenarios in order of name; first `default`, which looks at the hosts themselves."""
    found = sorted(path.parent.name for path in ROOT.glob(MOLECULE_GLOB))
    return sorted(found, key=lambda name: name != "default")


def run_some(report: Report, chosen: list[str], *, without_hosts: bool, keep: bool) -> None:
    """Run scenarios on one set of fresh hosts; a scenario that fails does not stop the others."""
    unknown = [name for name in chosen if name not in names()]
    if unknown:
        raise ToolError(f"no such scenario: {', '.join(unknown)}; known: {', '.join(names())}")
    labels = [f"scenario {name}" for name in chosen]
    if without_hosts:
        for label in labels:
            report.left_out(label, "--without-hosts", allowed=True)
        return
    try:
        collections.prepare()
        engine.ensure()
    except ToolError as error:
        print(f"scenarios: {error}", flush=True)
        for label in labels:
            report.left_out(label, str(error).splitlines()[0], allowed=False)
        return
    before = {host.name for host in fleet.running()}
    wanted = {name: kind for name, kind in {**fleet.DEFAULT, **fleet.SPARE}.items() if name in needed(chosen)}
    try:
        if report.step(
            "hosts",
            lambda: hosts("up", *(f"{name}={kind}" for name, kind in wanted.items()), *([] if keep else ["--fresh"])),
        ):
            first, placed, last = order(chosen)
            _one_by_one(report, first)
            queue = Queue(placed)
            side_by_side([partial(_from, queue, report)] * min(AT_ONCE, len(placed)))
            _one_by_one(report, last)
        else:
            for label in labels:
                report.left_out(label, "no hosts", allowed=False)
    finally:
        ours = sorted({*wanted, *(host.name for host in fleet.running())} - before)
        if ours and not keep:
            report.step("removal of hosts", lambda: hosts("down", *ours))


def hosts(*words: str) -> str:
    """Run ``tests.hosts`` with ``words``."""
    return execute([sys.executable, "-m", "tests.hosts", *words])


def needed(chosen: Collection[str]) -> set[str]:
    """The hosts to start for scenarios: the standing ones, and of the others those that one of them uses."""
    return {*fleet.DEFAULT, *(host for name in chosen for host in PLACES.get(name, ()))}


def order(chosen: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """What runs by itself at first, what runs side by side, and what runs by itself after that."""
    alone = [name for name in chosen if name not in PLACES]
    first = [name for name in alone if name == "default"]
    return first, [name for name in PLACES if name in chosen], [name for name in alone if name not in first]


class Queue:
    """Scenarios that wait for their hosts; several threads take from it."""

    def __init__(self, waiting: Sequence[str]) -> None:
        self._waiting = list(waiting)
        self._busy: set[str] = set()
        self._changed = threading.Condition()

    def take(self) -> str | None:
        """The next scenario of which all hosts are free, waiting for one if need be; none if no more are left."""
        with self._changed:
            while self._waiting:
                for name in self._waiting:
                    if self._busy.isdisjoint(PLACES[name]):
                        self._waiting.remove(name)
                        self._busy.update(PLACES[name])
                        return name
                self._changed.wait()
        return None

    def give_back(self, name: str) -> None:
        """Say that the hosts of a scenario that was taken are free again."""
        with self._changed:
            self._busy.difference_update(PLACES[name])
            self._changed.notify_all()


def _from(queue: Queue, report: Report) -> None:
    while name := queue.take():
        try:
            report.step(f"scenario {name}", partial(_molecule, name))
        finally:
            queue.give_back(name)


def _one_by_one(report: Report, chosen: Sequence[str]) -> None:
    for name in chosen:
        report.step(f"scenario {name}", partial(_molecule, name))


def _molecule(scenario: str) -> str:
    # The hosts outlive a scenario: the next one uses them, and `hosts` removes them.
    words = ["molecule", "test", "--scenario-name", scenario, "--destroy=never", "--no-command-borders"]
    return execute(words, {place.HOST: PLACES[scenario][0]} if scenario in PLACES else {})
