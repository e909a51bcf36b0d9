# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The generated text in a real nginx, with servers behind it that say what reached them.
import json
import os
import signal
import socket
import socketserver
import struct
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._locations import compile_locations, render
from ansible_collections.pyhost.platform.plugins.module_utils._models import Location
from ansible_collections.pyhost.platform.plugins.module_utils._nginx import (
    AS_ASKED,
    SHUTDOWN_MARGIN,
    app_rules,
    bridge_conf,
)

from tests.support.nginx import NGINX, Place, TcpServer, UnixServer, ask, free_port, new_place, serving

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")


class Echo(socketserver.BaseRequestHandler):
    """Answers with what it was asked, as JSON; after an Upgrade it sends back what it gets."""

    def handle(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.request.recv(65536)
        lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        headers = [line.split(": ", 1) for line in lines[1:]]
        if any(name.lower() == "upgrade" for name, _value in headers):
            self.request.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            )
            self.request.sendall(self.request.recv(100).upper())
            return
        body = json.dumps({"request": lines[0], "headers": headers}).encode()
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


class Chat(socketserver.BaseRequestHandler):
    """A websocket that sends back what it gets for as long as it can."""

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n")
        for data in iter(lambda: self.request.recv(100), b""):
            self.request.sendall(data.upper())


class Other(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(65536)
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother")


class Uwsgi(socketserver.BaseRequestHandler):
    """Decodes a packet of the uwsgi protocol by hand and answers with its variables."""

    def handle(self):
        stream = self.request.makefile("rb")
        modifier1, size, modifier2 = struct.unpack("<BHB", stream.read(4))
        body = stream.read(size)
        parts = []
        while body:
            (length,) = struct.unpack("<H", body[:2])
            parts.append(body[2 : 2 + length].decode())
            body = body[2 + length :]
        names, values = parts[::2], parts[1::2]
        answer = json.dumps(
            {"modifiers": [modifier1, modifier2], "vars": [[*pair] for pair in zip(names, values, strict=True)]}
        )
        self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + answer.encode())


class Scgi(socketserver.BaseRequestHandler):
    """Decodes SCGI's variables by hand and answers with them and the length of the body, as CGI does."""

    def handle(self):
        stream = self.request.makefile("rb")
        length = b"".join(iter(lambda: stream.read(1), b":"))
        parts = stream.read(int(length)).decode("latin-1").split("\0")[:-1]
        assert stream.read(1) == b","
        assert parts[0] == "CONTENT_LENGTH"
        found = dict(zip(parts[::2], parts[1::2], strict=True))
        assert len(parts) == 2 * len(found), "no name stands there twice"
        found["body"] = len(stream.read(int(parts[1])))
        self.request.sendall(b"Status: 201 Made\r\nContent-Type: text/plain\r\n\r\n" + json.dumps(found).encode())


APP_PORTS = {"app": free_port(), "app-next": free_port()}


def asked(address, headers=("Host: a",), target="/x%20y?q=1"):
    """Status and body of one GET."""
    return ask(address, headers, target)[:2]


def prepare(place):
    place.put("app/wsgi.py", "secret")
    place.put("app/static/a.css", "a{}")


def write(place, cell, listen, protocol, bridge, drain=30):
    names = {name: cell.path(name) for name in ("app", "data", "static")}
    names["before"] = cell.path("current", "before")
    static = (Location("/static/", "static/", "30d"), Location("/a.css", "static/a.css"))
    rules = app_rules(cell, protocol, render(compile_locations(static, ".", names)), "", False)
    place.write(rules, bridge_conf(cell, APP_PORTS) if bridge else "", listen, cell, drain)


@pytest.fixture(scope="module")
def place():
    with new_place() as one:
        prepare(one)
        yield one


