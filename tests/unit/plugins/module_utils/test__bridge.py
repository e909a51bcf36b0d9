# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bridge, asked as mod_fcgid asks: records of FastCGI on a socket."""

from __future__ import annotations

import http.server
import os
import socket
import socketserver
import struct
import subprocess
import sys
import threading

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _bridge, _fastcgi
from ansible_collections.pyhost.platform.plugins.module_utils._webroot import SCRIPT
from ansible_collections.pyhost.platform.plugins.plugin_utils import _toolbox

MAIN = """\
import sys
from ansible_collections.pyhost.platform.plugins.module_utils import _bridge
sys.exit(_bridge.main(sys.argv[1], "ramen", "pyhost.fcgi"))
"""


@pytest.mark.parametrize(
    ("place", "uri", "asked", "prefix"),
    [
        ("/pyhost.fcgi", "/", "/", ""),
        ("/pyhost.fcgi", "/a%2Fb/?x=%20&y", "/a%2Fb/?x=%20&y", ""),
        ("/~me/pyhost.fcgi", "/~me/", "/", "/~me"),
        ("/~me/pyhost.fcgi", "/~me", "/", "/~me"),
        ("/~me/pyhost.fcgi", "/%7Eme/a/b?c=/d", "/a/b?c=/d", "/~me"),
        ("/~me/shop/pyhost.fcgi", "/~me/shop/a", "/a", "/~me/shop"),
        ("/pyhost.fcgi", "//evil/", "//evil/", ""),
        ("/pyhost.fcgi", "http://shop.example.com/a?b", "/a?b", ""),
        ("/pyhost.fcgi", "http://shop.example.com", "/", ""),
    ],
)
def test_target(place, uri, asked, prefix):
    """As the visitor wrote it: what was encoded stays encoded."""
    assert _bridge.target({"SCRIPT_NAME": place, "REQUEST_URI": uri}, SCRIPT) == (asked, prefix)


def test_headers():
    params = {
        "HTTP_HOST": "shop.example.com", "HTTP_X_REAL_IP": "6.6.6.6", "HTTP_X_FORWARDED_FOR": "6.6.6.6",
        "HTTP_X_FORWARDED_PREFIX": "/evil", "HTTP_PROXY": "http://evil", "HTTP_CONNECTION": "upgrade",
        "HTTP_ACCEPT": "text/html", "HTTP_X_OWN": "1", "REMOTE_ADDR": "192.0.2.7", "HTTPS": "on",
        "CONTENT_TYPE": "text/plain", "PATH": "/bin",
    }  # fmt: skip
    assert _bridge.headers(params, "/~me") == {
        "host": "shop.example.com", "accept": "text/html", "x-own": "1", "x-real-ip": "192.0.2.7",
        "x-forwarded-proto": "https", "x-forwarded-prefix": "/~me", "content-type": "text/plain", "connection": "close",
    }  # fmt: skip


def test_long_names_and_values_of_params():
    long = "v" * 300
    data = bytes([3]) + struct.pack("!I", 300 | 1 << 31) + b"abc" + long.encode() + bytes([1, 0]) + b"x"
    assert list(_fastcgi.pairs(data)) == [("abc", long), ("x", "")]


class App(http.server.BaseHTTPRequestHandler):
    """Says what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        text = f"{self.command} {self.path} {self.headers['X-Real-IP']} ".encode() + body
        assert self.headers["Accept-Encoding"] is None  # Nobody has asked for that.
        self.send_response(201, "Made")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST

    def address_string(self):
        return "unix"

    def log_message(self, *words):
        pass


def program(home):
    """The bridge, run with our code as hosts have it."""
    for name, text in _toolbox.sources().items():
        (home / "agent" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "agent" / name).write_text(text)
    return [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(home / 'agent')!r})\n{MAIN}", str(home)]


@pytest.fixture
def bridge(home):
    """The socket on which mod_fcgid would ask; the app behind it answers from ``run/web.sock``."""
    (home / "apps" / "ramen" / "run").mkdir(parents=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(home / "fcgi.sock"))
    listening.listen()
    with subprocess.Popen(program(home), stdin=listening) as process:
        listening.close()
        yield home
        process.kill()


@pytest.fixture
def app(home):
    (home / "apps" / "ramen" / "run").mkdir(parents=True, exist_ok=True)
    server = socketserver.ThreadingUnixStreamServer(str(home / "apps" / "ramen" / "run" / "web.sock"), App)
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def record(kind, content, number=1):
    return struct.pack("!BBHHBx", 1, kind, number, len(content), 0) + content


def ask(home, params, body=b""):
    """The answer and what went to the log, as a web server reads them."""
    packed = b""
    for name, value in params.items():
        packed += struct.pack("!II", len(name) | 1 << 31, len(value) | 1 << 31) + name.encode() + value.encode()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(20)
        connection.connect(str(home / "fcgi.sock"))
        parts = [body[start : start + 60000] for start in range(0, len(body), 60000)]
        stream = record(1, b"\0\1" + bytes(6)) + record(4, packed) + record(4, b"")
        connection.sendall(stream + b"".join(record(5, part) for part in parts) + record(5, b""))
        with connection.makefile("rb") as reading:
            found = {6: b"", 7: b""}
            while True:
                _version, kind, _number, length, padding = struct.unpack("!BBHHBx", reading.read(8))
                content = reading.read(length + padding)[:length]
                if kind == 3:
                    return found[6], found[7].decode()
                found[kind] += content


PARAMS = {"REQUEST_METHOD": "GET", "REQUEST_URI": "/a?b", "SCRIPT_NAME": "/pyhost.fcgi", "REMOTE_ADDR": "192.0.2.7"}


def test_an_answer(bridge, app):
    head, _gap, body = ask(bridge, PARAMS)[0].partition(b"\r\n\r\n")
    assert body == b"GET /a?b 192.0.2.7 "
    lines = head.decode().split("\r\n")
    assert lines[0] == "Status: 201 Made"
    assert [line for line in lines if line.startswith("Set-Cookie")] == ["Set-Cookie: a=1", "Set-Cookie: b=2"]


def test_one_process_answers_many(bridge, app):
    for number in range(5):
        answer = ask(bridge, {**PARAMS, "REQUEST_URI": f"/{number}"})[0]
        assert answer.endswith(f"GET /{number} 192.0.2.7 ".encode())


def test_a_large_body_goes_through(bridge, app):
    body = os.urandom(3 << 20)
    sent = {**PARAMS, "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "x/y"}
    assert ask(bridge, sent, body)[0].endswith(b"POST /a?b 192.0.2.7 " + body)


def test_head_has_no_body(bridge, app):
    assert ask(bridge, {**PARAMS, "REQUEST_METHOD": "HEAD"})[0].endswith(b"\r\n\r\n")


def test_an_app_that_is_down_is_said_to_the_web_server(bridge):
    answer, log = ask(bridge, PARAMS)
    assert answer.startswith(b"Status: 503 ")
    assert log.startswith("pyhost: the app ramen does not answer: ")


def test_a_visitor_who_goes_ends_nothing(bridge, app):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(bridge / "fcgi.sock"))
        connection.sendall(record(1, b"\0\1" + bytes(6))[:5])
    assert ask(bridge, PARAMS)[0].startswith(b"Status: 201 ")


def test_by_hand_it_says_what_it_is_for(home):
    done = subprocess.run(program(home), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert (done.returncode, done.stderr[:13]) == (2, b"pyhost-bridge")
