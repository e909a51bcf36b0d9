# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that puts load on an app: one process, no threads, half of its clients keep their connection.

It runs here or, sent over SSH, on a host: it needs nothing but Python 3.9. Its argument is an order as JSON, the end of its
standard input ends it, and its result is JSON on standard output.
"""

from __future__ import annotations

import errno
import json
import selectors
import socket
import sys
import time
from collections import Counter
from typing import Any

PATIENCE = 30.0
"""Seconds without a complete answer after which a request counts as hanging."""

PREFIX = 16
"""Bytes of an answer that name a version, at most; its first word is taken."""

TICK = 0.05
"""Seconds that the program sleeps at most before it looks whether it is to end."""


class Broken(Exception):
    """What a server sent is no answer."""


def complete(data: bytes, closed: bool = False) -> tuple[int, bytes, bool] | None:
    """Status, body and whether the connection ends, once ``data`` holds a whole answer to a GET.

    ``closed`` says that no more comes. Raises `Broken` for what is no HTTP.
    """
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = data[:end].split(b"\r\n")
    words = lines[0].split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise Broken("no HTTP")
    fields = {name.strip().lower(): value.strip() for name, _colon, value in (x.partition(b":") for x in lines[1:])}
    status, rest = int(words[1]), data[end + 4 :]
    closes = fields.get(b"connection", b"").lower() == b"close"
    if status in (204, 304):
        return status, b"", closes
    if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        body = _joined(rest)
        return None if body is None else (status, body, closes)
    if b"content-length" in fields:
        length = int(fields[b"content-length"])
        return (status, rest[:length], closes) if len(rest) >= length else None
    return (status, rest, True) if closed else None


def _joined(rest: bytes) -> bytes | None:
    """The body in chunks ``rest``; None while the last one is not there."""
    body, at = b"", 0
    while True:
        line = rest.find(b"\r\n", at)
        if line < 0:
            return None
        try:
            size = int(rest[at:line].partition(b";")[0], 16)
        except ValueError:
            raise Broken("no chunk") from None
        at = line + 2 + size + 2
        if len(rest) < at:
            return None
        if not size:
            return body
        body += rest[line + 2 : at - 2]


class Client:
    """One after the other: connect, ask, read. It keeps its connection, or makes one for each request."""

    def __init__(self, crowd: Crowd, keep: bool) -> None:
        self.crowd, self.keep = crowd, keep
        self.connection: socket.socket | None = None
        self.used = False
        "Whether the connection has brought an answer before."
        self.asked = 0.0
        self.data = b""
        self.sent = False

    def ask(self, now: float) -> None:
        self.asked, self.data = now, b""
        if self.connection:
            self._send()
        else:
            self._connect()

    def _connect(self) -> None:
        self.used, self.sent = False, False
        self.connection = socket.socket(self.crowd.family, socket.SOCK_STREAM)
        self.connection.setblocking(False)
        status = self.connection.connect_ex(self.crowd.address)
        if status not in (0, errno.EINPROGRESS):
            self._end(errno.errorcode.get(status, "connect"))
            return
        self.crowd.selector.register(self.connection, selectors.EVENT_WRITE, self)

    def _send(self) -> None:
        assert self.connection
        self.sent = True
        try:
            self.connection.send(self.crowd.questions[self.keep])
        except OSError as error:
            self._broken(type(error).__name__)

    def ready(self, mask: int) -> None:
        assert self.connection
        if mask & selectors.EVENT_WRITE:
            status = self.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if status:
                self._end(f"connect: {errno.errorcode.get(status, status)}")
                return
            self.crowd.selector.modify(self.connection, selectors.EVENT_READ, self)
            self._send()
            return
        try:
            data = self.connection.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError as error:
            self._broken(type(error).__name__)
            return
        if not self.asked:  # Between two requests: the server ends a connection that is idle.
            self.close()
            return
        self.data += data
        try:
            answer = complete(self.data, closed=not data)
        except Broken as error:
            self._end(str(error))
            return
        if answer is None:
            if not data:
                self._broken("closed")
        elif self.keep or not data:
            # Who asked for the end of the connection waits for it: the address in use stays at the server.
            self._end(str(answer[0]), answer[1], keep=self.keep and not answer[2] and bool(data))

    def _broken(self, how: str) -> None:
        """The connection is gone. A kept one may end while a request is on its way, and HTTP lets us ask again then."""
        self.close()
        if not self.asked:
            return
        if self.used and not self.data:
            self.crowd.asked_again += 1
            self._connect()
        else:
            self._end(f"{how} within an answer" if self.data else how)

    def _end(self, what: str, body: bytes = b"", keep: bool = False) -> None:
        self.crowd.count(what, body, self.asked)
        self.asked, self.used = 0.0, True
        if not keep:
            self.close()
        self.crowd.idle.append(self)

    def close(self) -> None:
        if self.connection:
            if self.connection.fileno() in self.crowd.selector.get_map():
                self.crowd.selector.unregister(self.connection)
            self.connection.close()
        self.connection = None


class Crowd:
    """The clients, the clock that tells them when to ask, and what they saw."""

    def __init__(self, order: dict[str, Any]) -> None:
        found = socket.getaddrinfo(order["host"], order["port"], type=socket.SOCK_STREAM)[0]
        self.family, self.address = found[0], found[4]
        question = f"GET {order['path']} HTTP/1.1\r\nHost: {order['domain']}\r\nUser-Agent: pyhost-load\r\n"
        self.questions = {True: f"{question}\r\n".encode(), False: f"{question}Connection: close\r\n\r\n".encode()}
        self.rate = order["rate"]
        self.seconds = order["seconds"]
        self.selector = selectors.DefaultSelector()
        self.clients = [Client(self, number % 2 == 0) for number in range(order["clients"])]
        self.idle = list(self.clients)
        self.answers: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()
        self.asked_again = 0
        self.slowest = 0.0
        self.times: Counter[int] = Counter()
        self.trouble: list[float] = []
        self.begun = time.monotonic()

    def count(self, what: str, body: bytes, asked: float) -> None:
        now = time.monotonic()
        self.answers[what] += 1
        self.slowest = max(self.slowest, now - asked)
        self.times[int((now - asked) * 1000)] += 1
        if what == "200":
            word = body[: 2 * PREFIX].split(None, 1)
            self.versions[word[0][:PREFIX].decode("ascii", "replace") if word else ""] += 1
        else:
            self.trouble = [*self.trouble[:1], now - self.begun]

    def run(self) -> None:
        """Ask until standard input ends or the time is over, then wait for the answers that are due."""
        self.selector.register(sys.stdin, selectors.EVENT_READ, None)
        turn = look = self.begun
        ending = False
        while not ending or len(self.idle) < len(self.clients):
            now = time.monotonic()
            ending = ending or now - self.begun > self.seconds
            for _number in range(len(self.idle)):
                if ending or turn > now:
                    break
                # A moment lost is not made up for: the load is constant and not a burst.
                turn = max(turn + 1 / self.rate, now - TICK) if self.rate else now
                self.idle.pop(0).ask(now)
            wait = max(0.0, min(TICK, turn - now)) if self.idle and not ending else TICK
            for key, mask in self.selector.select(wait):
                if key.data is None:
                    ending = True
                    self.selector.unregister(sys.stdin)
                else:
                    key.data.ready(mask)
            if now > look:
                look = now + 1
                self._give_up(now)

    def _give_up(self, now: float) -> None:
        for client in self.clients:
            if client.asked and now - client.asked > PATIENCE:
                client._end("no answer")

    def _most(self, part: float) -> float:
        """Seconds in which ``part`` of the answers were there."""
        left = part * sum(self.times.values())
        for milliseconds, count in sorted(self.times.items()):
            left -= count
            if left <= 0:
                return (milliseconds + 1) / 1000
        return 0.0

    def result(self) -> dict[str, Any]:
        return {
            "answers": self.answers,
            "versions": self.versions,
            "asked_again": self.asked_again,
            "slowest": self.slowest,
            "p99": self._most(0.99),
            "trouble": self.trouble,
            "seconds": time.monotonic() - self.begun,
        }


def main() -> None:
    crowd = Crowd(json.loads(sys.argv[1]))
    print("ready", flush=True)
    crowd.run()
    print(json.dumps(crowd.result()))


if __name__ == "__main__":
    main()
