# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import contextmanager

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _answering
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError


@contextmanager
def server(answer, first=False):
    """Something on a port of loopback that says ``answer``, ``first`` before it is asked; its questions in a list."""
    asked = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            if not first:
                asked.append(self.request.recv(1000))
            self.request.sendall(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield one.server_address[1], asked
        one.shutdown()


def service(type_, port, **more):
    return {
        "service": "db", "type": type_, "name": "ramen_db", "user": "ramen_db.e3b0c4", "host": "127.0.0.1",
        "port": port, "socket": "", "trust": "", **more,
    }  # fmt: skip


STARTING = b"E\0\0\0\x60SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
GOOD = [
    ("postgresql", b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0", False),
    ("mariadb", b"\x5a\0\0\0\x0a11.8.6-MariaDB\0", True),
    ("redis", b"-NOAUTH Authentication required.\r\n", False),
    ("redis", b"+PONG\r\n", False),
    ("rabbitmq", b"\x01\0\0\0\0\x01\xf0\0\x0a\0\x0a\0\x09", False),
    ("memcached", b"VERSION 1.6.38\r\n", False),
]
BAD = [
    ("postgresql", STARTING, False, "says: the database system is starting up"),
    ("mariadb", b"\x2f\0\0\0\xff\x10\x04#08004Too many connections", True, "says: Too many connections"),
    ("redis", b"-LOADING Redis is loading the dataset in memory\r\n", False, "says: -LOADING Redis is loading the"),
    ("rabbitmq", b"AMQP\0\0\x09\x01", False, "says: AMQP"),
    ("memcached", b"", False, "ends the connection without a word"),
]


@pytest.mark.parametrize(("type_", "answer", "first"), GOOD)
def test_servers_that_would_answer(type_, answer, first):
    with server(answer, first) as (port, _asked):
        _answering.check([service(type_, port)])


@pytest.mark.parametrize(("type_", "answer", "first", "text"), BAD)
def test_servers_that_would_not(type_, answer, first, text):
    with server(answer, first) as (port, _asked), pytest.raises(PyhostError) as caught:
        _answering.check([service(type_, port)])
    assert str(caught.value).startswith(f"the service db ({type_} at 127.0.0.1:{port}) {text}")


def test_postgresql_is_asked_for_the_apps_own_database():
    with server(GOOD[0][1]) as (port, asked):
        _answering.check([service("postgresql", port)])
    [question] = asked
    assert question[8:] == b"user\0ramen_db.e3b0c4\0database\0ramen_db\0\0"
    assert int.from_bytes(question[:4], "big") == len(question)


def test_every_silent_service_is_named():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(PyhostError) as caught:
        _answering.check([service("redis", port), service("memcached", 0, socket="/nowhere/m.sock", service="mem")])
    assert str(caught.value).splitlines() == [
        f"the service db (redis at 127.0.0.1:{port}) does not answer: Connection refused",
        "the service mem (memcached at /nowhere/m.sock) does not answer: No such file or directory",
    ]


def test_nothing_is_sent_to_a_server_that_is_not_trusted(tmp_path):
    """It has no certificate at all."""
    trust = tmp_path / "db.pem"
    trust.write_text("")
    with server(b"S") as (port, asked), pytest.raises(PyhostError):
        _answering.check([service("postgresql", port, trust=str(trust))])
    assert asked in ([], [b"\0\0\0\x08\x04\xd2\x16\x2f"])


def test_no_services():
    _answering.check([])
