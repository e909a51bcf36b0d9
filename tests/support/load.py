# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Constant load on one app, in a process of its own: kept connections and new ones, every answer counted."""

from __future__ import annotations

import http.client
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.web import address

MOST_SECONDS = 600
PACE = 0.01
"""Seconds between two requests of one thread: the load shall be constant, not the machine busy."""


@dataclass
class Load:
    """What a load saw: answers by status or kind of error, and the requests per second."""

    answers: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def failed(self) -> dict[str, int]:
        return {what: count for what, count in self.answers.items() if what != "200"}

    def __str__(self) -> str:
        total = sum(self.answers.values())
        return (
            f"{total} requests in {self.seconds:.1f} s ({total / max(self.seconds, 0.1):.0f}/s), {dict(self.answers)}"
        )


@contextmanager
def load(host: str, domain: str, path: str = "/", port: int = 80, threads: int = 2) -> Iterator[Load]:
    """Ask without pause while the block runs; half of the threads open a connection per request.

    A kept connection that the server closes between two requests is opened anew: HTTP allows that
    (RFC 9112 section 9.3.1), and every client library does it.
    """
    target = (address(host), port, domain, path)
    stop = multiprocessing.Event()
    results: multiprocessing.Queue[Counter[str]] = multiprocessing.Queue()
    process = multiprocessing.Process(target=_ask_all, args=(target, threads, stop, results), daemon=True)
    seen = Load()
    process.start()
    begun = time.monotonic()
    try:
        yield seen
    finally:
        stop.set()
        seen.answers.update(results.get(timeout=60))
        seen.seconds = time.monotonic() - begun
        process.join(timeout=10)
        print(f"load on {domain}: {seen}")


def _ask_all(target, threads, stop, results) -> None:  # type: ignore[no-untyped-def]
    counters = [Counter() for _ in range(threads)]
    end = time.monotonic() + MOST_SECONDS
    workers = [
        threading.Thread(target=_ask, args=(target, number % 2 == 0, stop, end, counters[number]))
        for number in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    results.put(sum(counters, Counter()))


def _ask(target, keep, stop, end, counter) -> None:  # type: ignore[no-untyped-def]
    host, port, domain, path = target
    connection = None
    while not stop.is_set() and time.monotonic() < end:
        fresh = connection is None
        if connection is None:
            connection = http.client.HTTPConnection(host, port, timeout=30)
        try:
            connection.request("GET", path, headers={"Host": domain})
            answer = connection.getresponse()
            answer.read()
            counter[str(answer.status)] += 1
            closes = answer.will_close
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as error:
            if fresh:
                counter[type(error).__name__] += 1
            closes = True
        except (OSError, http.client.HTTPException) as error:
            counter[type(error).__name__] += 1
            closes = True
        stop.wait(PACE)
        if closes or not keep:
            connection.close()
            connection = None
