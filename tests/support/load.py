# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Constant load on one app while a block runs: kept connections and new ones, every answer counted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support import figures
from tests.support.web import address

PROGRAM = Path(__file__).with_name("asking.py")
MOST_SECONDS = 3600
END_SECONDS = 60

RATE = 60
"""Requests a second: the load shall be constant, not the machine busy."""

CLIENTS = 4

UNBOUNDED = 0
"""The rate of as much as 32 clients and the machine give."""
CROWD = 32


@dataclass
class Load:
    """What a load saw: answers by status or kind of error, and by version, which is the first word of the answer.

    A request on a kept connection that the server closed before any byte of the answer is asked again: HTTP allows that
    (RFC 9112 section 9.3.1), every client library does it, and ``asked_again`` counts it.
    """

    answers: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    asked_again: int = 0
    slowest: float = 0.0
    p99: float = 0.0
    "Seconds in which 99 of 100 answers were there."
    trouble: list[float] = field(default_factory=list)
    "Seconds from the beginning to the first and to the last answer that was not 200."
    seconds: float = 0.0
    what: str = ""
    "What was done meanwhile; the block may say it."

    @property
    def failed(self) -> dict[str, int]:
        return {what: count for what, count in self.answers.items() if what != "200"}

    @property
    def requests(self) -> int:
        return sum(self.answers.values())

    @property
    def rate(self) -> float:
        return self.requests / max(self.seconds, 0.1)

    @property
    def outage(self) -> float:
        """Seconds from the first answer that was not 200 to the last."""
        return self.trouble[-1] - self.trouble[0] if self.trouble else 0.0

    def take(self, result: str) -> None:
        """Fill in what the program printed at its end."""
        for name, value in json.loads(result).items():
            setattr(self, name, Counter(value) if isinstance(value, dict) else value)

    def __str__(self) -> str:
        return (
            f"{self.requests} requests in {self.seconds:.1f} s ({self.rate:.0f}/s), {dict(self.answers)}, "
            f"p99 {self.p99 * 1000:.0f} ms, slowest {self.slowest * 1000:.0f} ms, versions {dict(self.versions)}"
        )


@contextmanager
def load(host: str, domain: str, path: str = "/", port: int = 80, rate: float = RATE, what: str = "") -> Iterator[Load]:
    """Ask ``domain`` on the inventory's ``host`` while the block runs; half of the clients keep their connection.

    ``rate`` is the number of requests a second, `UNBOUNDED` for as many as there can be. What was seen is complete after the
    block, printed, and kept as a figure of the test; ``what`` says there what was done.
    """
    order = {"host": address(host), "port": port, "domain": domain, "path": path, "rate": rate}
    with running(lambda argument: [sys.executable, str(PROGRAM), argument], order, what) as seen:
        yield seen


@contextmanager
def running(command: Callable[[str], list[str]], order: dict[str, Any], what: str) -> Iterator[Load]:
    """Have ``command`` run the program with ``order`` while the block runs; it makes a command line of the argument."""
    clients = CLIENTS if order["rate"] else CROWD
    argument = json.dumps({**order, "clients": clients, "seconds": MOST_SECONDS})
    seen = Load(what=what)
    with subprocess.Popen(command(argument), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield seen
        finally:
            output, _errors = process.communicate(timeout=END_SECONDS)  # The end of its input ends the load.
            seen.take(output)
            figures.add(seen, f"{order['domain']}{order['path']}")
