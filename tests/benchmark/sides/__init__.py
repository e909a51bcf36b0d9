# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to do the job: this collection, stock modules, pyinfra, a shell."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tests.benchmark.apps import Apps
from tests.benchmark.place import Place
from tests.benchmark.timing import Command


class Side(Protocol):
    """One way. ``name`` is what the page calls it."""

    name: str

    def prepare(self, place: Place) -> None:
        """Install what somebody who works this way has on a host already."""

    def converge(self, place: Place, apps: Apps, count: int, python: str = "") -> Command:
        """The command that makes the host have the first ``count`` apps, whatever is there; ``python`` is their branch."""


def known(peers: Path | None) -> dict[str, Side]:
    """The sides by key; without the directory of the peers, ours and the shell alone."""
    from tests.benchmark.sides import bare, ours, pyinfra, stock

    found: dict[str, Side] = {"ours": ours.Ours(), "bare": bare.Bare()}
    if peers:
        found |= {"stock": stock.Stock(peers), "pyinfra": pyinfra.Pyinfra(peers)}
    return found
