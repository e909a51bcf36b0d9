# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rows work with: settings, and hosts of each side that have some apps already."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmark import place, sides
from tests.benchmark.apps import Apps
from tests.benchmark.place import Place
from tests.benchmark.sides import Side, playbook
from tests.benchmark.timing import timed
from tests.hosts import fleet
from tests.tools.process import ToolError

UNCHANGED = "nothing changed"


@dataclass(frozen=True)
class Settings:
    """How much is measured: ``apps`` of ours, ``peer_apps`` of slower sides, ``hosts`` of a fleet, ``seconds`` of a load."""

    apps: int
    peer_apps: tuple[int, ...]
    rounds: int
    hosts: int
    seconds: int
    kind: str
    peers: Path | None


@dataclass
class Stand:
    """A host that a side has brought to ``count`` apps."""

    side: Side
    place: Place
    apps: Apps
    count: int = 0

    def converge(self, count: int, what: str, python: str = "") -> float:
        """Run the side for the first ``count`` apps, and ask them; return the seconds of the run alone."""
        seconds, _answered = self._run(count, what, python)
        return seconds

    def serve(self, count: int, what: str, python: str = "") -> float:
        """As `converge`, but return the seconds until every app has answered."""
        _seconds, answered = self._run(count, what, python)
        return answered

    def _run(self, count: int, what: str, python: str) -> tuple[float, float]:
        self.apps.write(count)
        command = self.side.converge(self.place, self.apps, count, python)
        begun = time.monotonic()
        ran = timed(command, f"{self.side.name}, {count} apps, {what}")
        self.apps.ask(self.place.address, count)
        answered = time.monotonic() - begun
        changes = playbook.changed(ran.output).get(self.place.name, 0)
        if what == UNCHANGED and self.side.name == "pyhost.platform" and changes:
            raise ToolError(f"{changes} tasks changed something where nothing had changed:\n{ran.output[-4000:]}")
        self.count = max(self.count, count)
        return ran.seconds, answered


class Bench:
    """Makes hosts when a row asks for them, and removes them at the end.

    A host begins with one app: whatever the side installs once is there, and caches are warm. That state is kept as an image
    of each side.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.folder = folder
        self.sides = sides.known(settings.peers)
        self._images: dict[str, tuple[str, Apps]] = {}
        self._stands: dict[str, Stand] = {}
        self._made = 0

    def others(self, *keys: str) -> list[str]:
        """Those of ``keys`` that are measured in this run: the peers may not be there."""
        return [key for key in keys if key in self.sides]

    def stand(self, key: str, count: int) -> Stand:
        """A host of the side with ``count`` apps. A peer may have more, which it does not look at; ours has just these."""
        stand = self._stands.get(key)
        if not stand or (key == "ours" and stand.count > count):
            stand = self._stands[key] = self.fresh(key)
            stand.converge(1, "after a boot")  # It was cut off when it was kept, and mends that.
        if stand.count < count:
            stand.converge(count, "further apps")
        return stand

    def fresh(self, key: str) -> Stand:
        """A host of the side with one app, in place of the one that there may be."""
        image, apps = self.image(key)
        self._stands.pop(key, None)
        stand = Stand(self.sides[key], self._place(key, image), apps.only_first(), count=1)
        stand.apps.ask(stand.place.address, 1)
        return stand

    def image(self, key: str) -> tuple[str, Apps]:
        """The image of a host with one app of the side, and the source of that app."""
        if key not in self._images:
            stand = self.new(key)
            self._images[key] = fleet.keep(stand.place.name, key), stand.apps
        return self._images[key]

    def new(self, key: str) -> Stand:
        """As `fresh`, but from a bare host, for rows that have the first app's directories renamed.

        The file system of a container refuses that for directories of its image (overlayfs, EXDEV of rename(2)).
        """
        self._stands.pop(key, None)
        stand = Stand(self.sides[key], self._place(key), Apps(self.folder / "apps" / key))
        stand.side.prepare(stand.place)
        stand.converge(1, "first deploy to a bare host")
        stand.converge(1, "again")
        return stand

    def _place(self, key: str, image: str = "") -> Place:
        self._made += 1
        return place.fresh(self.name(key), self.settings.kind, self.folder / f"c{self._made}", image)

    def name(self, key: str) -> str:
        return f"benchmark-{key}"

    def clear(self) -> None:
        """Remove all hosts; images stay."""
        place.down([self.name(key) for key in self.sides])
        self._stands.clear()

    def close(self) -> None:
        """Remove whatever there is."""
        self.clear()
        for image, _apps in self._images.values():
            fleet.forget(image)
        self._images.clear()
