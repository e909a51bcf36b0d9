# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real nginx answers instead of the app: errors and maintenance."""

from __future__ import annotations

import socketserver
import struct
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._locations import compile_locations, render
from ansible_collections.pyhost.platform.plugins.module_utils._models import Location
from ansible_collections.pyhost.platform.plugins.module_utils._nginx import app_rules, bridge_conf
from ansible_collections.pyhost.platform.plugins.module_utils._pages import error_rules, files, maintenance_rules

from tests.support.nginx import NGINX, TcpServer, UnixServer, ask, free_port, new_place, serving

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

ROOT = "my shop's {site};"
STATIC = (Location("/static/", "/srv/app/static/"), Location("/robots.txt", "/srv/app/robots.txt"))
DECLARED = {"404": "errors/404.html", "413": "errors/large", "502": "errors/502.html", "503": "errors/none.html"}
FILES = {
    "static/a.css": "a{}",
    f"{ROOT}/errors/404.html": "own page 404",
    f"{ROOT}/errors/large": "own page 413",
    f"{ROOT}/errors/502.html": "own page 502",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
OURS = {404: b"Page not found", 502: b"does not answer", 503: b"back soon", 504: b"takes too long"}


def answer(path):
    """What the app says: ``/STATUS`` is answered with that status, ``/slow`` not at all."""
    if path == "/slow":
        return None
    status = path.strip("/") or "200"
    body = f"app says {status}".encode()
    return b"HTTP/1.1 %s Said\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(body), body)


class Http(socketserver.StreamRequestHandler):
    def handle(self):
        path = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass
        self.say(answer(path))

    def say(self, text):
        if text is None:
            self.rfile.read()  # nginx gives up
        else:
            self.wfile.write(text)


class Uwsgi(Http):
    def handle(self):
        _modifier, size, _modifier2 = struct.unpack("<BHB", self.rfile.read(4))
        parts, body = [], self.rfile.read(size)
        while body:
            (length,) = struct.unpack("<H", body[:2])
            parts.append(body[2 : 2 + length].decode())
            body = body[2 + length :]
        self.say(answer(dict(zip(parts[::2], parts[1::2], strict=True))["REQUEST_URI"]))


@pytest.fixture(scope="module")
def place():
    with new_place() as one:
        for name, text in FILES.items():
            one.put(f"app/{name}", text)
        for name, text in files(DECLARED).items():
            one.put(f"current/conf/{name}", text)
        yield one


@contextmanager
def running(place, declared, protocol="http", up=True, more=""):
    """The app's usual rules, with pages; the app behind them, if it is ``up``."""
    cell = place.cell
    names = {"before": cell.path("current", "before"), **{name: cell.path(name) for name in ("app", "data", "static")}}
    static = render(compile_locations(STATIC, ROOT, names))
    rules = app_rules(cell, protocol, static, error_rules(cell, ROOT, declared), bool(declared))
    place.write(rules.replace("_read_timeout 300s;", "_read_timeout 1s;"), more)
    socket = Path(cell.path("run", "app.uwsgi.sock" if protocol == "uwsgi" else "app.sock"))
    if not up:
        with place.running():
            yield
        return
    with serving(UnixServer(str(socket), Uwsgi if protocol == "uwsgi" else Http)), place.running():
        yield
    socket.unlink()


PROTOCOLS = pytest.mark.parametrize("protocol", ["http", "uwsgi"])


@PROTOCOLS
def test_nothing_is_declared_and_the_app_says_what_it_likes(place, protocol):
    with running(place, {}, protocol):
        for status in (404, 413, 500, 502, 503, 504):
            assert ask(place.address, target=f"/{status}")[:2] == (status, f"app says {status}".encode())
        assert ask(place.address, target="/static/none").status == 404


def our_page(reply, status, method="GET"):
    assert reply.status == status
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["server"] == "nginx"
    assert (OURS[status] in reply.body) == (method != "HEAD")
    assert b"nginx" not in reply.body
    assert b"ramen" not in reply.body


@PROTOCOLS
def test_nothing_is_declared_and_the_app_is_not_there(place, protocol):
    with running(place, {}, protocol, up=False):
        for method in METHODS:
            our_page(ask(place.address, target="/x?q=1", method=method), 502, method)
            our_page(ask(place.cell.web, target="/x?q=1", method=method), 502, method)
        our_page(ask(place.address, method="POST", body=b"x" * 100_000), 502)
        assert ask(place.address, target="/static/a.css")[:2] == (200, b"a{}")


@PROTOCOLS
def test_nothing_is_declared_and_the_app_is_too_slow(place, protocol):
    with running(place, {}, protocol):
        our_page(ask(place.address, target="/slow"), 504)


NO_FILE = ("/404", "/static/none?q=1", "/static/.hidden", "/robots.txt")
MISSING = {"GET": NO_FILE, "HEAD": NO_FILE, "POST": NO_FILE, "PUT": ("/404",), "DELETE": ("/404",)}


@PROTOCOLS
def test_a_page_stands_for_the_app_and_for_nginx(place, protocol):
    with running(place, DECLARED, protocol):
        for method, targets in MISSING.items():
            for target in targets:
                reply = ask(place.address, target=target, method=method)
                assert reply[:2] == (404, b"" if method == "HEAD" else b"own page 404"), (method, target)
                assert reply.headers["content-type"] == "text/html; charset=utf-8"
        large = ask(place.address, ("Host: a", "Content-Length: 200000000"), method="POST")
        assert (large[:2], large.headers["content-type"]) == ((413, b"own page 413"), "text/html; charset=utf-8")
        assert ask(place.address, target="/502")[:2] == (502, b"own page 502")
        for status in (200, 201, 400, 500, 504):
            assert ask(place.address, target=f"/{status}")[:2] == (status, f"app says {status}".encode())


@PROTOCOLS
def test_a_page_stands_for_an_app_that_is_not_there(place, protocol):
    with running(place, DECLARED, protocol, up=False):
        assert ask(place.address, target="/")[:2] == (502, b"own page 502")


def test_our_page_stands_in_as_long_as_the_tree_has_none(place):
    page = place.home / "app" / ROOT / "errors" / "none.html"
    with running(place, DECLARED):
        our_page(ask(place.address, target="/503"), 503)
        page.write_text("own page 503")
        assert ask(place.address, target="/503")[:2] == (503, b"own page 503")
        page.unlink()
        page.mkdir()
        our_page(ask(place.address, target="/503"), 503)
        page.rmdir()
        page.symlink_to("nowhere")
        our_page(ask(place.address, target="/503"), 503)
        page.unlink()


def test_no_client_can_ask_for_a_page(place):
    with running(place, {}):
        for target in ("/.pyhost/502.html", "/.pyhost//502.html", "/%2epyhost/502.html", "/x/../.pyhost/504.html?q"):
            assert ask(place.address, target=target).status == 404
    with running(place, DECLARED):
        assert ask(place.address, target="/.pyhost/503.html")[:2] == (404, b"own page 404")


def test_an_app_on_a_port_has_the_same_pages(place):
    """The bridge alone knows that the port does not answer; what the app says passes both."""
    ports = {"app": free_port()}
    bridge = place.cell.path("run", "app.port.sock")
    link = place.home / "run" / "app.sock"
    link.symlink_to("app.port.sock")
    with running(place, {}, up=False, more=bridge_conf(place.cell, ports)):
        our_page(ask(bridge), 502)
        our_page(ask(place.address, method="POST", body=b"x"), 502)
        with serving(TcpServer(("127.0.0.1", ports["app"]), Http)):
            for status in (200, 404, 502, 503, 504):
                assert ask(place.address, target=f"/{status}")[:2] == (status, f"app says {status}".encode())
    with running(place, DECLARED, up=False, more=bridge_conf(place.cell, ports)):
        assert ask(place.address)[:2] == (502, b"own page 502")
    link.unlink()


@pytest.fixture
def maintenance(place):
    place.write(maintenance_rules(place.cell, ROOT, {**DECLARED, "503": "errors/soon.html"}))
    with place.running():
        yield place


TARGETS = ("/", "/x?q=1", "/404", "/static/a.css", "/static/", "/robots.txt", "/.pyhost/503.html", "/.pyhost/x")


@pytest.mark.parametrize("target", TARGETS)
def test_maintenance_answers_everything(maintenance, target):
    for address in (maintenance.address, maintenance.cell.web):
        for method in METHODS:
            reply = ask(address, target=target, method=method)
            our_page(reply, 503, method)
            assert reply.headers["retry-after"] == "120"


def test_maintenance_takes_no_notice_of_what_is_sent(maintenance):
    our_page(ask(maintenance.address, method="POST", body=b"x" * 1_000_000), 503)
    our_page(ask(maintenance.address, ("Host: a", "Content-Length: 200000000"), method="POST"), 503)
    upgrade = ("Host: a", "Connection: Upgrade", "Upgrade: websocket")
    our_page(ask(maintenance.address, upgrade), 503)
    for header in ("Range: bytes=0-1", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", "If-None-Match: *"):
        our_page(ask(maintenance.address, ("Host: a", header)), 503)


def test_maintenance_has_the_page_of_the_app_from_the_moment_it_is_there(maintenance):
    ask_both = [maintenance.address, maintenance.cell.web]
    for name in ("503.html", "errors/soon.html"):
        maintenance.put(f"app/{ROOT}/{name}", f"own {name}")
        for address in ask_both:
            reply = ask(address, method="POST")
            assert reply[:2] == (503, f"own {name}".encode())
            assert (reply.headers["retry-after"], reply.headers["content-type"]) == ("120", "text/html; charset=utf-8")
    for name in ("503.html", "errors/soon.html"):
        (maintenance.home / "app" / ROOT / name).unlink()
    our_page(ask(maintenance.address), 503)
