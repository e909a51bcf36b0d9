# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The generated text in a real nginx, with servers behind it that say what reached them.
import getpass
import http.client
import json
import shutil
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._front import files
from ansible_collections.pyhost.platform.plugins.module_utils._locations import compile_locations, render
from ansible_collections.pyhost.platform.plugins.module_utils._models import Location
from ansible_collections.pyhost.platform.plugins.module_utils._nginx import bridge_conf, main_conf, servers_conf

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
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


class UnixServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Place:
    """A cell in a temporary directory, its configuration and the ways to ask it."""

    def __init__(self, root):
        self.cell = replace(make_cell("ramen", "account", root, getpass.getuser()), web=f"{root}/web.sock")
        self.home = Path(self.cell.home)
        for name in ("run", "logs", "conf/nginx.d", "app/static", "static"):
            (self.home / name).mkdir(parents=True)
        (self.home / "app" / "wsgi.py").write_text("secret")
        (self.home / "app" / "static" / "a.css").write_text("a{}")
        self.conf = self.home / "conf" / "nginx.conf"
        self.port, self.app_port = free_port(), free_port()

    def write(self, cell, listen, protocol, bridge):
        names = {name: cell.path(name) for name in ("app", "data", "static")}
        rules = (Location("/static/", "static/", "30d"), Location("/a.css", "static/a.css"))
        text = servers_conf(cell, listen, protocol, render(compile_locations(rules, ".", names)))
        if bridge:
            text += bridge_conf(cell, {"app": self.app_port, "app-next": self.app_port + 1})
        self.conf.write_text(main_conf(cell, cell.path("conf", "nginx.d", "*.conf")))
        (self.home / "conf" / "nginx.d" / "app.conf").write_text(text)

    def words(self, *more):
        return [NGINX, "-p", f"{self.home}/run/", "-c", str(self.conf), "-e", "stderr", *more]

    @contextmanager
    def running(self):
        with subprocess.Popen(self.words(), stderr=subprocess.PIPE, text=True) as process:
            try:
                self._wait(process)
                yield self
            finally:
                process.terminate()

    def _wait(self, process):
        for _attempt in range(500):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
            if process.poll() is not None:
                break
        pytest.fail(f"nginx does not answer: {process.stderr.read()}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def ask(address, headers=(), target="/x%20y?q=1"):
    """Status and body of one GET with just these headers, over TCP or a unix socket."""
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(kind) as one:
        one.settimeout(5)
        one.connect(address)
        lines = [f"GET {target} HTTP/1.1", "Connection: close", *headers]
        one.sendall("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n")
        response = http.client.HTTPResponse(one)
        response.begin()
        return response.status, response.read()


@pytest.fixture(scope="module")
def place():
    root = tempfile.mkdtemp(prefix="ph", dir="/tmp")  # short, because socket paths are
    yield Place(root)
    shutil.rmtree(root)


@pytest.mark.parametrize("bridge", [False, True])
@pytest.mark.parametrize("front", [False, True])
@pytest.mark.parametrize("protocol", ["http", "uwsgi"])
@pytest.mark.parametrize("listen", [(), ("127.0.0.1:{}", "[::1]:{}")])
def test_nginx_takes_every_combination(place, listen, protocol, front, bridge):
    cell = place.cell if front else replace(place.cell, web="")
    place.write(cell, tuple(one.format(place.port) for one in listen), protocol, bridge)
    finished = subprocess.run(place.words("-t"), capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "[warn]" not in finished.stderr


def test_nginx_takes_the_front(tmp_path):
    apps = {name: (make_cell(name, "system"), (f"{name}.example.com", f"www.{name}.example.com")) for name in "ab"}
    for name, text in files(apps).items():
        (tmp_path / name).write_text(
            text.replace("listen 80", "listen 127.0.0.1:8099").replace("[::]:80", "[::1]:8099")
        )
    conf = tmp_path / "nginx"
    conf.write_text(f"pid {tmp_path}/pid;events {{}}\nhttp {{ access_log off; include {tmp_path}/*.conf; }}")
    words = [NGINX, "-t", "-p", str(tmp_path), "-c", str(conf), "-e", "stderr"]
    finished = subprocess.run(words, capture_output=True, text=True, check=False)
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
    place.write(place.cell, (f"127.0.0.1:{place.port}",), "http", bridge=True)
    echo = UnixServer(place.cell.path("run", "app.sock"), Echo)
    behind = TcpServer(("127.0.0.1", place.app_port), Echo)
    with serving(echo), serving(behind), place.running():
        yield place
    Path(place.cell.path("run", "app.sock")).unlink()


def sorted_headers(body):
    return sorted((name.lower(), value) for name, value in json.loads(body)["headers"])


def test_what_a_client_claims_does_not_reach_the_app(http_app):
    status, body = ask(("127.0.0.1", http_app.port), ("Host: ramen.example.com:80", *LIES))
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
    status, body = ask(http_app.cell.web, said)
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
    status, body = ask(http_app.cell.path("run", "app.port.sock"), said)
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
    address = {"listen": ("127.0.0.1", http_app.port), "front": http_app.cell.web, "bridge": bridge}[way]
    kind = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(kind) as one:
        one.settimeout(5)
        one.connect(address)
        one.sendall(b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        stream = one.makefile("rb")
        head = [line.strip() for line in iter(stream.readline, b"\r\n")]
        one.sendall(b"hello")
        assert (head[0], stream.read(5)) == (b"HTTP/1.1 101 Switching Protocols", b"HELLO")


def test_files(http_app):
    address = ("127.0.0.1", http_app.port)
    assert ask(address, ["Host: a"], "/static/a.css") == (200, b"a{}")
    assert ask(address, ["Host: a"], "/a.css") == (200, b"a{}")
    assert ask(address, ["Host: a"], "/static/none")[0] == 404
    assert json.loads(ask(address, ["Host: a"], "/static../wsgi.py")[1])["request"] == "GET /static../wsgi.py HTTP/1.1"


def test_the_switch_needs_no_reload(http_app):
    run = Path(http_app.cell.path("run"))
    address = ("127.0.0.1", http_app.port)
    with serving(UnixServer(str(run / "n-1.sock"), Other)):
        assert ask(address, ["Host: a"])[1] != b"other"
        (run / "app.sock").rename(run / "a-1.sock")
        for target, new in (("n-1.sock", True), ("a-1.sock", False)):
            (run / "stage").symlink_to(target)
            (run / "stage").rename(run / "app.sock")
            assert (ask(address, ["Host: a"])[1] == b"other") is new
    (run / "a-1.sock").rename(run / "app.sock")


def test_uwsgi(http_app):
    place = Place(f"{http_app.cell.home}/u")
    place.write(place.cell, (f"127.0.0.1:{place.port}",), "uwsgi", bridge=False)
    with serving(UnixServer(place.cell.path("run", "app.uwsgi.sock"), Uwsgi)), place.running():
        status, body = ask(("127.0.0.1", place.port), ("Host: ramen.example.com", *LIES))
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
            "HTTPS": "",
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
        status, body = ask(place.cell.web, ("Host: a", "X-Real-IP: 9.9.9.9", "X-Forwarded-Proto: https"))
        values = dict(json.loads(body)["vars"])
        shown = ("REMOTE_ADDR", "HTTPS", "REQUEST_SCHEME", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
        assert [values[name] for name in shown] == ["9.9.9.9", "on", "https", "9.9.9.9", "https"]
        assert (values["SERVER_NAME"], values["SERVER_PORT"]) == ("a", "443")
        values = dict(json.loads(ask(place.cell.web, ("Host: a:8080", "X-Forwarded-Proto: http"))[1])["vars"])
        assert (values["HTTPS"], values["SERVER_NAME"], values["SERVER_PORT"]) == ("", "a", "80")