@pytest.mark.parametrize("bridge", [False, True])
@pytest.mark.parametrize("front", [False, True])
@pytest.mark.parametrize("protocol", ["http", "uwsgi", "fastcgi", "scgi"])
@pytest.mark.parametrize("listen", [(), ("127.0.0.1:{}", "[::1]:{}")])
def test_nginx_takes_every_combination(place, listen, protocol, front, bridge):
    cell = place.cell if front else replace(place.cell, web="")
    write(place, cell, tuple(one.format(place.port) for one in listen), protocol, bridge)
    finished = subprocess.run(place.words("-t"), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "[warn]" not in finished.stderr


LIES = (
    "X-Real-IP: 6.6.6.6",
    "x-forwarded-for: 6.6.6.6, 7.7.7.7",
    "X-Forwarded-For: 8.8.8.8",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example.com",
    "Proxy: http://evil.example.com:3128",
    "X_Real_IP: 6.6.6.6",
    "X-Own: kept",
)


@pytest.fixture(scope="module")
def http_app(place):
    write(place, place.cell, place.listen, "http", bridge=True)
    echo = UnixServer(place.cell.path("run", "app.sock"), Echo)
    behind = TcpServer(("127.0.0.1", APP_PORTS["app"]), Echo)
    with serving(echo), serving(behind), place.running():
        yield place
    Path(place.cell.path("run", "app.sock")).unlink()


def sorted_headers(body):
    return sorted((name.lower(), value) for name, value in json.loads(body)["headers"])


def test_what_a_client_claims_does_not_reach_the_app(http_app):
    status, body = asked(http_app.address, ("Host: ramen.example.com:80", *LIES))
    assert (status, json.loads(body)["request"]) == (200, "GET /x%20y?q=1 HTTP/1.1")
    assert sorted_headers(body) == [
        ("host", "ramen.example.com:80"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-host", "ramen.example.com:80"),
        ("x-forwarded-proto", "http"),
        ("x-own", "kept"),
        ("x-real-ip", "127.0.0.1"),
    ]


def test_the_front_is_believed(http_app):
    said = ("Host: a.example.com", "X-Real-IP: 9.9.9.9", "X-Forwarded-Proto: https", "X-Forwarded-For: 6.6.6.6")
    status, body = asked(http_app.cell.web, said)
    assert status == 200
    assert sorted_headers(body) == [
        ("host", "a.example.com"),
        ("x-forwarded-for", "9.9.9.9"),
        ("x-forwarded-host", "a.example.com"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "9.9.9.9"),
    ]


def test_the_bridge_leads_to_the_port_and_changes_nothing(http_app):
    said = ("Host: a.example.com", "X-Real-IP: 9.9.9.9", "X-Forwarded-For: 9.9.9.9", "X-Forwarded-Proto: https")
    status, body = asked(http_app.cell.path("run", "app.port.sock"), said)
    assert status == 200
    assert sorted_headers(body) == [
        ("host", "a.example.com"),
        ("x-forwarded-for", "9.9.9.9"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "9.9.9.9"),
    ]


@pytest.mark.parametrize("way", ["listen", "front", "bridge"])
def test_websockets_pass(http_app, way):
    bridge = http_app.cell.path("run", "app.port.sock")
    address = {"listen": http_app.address, "front": http_app.cell.web, "bridge": bridge}[way]
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(kind) as one:
        one.settimeout(5)
        one.connect(address)
        one.sendall(b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        stream = one.makefile("rb")
        head = [line.strip() for line in iter(stream.readline, b"\r\n")]
        one.sendall(b"hello")
        assert (head[0], stream.read(5)) == (b"HTTP/1.1 101 Switching Protocols", b"HELLO")


def test_rules_that_changed_end_a_websocket_when_its_app_has_ended(http_app):
    """A worker with old rules keeps its connections for ``drain`` and a few seconds, and no longer."""
    drain = 0
    place = Place(f"{http_app.cell.home}/w")
    prepare(place)
    write(place, place.cell, place.listen, "http", bridge=False, drain=drain)
    with (
        serving(UnixServer(place.cell.path("run", "app.sock"), Chat)),
        place.running() as nginx,
        socket.create_connection(place.address, timeout=drain + SHUTDOWN_MARGIN + 30) as one,
    ):
        one.sendall(b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        stream = one.makefile("rb")
        assert stream.readline() == b"HTTP/1.1 101 Switching Protocols\r\n"
        assert [*iter(stream.readline, b"\r\n")]
        begun = time.monotonic()
        os.kill(nginx.pid, signal.SIGHUP)
        one.sendall(b"still here")
        assert stream.read(10) == b"STILL HERE"
        assert stream.read(1) == b""
        assert drain + SHUTDOWN_MARGIN - 0.2 < time.monotonic() - begun < drain + SHUTDOWN_MARGIN + 20


def test_files(http_app):
    address = http_app.address
    assert asked(address, target="/static/a.css") == (200, b"a{}")
    assert asked(address, target="/a.css") == (200, b"a{}")
    assert asked(address, target="/static/none")[0] == 404
    assert json.loads(asked(address, target="/static../wsgi.py")[1])["request"] == "GET /static../wsgi.py HTTP/1.1"


def test_the_switch_needs_no_reload(http_app):
    run = Path(http_app.cell.path("run"))
    address = http_app.address
    with serving(UnixServer(str(run / "n-1.sock"), Other)):
        assert asked(address)[1] != b"other"
        (run / "app.sock").rename(run / "a-1.sock")
        for target, new in (("n-1.sock", True), ("a-1.sock", False)):
            (run / "stage").symlink_to(target)
            (run / "stage").rename(run / "app.sock")
            assert (asked(address)[1] == b"other") is new
    (run / "a-1.sock").rename(run / "app.sock")


@pytest.fixture
def own():
    with new_place() as one:
        prepare(one)
        yield one


def test_scgi(own):
    names = {name: own.cell.path(name) for name in ("app", "data", "static")}
    names["before"] = own.cell.path("current", "before")
    static = compile_locations((Location("/static/", "static/"),), ".", names)
    own.write(AS_ASKED + app_rules(own.cell, "scgi", render(static), "", False))
    with serving(UnixServer(own.cell.path("run", "app.scgi.sock"), Scgi)), own.running():
        lies = ("Host: a:8080", "Proxy: http://evil.example.com", "X-Real-IP: 6.6.6.6", "X-Own: kept")
        status, body, _headers = ask(own.address, lies, "/x%20y//%2Fz?q=1", "POST", b"body")
        assert (status, json.loads(body)) == (201, {**json.loads(body), **SCGI, "SERVER_PORT": str(own.port)})
        assert {"HTTP_PROXY", "HTTPS"}.isdisjoint(json.loads(body))
        status, body, _headers = ask(own.cell.web, ("Host: a", "X-Real-IP: 9.9.9.9", "X-Forwarded-Proto: https"))
        found = json.loads(body)
        shown = ("REMOTE_ADDR", "HTTPS", "SERVER_PORT", "CONTENT_LENGTH", "CONTENT_TYPE", "body")
        assert [found[name] for name in shown] == ["9.9.9.9", "on", "443", "0", "", 0]
        assert ask(own.address, target="/static/a.css")[:2] == (200, b"a{}")


SCGI = {
    "REQUEST_METHOD": "POST",
    "REQUEST_URI": "/x%20y//%2Fz?q=1",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/x y///z",
    "QUERY_STRING": "q=1",
    "CONTENT_LENGTH": "4",
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SERVER_NAME": "a",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "a:8080",
    "HTTP_X_REAL_IP": "127.0.0.1",
    "HTTP_X_OWN": "kept",
    "body": 4,
}


def test_uwsgi(http_app):
    place = Place(f"{http_app.cell.home}/u")
    prepare(place)
    write(place, place.cell, place.listen, "uwsgi", bridge=False)
    with serving(UnixServer(place.cell.path("run", "app.uwsgi.sock"), Uwsgi)), place.running():
        status, body = asked(place.address, ("Host: ramen.example.com", *LIES))
        found = json.loads(body)
        assert (status, found["modifiers"]) == (200, [0, 0])
        names = [name for name, _value in found["vars"]]
        assert len(names) == len(set(names))
        values = dict(found["vars"])
        assert values.pop("REMOTE_PORT").isdigit()
        assert values.pop("DOCUMENT_ROOT").endswith("html")
        assert values == {
            "QUERY_STRING": "q=1",
            "REQUEST_METHOD": "GET",
            "CONTENT_TYPE": "",
            "CONTENT_LENGTH": "",
            "REQUEST_URI": "/x%20y?q=1",
            "PATH_INFO": "/x y",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REQUEST_SCHEME": "http",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_PORT": str(place.port),
            "SERVER_NAME": "ramen.example.com",
            "HTTP_HOST": "ramen.example.com",
            "HTTP_X_REAL_IP": "127.0.0.1",
            "HTTP_X_FORWARDED_FOR": "127.0.0.1",
            "HTTP_X_FORWARDED_PROTO": "http",
            "HTTP_X_FORWARDED_HOST": "ramen.example.com",
            "HTTP_CONNECTION": "close",
            "HTTP_X_OWN": "kept",
        }
        status, body = asked(place.cell.web, ("Host: a", "X-Real-IP: 9.9.9.9", "X-Forwarded-Proto: https"))
        values = dict(json.loads(body)["vars"])
        shown = ("REMOTE_ADDR", "HTTPS", "REQUEST_SCHEME", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
        assert [values[name] for name in shown] == ["9.9.9.9", "on", "https", "9.9.9.9", "https"]
        assert (values["SERVER_NAME"], values["SERVER_PORT"]) == ("a", "443")
        values = dict(json.loads(asked(place.cell.web, ("Host: a:8080", "X-Forwarded-Proto: http"))[1])["vars"])
        assert (values.get("HTTPS"), values["SERVER_NAME"], values["SERVER_PORT"]) == (None, "a", "80")
