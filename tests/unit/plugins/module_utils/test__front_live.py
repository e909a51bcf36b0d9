# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The generated text in a real nginx, with a server behind it that says what reached it.
import json
import os
import shutil
import socket
import socketserver
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _front
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._models import Requests
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import self_signed

from tests.support.nginx import NGINX, UnixServer, ask, free_port, serving

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

SECONDS = 20


def _version():
    said = subprocess.run([str(NGINX), "-v"], capture_output=True, text=True, check=False).stderr if NGINX else ""
    return tuple(int(part) for part in said.partition("nginx/")[2].split()[0].split(".")) if "nginx/" in said else ()


HTTP2 = _version() >= (1, 25, 1)


class Echo(socketserver.BaseRequestHandler):
    """Answers with the headers that it was sent; ``/slow`` after a second."""

    def handle(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.request.recv(65536)
        first, *lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        if "/slow" in first:
            time.sleep(1)
        body = json.dumps(dict(line.split(": ", 1) for line in lines)).encode()
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


@contextmanager
def front(trusted=(), tls=None, acme=False, plain=False, **requests):
    """A front whose app is up; yields its address, that without TLS if ``plain``, and the path of the app's socket."""
    root = Path(tempfile.mkdtemp(prefix="ph", dir="/tmp"))
    root.chmod(0o755)  # Started by root, workers are nobody.
    port = free_port()
    cell = replace(make_cell("a", "system"), web=f"{root}/web.sock")
    domains = ("a", f"{'.'.join(['long' * 15] * 4)}.de")
    texts = _front.files([_front.Site(cell, domains, Requests(**requests), tls, acme)], trusted, http2=HTTP2)
    secure = free_port()
    if tls:
        pair = self_signed(["a"], datetime.now(UTC))
        (root / f"{tls.stem}.pem").write_text(pair.certificate)
        (root / f"{tls.stem}.key").write_text(pair.key)
    for name, text in texts.items():
        text = text.replace("listen 80", f"listen 127.0.0.1:{port}").replace("[::]:80", f"[::1]:{port}")
        text = text.replace("listen 443", f"listen 127.0.0.1:{secure}").replace("[::]:443", f"[::1]:{secure}")
        for place in (_front.LOGS, _front.TLS_DIRECTORY, _front.ACME):
            text = text.replace(place, str(root))
        (root / name).write_text(text)
    (root / "nginx").write_text(
        f"daemon off; pid {root}/pid; error_log stderr; events {{}} http {{ access_log off; include {root}/*.conf; }}"
    )
    words = [str(NGINX), "-p", str(root), "-c", str(root / "nginx"), "-e", "stderr"]
    try:
        checked = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
        assert (checked.returncode, "[warn]" in checked.stderr) == (0, False), checked.stderr
        with serving(UnixServer(cell.web, Echo)), subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
            os.chmod(cell.web, 0o666)
            try:
                _answers(("127.0.0.1", port))
                yield (("127.0.0.1", secure if tls and not plain else port), Path(cell.web))
            finally:
                process.terminate()
    finally:
        shutil.rmtree(root)


def _said(address, sent):
    """All that comes back until the connection is closed."""
    with socket.create_connection(address, timeout=SECONDS) as one:
        one.sendall(sent)
        return b"".join(iter(lambda: one.recv(65536), b""))


def _answers(address):
    end = time.monotonic() + SECONDS
    while True:
        try:
            ask(address)
            return
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.01)


LIES = (
    "Host: a",
    "X-Real-IP: 6.6.6.6",
    "X-Forwarded-For: 6.6.6.6, 7.7.7.7",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example.com",
    "Proxy: http://evil.example.com:3128",
    "X_Real_IP: 6.6.6.6",
    "X-Own: kept",
)
"""What a client may send; underscores become hyphens in WSGI."""


