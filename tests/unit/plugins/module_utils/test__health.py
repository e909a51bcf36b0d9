# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import socket
import socketserver
import struct

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._health import accepted, ask, ask_port


@pytest.mark.parametrize(
    ("status", "accept", "good"),
    [
        (200, "200-399", True),
        (399, "200-399", True),
        (199, "200-399", False),
        (400, "200-399", False),
        (401, "200-399,401", True),
        (402, "200-399, 401 ", False),
        (200, "200", True),
        (201, "200", False),
        (404, "404,200-204", True),
        (204, "404,200-204", True),
    ],
)
def test_accepted(status, accept, good):
    assert accepted(status, accept) is good


def handler(answer, seen):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            seen.append(self.request.recv(65536))
            self.request.sendall(answer)

    return Handler


class Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


REQUEST = (
    b"GET /health?q=1 HTTP/1.1\r\n"
    b"Host: ramen.example.com\r\n"
    b"User-Agent: pyhost-health/1\r\n"
    b"X-Forwarded-Proto: http\r\n"
    b"Connection: close\r\n"
    b"\r\n"
)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200),
        (b"HTTP/1.0 503 Busy\r\n\r\n", 503),
        (b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n", 302),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204),
    ],
)
def test_http(home, serve, answer, status):
    seen = []
    path = str(home / "a.sock")
    with serve(Unix(path, handler(answer, seen))):
        assert ask(path, "http", "ramen.example.com", "/health?q=1") == status
    assert seen == [REQUEST]


def test_port(serve):
    seen = []
    with serve(Tcp(("127.0.0.1", 0), handler(b"HTTP/1.1 201 Created\r\n\r\n", seen))) as server:
        assert ask_port(server.server_address[1], "ramen.example.com", "/health?q=1") == 201
    assert seen == [REQUEST]


def decode(packet):
    """The uwsgi protocol by hand: four bytes of header, then length-prefixed names and values."""
    modifier1, size, modifier2 = struct.unpack("<BHB", packet[:4])
    assert (modifier1, modifier2, size) == (0, 0, len(packet) - 4)
    body, parts = packet[4:], []
    while body:
        length = int.from_bytes(body[:2], "little")
        parts.append(body[2 : 2 + length].decode())
        body = body[2 + length :]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize(
    ("host", "name", "port"),
    [
        ("ramen.example.com", "ramen.example.com", "80"),
        ("127.0.0.1:8000", "127.0.0.1", "8000"),
        ("[::1]:8000", "[::1]", "8000"),
        ("localhost", "localhost", "80"),
    ],
)
def test_uwsgi(home, serve, host, name, port):
    seen = []
    path = str(home / "a.sock")
    with serve(Unix(path, handler(b"HTTP/1.1 200 OK\r\n\r\nok", seen))):
        assert ask(path, "uwsgi", host, "/health?q=1") == 200
    assert decode(seen[0]) == {
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": "/health?q=1",
        "PATH_INFO": "/health",
        "QUERY_STRING": "q=1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "HTTP_HOST": host,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_USER_AGENT": "pyhost-health/1",
    }


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "Remote end closed connection without response"),
        (b"nonsense\r\n\r\n", "nonsense"),
        (b"HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 abc"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, "got more than 100 headers"),
    ],
)
def test_no_answer(home, serve, answer, why):
    path = str(home / "a.sock")
    with serve(Unix(path, handler(answer, []))), pytest.raises(PyhostError) as caught:
        ask(path, "http", "a", "/x")
    assert str(caught.value) == f"GET /x got no answer: {why}"


def test_silence(home):
    path = str(home / "a.sock")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(path)
        mute.listen()
        with pytest.raises(PyhostError) as caught:
            ask(path, "http", "a", "/", timeout=0.05)
    assert str(caught.value) == "GET / got no answer: timed out"


def test_nobody_listens(home):
    with pytest.raises(PyhostError) as caught:
        ask(str(home / "a-1.sock"), "http", "a", "/")
    assert str(caught.value) == "socket a-1.sock does not answer: No such file or directory"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(home / "a-1.sock"))
    with pytest.raises(PyhostError) as caught:
        ask(str(home / "a-1.sock"), "uwsgi", "a", "/")
    assert str(caught.value) == "socket a-1.sock does not answer: Connection refused"
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        with pytest.raises(PyhostError) as caught:
            ask_port(port, "a", "/")
    assert str(caught.value) == f"port {port} does not answer: Connection refused"


def test_a_long_path_fits_the_packet(home, serve):
    seen = []
    path = str(home / "a.sock")
    with serve(Unix(path, handler(b"HTTP/1.1 200 OK\r\n\r\n", seen))):
        assert ask(path, "uwsgi", "a", "/" + "x" * 2000) == 200
    assert len(json.dumps(decode(seen[0])["PATH_INFO"])) == 2003
