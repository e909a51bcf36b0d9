# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that runs CGI for nginx of a cell: SCGI in, a process for each request. PRIVATE to the collection.

It runs as the app's user, in the app's environment, below Supervisor. At SIGTERM it takes what waits in its queue,
and ends when the processes have, after ``--drain`` seconds at most.
"""

from __future__ import annotations

import argparse
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from ansible_collections.pyhost.platform.plugins.module_utils import _cgirequest, _cgirun

QUEUE = 1024
"""Connections that wait to be accepted."""

MOST = 256
"""Requests that are held at once, running or waiting; further ones stay in the queue. Each takes file descriptors."""

PAUSE = 0.02
"""Seconds between two looks whether there is room again."""

READ_SECONDS = 60
"""Seconds between two pieces of a request; nginx has the whole of it when it begins."""

CUT_SECONDS = 3
"""Seconds for what still runs after the drain."""


def main(words: Sequence[str]) -> int:
    given = _arguments(words)
    ending = signal.SIGTERM, signal.SIGINT
    waking, waker = socket.socketpair()
    for one in (waking, waker):
        one.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    for number in ending:
        signal.signal(number, lambda _number, _frame: None)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(given.socket)
        os.chmod(given.socket, 0o660)
        listening.listen(QUEUE)
        listening.setblocking(False)
        gateway = Gateway(given)
        with selectors.DefaultSelector() as selector:
            selector.register(listening, selectors.EVENT_READ)
            selector.register(waking, selectors.EVENT_READ)
            while not any(key.fileobj is waking for key, _mask in selector.select()):
                gateway.accept(listening)
        gateway.accept(listening)
    gateway.end(given.drain)
    for number in ending:
        signal.signal(number, signal.SIG_IGN)
    return 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("pyhost-cgi")
    parser.add_argument("--socket", required=True)
    parser.add_argument("--root", required=True, help="the directory of the scripts, or of the callable")
    parser.add_argument("--processes", type=int, required=True, help="how many run at once; others wait")
    parser.add_argument("--timeout", type=float, required=True, help="seconds that a process may wait, and may take")
    parser.add_argument("--drain", type=float, required=True)
    parser.add_argument("--scripts", nargs="*", help="what the names of scripts outside of cgi-bin end with")
    parser.add_argument("--wsgi", nargs=2, default=(), help="a Python and a callable that it shall serve")
    return parser.parse_args(words)


class Gateway:
    """Takes connections, each with a thread of its own, and knows what runs."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.site = _cgirequest.Site(given.root, tuple(given.scripts or ()), tuple(given.wsgi), dict(os.environ))
        self.timeout = given.timeout
        self.slots = threading.BoundedSemaphore(given.processes)
        self.threads: set[threading.Thread] = set()
        self.runs: set[_cgirun.Run] = set()
        self.lock = threading.Lock()
        self.cut = False

    def accept(self, listening: socket.socket) -> None:
        """Take the connections that wait, as far as there is room."""
        with suppress(BlockingIOError):
            while len(self.threads) < MOST:
                connection, _address = listening.accept()
                connection.settimeout(READ_SECONDS)
                self._begin(connection)
            time.sleep(PAUSE)

    def _begin(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
        with self.lock:
            self.threads.add(thread)
        try:
            thread.start()
        except RuntimeError as error:  # The cell may have as many tasks as it is allowed (limits.tasks).
            say(f"a request was lost: {error}")
            with self.lock:
                self.threads.discard(thread)
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                self._answer(connection)
        except _cgirequest.Nothing:
            pass
        except (OSError, ValueError) as error:
            say(f"a request was lost: {error}")
        finally:
            with self.lock:
                self.threads.discard(threading.current_thread())

    def _answer(self, connection: socket.socket) -> None:
        with _cgirequest.read(connection) as request:
            found = self.site.find(request.variables)
            if isinstance(found, _cgirequest.Refusal):
                if found.reason:
                    say(f"{request.path}: {found.reason}")
                _cgirun.refuse(connection, found.status)
                return
            if not self.slots.acquire(timeout=self.timeout):
                say(f"{request.path}: no process was free within {self.timeout:.0f} s (config: cgi_processes)")
                _cgirun.refuse(connection, 503)
                return
            try:
                self._run(connection, request, found)
            finally:
                self.slots.release()

    def _run(self, connection: socket.socket, request: _cgirequest.Request, found: _cgirequest.Program) -> None:
        if _cgirun.gone(connection):
            return
        run = _cgirun.Run(connection, request.path, self.timeout, say)
        with self.lock:
            self.runs.add(run)
            if self.cut:
                return
        try:
            run.go(found, request.body)
        finally:
            with self.lock:
                self.runs.discard(run)

    def end(self, drain: float) -> None:
        """Wait for what runs; after ``drain`` seconds it is cut."""
        until = time.monotonic() + drain
        for seconds_more in (0, CUT_SECONDS):
            for thread in self._alive():
                thread.join(max(0.0, until + seconds_more - time.monotonic()))
            if not self._alive():
                return
            with self.lock:
                self.cut = True
                for run in self.runs:
                    run.cut = True

    def _alive(self) -> list[threading.Thread]:
        with self.lock:
            return [thread for thread in self.threads if thread.is_alive()]


def say(text: str) -> None:
    """One line in the log of the app."""
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} cgi: {text}\n")
    sys.stderr.flush()