@pytest.mark.parametrize(
    ("trusted", "client", "scheme"),
    [
        ((), "127.0.0.1", "http"),
        (("10.0.0.0/8", "2001:db8::/32"), "127.0.0.1", "http"),
        # One that is trusted says who asked it, and another one, who asked that.
        (("127.0.0.0/8",), "7.7.7.7", "https"),
        (("127.0.0.0/8", "7.7.0.0/16"), "6.6.6.6", "https"),
    ],
)
def test_only_who_is_trusted_is_believed(trusted, client, scheme):
    with front(trusted) as (address, _app):
        headers = json.loads(ask(address, LIES).body)
    assert headers == {
        "Host": "a",
        "X-Real-IP": client,
        "X-Forwarded-For": client,
        "X-Forwarded-Proto": scheme,
        "X-Forwarded-Host": "a",
        "X-Own": "kept",
    }


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: \x0bchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: gzip, chunked",
        "Content-Length: 0\r\nContent-Length: 5",
        "Content-Length: +5",
    ],
)
def test_no_request_hides_in_another(head):
    """What two servers may read in two ways is answered by the first, and ends the connection (RFC 9112, 6.3)."""
    sent = f"POST / HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
    with front() as (address, _app):
        answers = _said(address, sent.encode())
    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.split()[1] in (b"400", b"501")


def test_an_app_that_is_away_has_a_page():
    with front() as (address, app):
        app.unlink()
        reply = ask(address)
    assert (reply.status, reply.headers["content-type"]) == (502, "text/html")
    assert b"<h1>This site does not answer</h1>" in reply.body


def _curl(address, *words, name="a", scheme="https", path="/"):
    url = f"{scheme}://{name}:{address[1]}{path}"
    asked = ["curl", "--silent", "--insecure", "--resolve", f"{name}:{address[1]}:127.0.0.1", *words, url]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


def test_tls():
    """HTTP/2, the headers that the app is told, and no answer for names that are nobody's."""
    with front(tls=_front.Tls("a-1", hsts=60)) as (address, _app):
        head = _curl(address, "--head").stdout.lower()
        headers = json.loads(_curl(address).stdout)
        nobody = _curl(address, name="nobody")
    assert head.startswith("http/2 200")
    assert "strict-transport-security: max-age=60\n" in head.replace("\r", "")
    assert headers["X-Forwarded-Proto"] == "https"
    assert headers["Host"] == f"a:{address[1]}"
    assert nobody.returncode == 35  # SSL connect error: the handshake was rejected


def test_http_is_led_to_https_with_its_method():
    with front(tls=_front.Tls("a-1"), plain=True) as (address, _app):
        answer = _curl(address, "--include", "--request", "POST", scheme="http").stdout
    assert answer.startswith("HTTP/1.1 308 ")
    assert "Location: https://a/\n" in answer


def test_an_authority_is_answered_while_all_else_is_led_to_https():
    with front(tls=_front.Tls("a-1"), plain=True, acme=True) as (address, app):
        (app.parent / "challenges").mkdir()
        (app.parent / "challenges" / "token").write_text("token.thumb")
        found = _curl(address, scheme="http", path="/.well-known/acme-challenge/token").stdout
        missing = _curl(address, "--include", scheme="http", path="/.well-known/acme-challenge/other").stdout
        page = _curl(address, "--include", scheme="http").stdout
    assert found == "token.thumb"
    assert missing.startswith("HTTP/1.1 404 ")
    assert page.startswith("HTTP/1.1 308 ")


def test_names_of_nobody_get_no_answer():
    with front() as (address, _app), pytest.raises(ConnectionError):
        ask(address, ("Host: nobody",))


def test_a_large_body_is_refused():
    with front(body="1k") as (address, _app):
        assert ask(address, method="POST", body=b"x" * 1024).status == 200
        assert ask(address, method="POST", body=b"x" * 1025).status == 413


def test_a_rate_is_kept():
    with front(rate=1) as (address, _app):
        statuses = [ask(address).status for _number in range(5)]
    assert statuses.count(429) >= 3
    assert set(statuses) <= {200, 429}


def test_connections_are_counted():
    with front(connections=2) as (address, _app):
        words = ["curl", "--silent", "--header", "Host: a", "--write-out", "%{http_code}", "--output", "/dev/null"]
        url = f"http://{address[0]}:{address[1]}/slow"
        asking = [subprocess.Popen([*words, url], stdout=subprocess.PIPE, text=True) for _number in range(4)]
        statuses = sorted(one.communicate()[0] for one in asking)
    assert statuses == ["200", "200", "429", "429"]


def test_each_app_has_a_log():
    with front() as (address, app):
        ask(address, target="/menu")
        log = app.parent / "pyhost-a.log"
        end = time.monotonic() + SECONDS
        while "GET /menu " not in log.read_text():
            assert time.monotonic() < end
            time.sleep(0.01)
