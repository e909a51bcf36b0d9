# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that an app's own Python runs, in the Python of the tests and in 2.7 where there is one."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._ownpython import CGI, WSGIREF

from tests.support.python27 import PYTHON27, unknown

PYTHONS = [one for one in (sys.executable, PYTHON27) if one]

WSGI = """\
import sys, time


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1)
    if environ["PATH_INFO"] == "/fails":
        raise ValueError("on purpose")
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "SERVER_NAME", "SERVER_PORT",
             "CONTENT_TYPE", "wsgi.url_scheme", "wsgi.multiprocess", "wsgi.multithread")
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return ["|".join(str(environ[name]) for name in names).encode() + b"|" + body + repr(sys.argv[1:]).encode()]
"""


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def ask(path, target, method="GET", body=None, headers=None):
    connection = Connection(path)
    connection.request(method, target, body, headers or {"Host": "a.example.com:8080", "X-Real-IP": "192.0.2.1"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@contextmanager
def serving(python, home, drain=5):
    (home / "wsgi.py").write_text(WSGI)
    path = str(home / "s")
    words = [python, "-c", WSGIREF, path, "wsgi:application", str(drain)]
    with (home / "log").open("wb") as log, subprocess.Popen(words, cwd=home, stderr=log) as process:
        try:
            for _attempt in range(1000):
                with socket.socket(socket.AF_UNIX) as one:
                    if one.connect_ex(path) == 0:
                        break
                time.sleep(0.02)
            yield path, process
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.mark.parametrize("text", [CGI, WSGIREF])
def test_python_2_7_knows_the_syntax(text):
    assert unknown(text) == []


@pytest.mark.parametrize("python", PYTHONS)
def test_wsgiref_tells_what_nginx_says(python, home):
    with serving(python, home) as (path, _process):
        assert ask(path, "//a%20b//c?x=1") == (
            200,
            "GET||//a b//c|x=1|192.0.2.1|a.example.com|8080||http|False|True|[]",
        )
        headers = {"Host": "a", "X-Forwarded-Proto": "https", "Content-Type": "x/y"}
        assert ask(path, "/", "POST", b"body", headers) == (200, "POST||/|||a|443|x/y|https|False|True|body[]")
        assert ask(path, "/fails")[0] == 500
    assert "ValueError: on purpose" in (home / "log").read_text()


@pytest.mark.parametrize("python", PYTHONS)
def test_wsgiref_ends_after_what_runs(python, home):
    answers = []
    with serving(python, home) as (path, process):
        asking = [threading.Thread(target=lambda: answers.append(ask(path, "/slow")[0])) for _number in range(3)]
        for one in asking:
            one.start()
        time.sleep(0.4)
        process.send_signal(signal.SIGTERM)
        for one in asking:
            one.join()
    assert answers == [200] * 3


@pytest.mark.parametrize("python", PYTHONS)
def test_wsgiref_does_not_wait_for_ever(python, home):
    with serving(python, home, drain=0) as (path, process), socket.socket(socket.AF_UNIX) as one:
        one.connect(path)
        one.sendall(b"GET /slow HTTP/1.1\r\n")
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


@pytest.mark.parametrize("python", PYTHONS)
def test_cgi(python, tmp_path):
    (tmp_path / "wsgi.py").write_text(WSGI)
    environment = {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": "/a", "QUERY_STRING": "", "CONTENT_LENGTH": "4",
        "REMOTE_ADDR": "192.0.2.1", "SERVER_NAME": "a", "SERVER_PORT": "80", "CONTENT_TYPE": "x/y", "HTTPS": "on",
    }  # fmt: skip
    words = [python, "-c", CGI, "wsgi:application"]
    done = subprocess.run(words, cwd=tmp_path, env=environment, input=b"body", capture_output=True, check=True)
    head, _empty, body = done.stdout.partition(b"\r\n\r\n")
    assert head.startswith(b"Status: 200 OK\r\nContent-Type: text/plain")
    assert body == b"POST||/a||192.0.2.1|a|80|x/y|https|True|False|body[]"
