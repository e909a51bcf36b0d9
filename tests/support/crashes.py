# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill a transaction on a host before its Nth change, with nothing of the collection being different.

The Pythons of the host load `tests.support.crash_point` at their start; an order per user tells it where to die. What the agent
does belongs to the user of its app, what stages do besides to root.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.crash_point import LAST, PLACE
from tests.support.remote import put, shell

SOURCE = Path(__file__).with_name("crash_point.py")
SITES = "/opt/pyhost/tools/lib/python*/site-packages"
NAMES = ("pyhost_crash_point.py", "pyhost_crash_point.pth")


@dataclass(frozen=True)
class Point:
    """One of the changes that a verb of the agent, or a module, makes: number ``at``, or the first that is ``what``."""

    verb: str
    at: int
    what: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.at}: {self.what}"


NOWHERE = Point("", 0)


@contextmanager
def crashing(host: str, points: Mapping[str, Point]) -> Iterator[None]:
    """While the block runs, what each user of ``points`` does dies at its point; `NOWHERE` only counts."""
    # The number of the last point is not the same in every run; it has a name of its own.
    order = {user: {**asdict(point), **({"at": 0} if point.what == LAST else {})} for user, point in points.items()}
    traces = " ".join(shlex.quote(f"{PLACE}/trace-{user}") for user in points)
    shell(host, f"rm -rf {PLACE}; mkdir {PLACE}; touch {traces}; chmod 666 {traces}")
    put(host, PLACE, {"order.json": json.dumps(order).encode()})
    sites = shell(host, f"ls -d {SITES} || true").split()
    for site in sites:
        put(host, site, {NAMES[0]: SOURCE.read_bytes(), NAMES[1]: b"import pyhost_crash_point\n"})
    try:
        yield
    finally:
        files = " ".join(f"{site}/{name}" for site in sites for name in NAMES)
        shell(host, f"rm -f {files} {PLACE}/order.json")


def counted(host: str, user: str) -> list[Point]:
    """The points that ``user``'s transactions came to in the last block, in order; the last one is where one died.

    What one does after its answer, such as removing its own temporary files, is no point.
    """
    rows = (line.split("\t") for line in shell(host, f"cat {PLACE}/trace-{shlex.quote(user)}").splitlines())
    points: list[Point] = []
    for verb, number, what in rows:
        if not points or (points[-1].verb, points[-1].what) != (verb, LAST):
            points.append(Point(verb, int(number), what))
    return points
