# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The load that proves rollouts has to see every fault: it asks a server that makes them all."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support import asking

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nv1 python"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nv1 python"


@pytest.mark.parametrize(
    ("data", "closed", "expected"),
    [
        (b"", False, None),
        (b"HTTP/1.1 200 OK\r\n", False, None),
        (GOOD, False, (200, b"v1 python", False)),
        (GOOD[:-1], False, None),
        (GOOD[:-1], True, None),
        (LAST, False, (200, b"v1 python", True)),
        (b"HTTP/1.1 204 No Content\r\n\r\n", False, (204, b"", False)),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", False, None),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", True, (200, b"abc", True)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", False, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r", True, None),
        (
            b"HTTP/1.1 502 Bad\r\ntransfer-encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
            False,
            (502, b"abcd", False),
        ),
    ],
)
def test_complete(data: bytes, closed: bool, expected: Any) -> None:
    assert asking.complete(data, closed) == expected


@pytest.mark.parametrize(
    "data", [b"SSH-2.0\r\n\r\n", b"HTTP/1.1 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"]
)
def test_what_is_no_answer(data: bytes) -> None:
    with pytest.raises(asking.Broken):
        asking.complete(data)


@contextmanager
def _server(behave: Callable[[socket.socket, int], None]) -> Iterator[int]:
    """A server that gives each connection, with its number, to ``behave``."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            number = 0
            while True:
                try:
                    connection, _address = listening.accept()
                except OSError:
                    return
                with connection:
                    behave(connection, number)
                number += 1

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def _ask(port: int, monkeypatch: pytest.MonkeyPatch, requests: int, **changes: Any) -> asking.Crowd:
    """One client that keeps its connection asks until ``requests`` are counted."""
    reading, writing = socket.socketpair()
    with reading, writing:
        monkeypatch.setattr("sys.stdin", reading)
        order = {"host": "127.0.0.1", "port": port, "domain": "x", "path": "/", "rate": 0, "seconds": 20, "clients": 1}
        crowd = asking.Crowd({**order, **changes})
        count = crowd.count

        def counted(*args: Any) -> None:
            count(*args)
            if sum(crowd.answers.values()) == requests:
                crowd.seconds = -1  # Over.

        monkeypatch.setattr(crowd, "count", counted)
        crowd.run()
        for client in crowd.clients:
            client.close()
        crowd.selector.close()
    return crowd


def test_answers_and_versions_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    def behave(connection: socket.socket, _number: int) -> None:
        for answer in (GOOD, GOOD.replace(b"v1", b"v2"), b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"):
            if connection.recv(1000):
                connection.sendall(answer)

    with _server(behave) as port:
        crowd = _ask(port, monkeypatch, 3)
    assert crowd.answers == {"200": 2, "502": 1}
    assert crowd.versions == {"v1": 1, "v2": 1}
    assert len(crowd.trouble) == 1


def test_kept_connection_that_ends_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second request of each connection is read, and none of its answer is sent."""

    def behave(connection: socket.socket, _number: int) -> None:
        connection.recv(1000)
        connection.sendall(GOOD)
        connection.recv(1000)

    with _server(behave) as port:
        crowd = _ask(port, monkeypatch, 5)
    assert crowd.answers == {"200": 5}
    assert crowd.asked_again == 4


@pytest.mark.parametrize(
    ("first", "reset", "what"),
    [
        pytest.param(b"", False, "closed", id="new connection, no answer"),
        pytest.param(b"", True, "ConnectionResetError", id="new connection, reset"),
        pytest.param(b"HTTP/1.1 2", False, "closed within an answer", id="half a head"),
        pytest.param(GOOD[:-1], False, "closed within an answer", id="half a body"),
        pytest.param(b"hello\r\n\r\n", False, "no HTTP", id="no HTTP"),
    ],
)
def test_broken_answer_is_a_failure(monkeypatch: pytest.MonkeyPatch, first: bytes, reset: bool, what: str) -> None:
    def behave(connection: socket.socket, number: int) -> None:
        connection.recv(1000)
        connection.sendall(LAST if number else first)
        if reset and not number:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with _server(behave) as port:
        crowd = _ask(port, monkeypatch, 3)
    assert crowd.answers == {what: 1, "200": 2}
    assert crowd.asked_again == 0


def test_refused_connection_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert _ask(port, monkeypatch, 2, rate=100).answers == {"connect: ECONNREFUSED": 2}


def test_answer_that_does_not_come_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.1)
    done = threading.Event()
    with _server(lambda _connection, _number: done.wait(10) and None) as port:
        crowd = _ask(port, monkeypatch, 1)
        done.set()
    assert crowd.answers == {"no answer": 1}


def test_rate_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def behave(connection: socket.socket, _number: int) -> None:
        while connection.recv(1000):
            connection.sendall(GOOD)

    with _server(behave) as port:
        crowd = _ask(port, monkeypatch, 11, rate=50)
    assert crowd.answers == {"200": 11}
    assert crowd.result()["seconds"] >= 0.2


def test_order_and_result_are_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    order = '{"host": "127.0.0.1", "port": 1, "domain": "x", "path": "/", "rate": 0, "seconds": 0, "clients": 0}'
    monkeypatch.setattr("sys.argv", ["asking", order])
    reading, writing = socket.socketpair()
    with reading, writing:
        monkeypatch.setattr("sys.stdin", reading)
        asking.main()
    output = io.StringIO(capsys.readouterr().out)
    assert output.readline() == "ready\n"
    assert '"answers": {}' in output.readline()
