# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same app gives the same answers under every server, also while a new version comes."""

from __future__ import annotations

import hashlib
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest

from molecule.servers.tests.conftest import (
    EVERY,
    HOST,
    LONG,
    SERVERS,
    Mirrors,
    ask,
    connect,
    domain,
    logged,
    name_of,
    visitor,
)
from tests.support.deploy import good
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import Answer

testinfra_hosts = [f"ansible://{HOST}"]


def sums(body: bytes) -> list[Any]:
    """What the app says of a body."""
    return [len(body), hashlib.sha256(body).hexdigest()]


UPLOAD = bytes(range(256)) * 20_000
RATE = {"cgi": 4}
"""Requests a second, where a request takes a process."""

CHUNKS = [b"a" * 9, b"b" * 70_000]

CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # name: what is asked, and what the app is told besides what holds of every request
    "plain": (
        {"target": "/shop"},
        {"PATH_INFO": "/shop", "QUERY_STRING": "", "CONTENT_TYPE": "", "CONTENT_LENGTH": "", "SERVER_PORT": "80"},
    ),
    "percent": (
        {"target": "/a%20b/%C3%A9?x=1&y=%20%26"},
        {"PATH_INFO": "/a b/\u00e9", "QUERY_STRING": "x=1&y=%20%26"},
    ),
    "slash": ({"target": "/a%2Fb"}, {"PATH_INFO": "/a/b"}),
    "slashes": ({"target": "//a///b/?//"}, {"PATH_INFO": "//a///b/", "QUERY_STRING": "//"}),
    "form": (
        {"target": "/form", "method": "POST", "body": b"a=1&b=2", "headers": {"Content-Type": "x/form"}},
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "x/form", "CONTENT_LENGTH": "7", "body": sums(b"a=1&b=2")},
    ),
    "upload": (
        {"target": "/upload", "method": "PUT", "body": UPLOAD},
        {"REQUEST_METHOD": "PUT", "CONTENT_LENGTH": "5120000", "body": sums(UPLOAD)},
    ),
    "chunks": (
        {"target": "/upload", "method": "POST", "body": CHUNKS},
        {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "70009", "body": sums(b"".join(CHUNKS))},
    ),
    "lies": (
        {"target": "/lies", "headers": {"Proxy": "http://evil.example.com", "X-Real-IP": "192.0.2.1"}},
        {"HTTP_X_FORWARDED_PROTO": "http"},
    ),
    "secure": (
        {"target": "/shop", "secure": True},
        {"scheme": "https", "SERVER_PORT": "443", "HTTP_X_FORWARDED_PROTO": "https"},
    ),
}


OF_APACHE = ("slash", "slashes", "SERVER_PORT")
"""What Apache takes its own way: cases and names. It answers %2F with 404, makes one slash of several, and tells its port."""


@pytest.mark.parametrize("server", EVERY)
def test_W06_the_same_app_is_told_the_same(mirrors: Mirrors, server: str) -> None:
    app = mirrors.app(server)
    always = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "HTTP_HOST": domain(app),
        "SERVER_NAME": domain(app),
        "client": visitor(),
        "HTTP_X_REAL_IP": visitor(),
        "scheme": "http",
        "proxy": [],
        "body": sums(b""),
    }
    own_way = OF_APACHE if server in LONG else ()
    for case, (asked, wanted) in CASES.items():
        if case in own_way:
            continue
        answer = ask(app, **asked)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json"), (case, answer.text)
        expected = {key: value for key, value in {**always, **wanted}.items() if key not in own_way}
        assert {key: answer.json[key] for key in expected} == expected, case
    assert ask(app, "/made").status == 201
    head = ask(app, "/shop", "HEAD")
    assert (head.status, head.body) == (200, b"")


UNANSWERED = {"uwsgi": 502, "fastcgi": 502, "scgi": 502}
"""What nginx says where a server says nothing of an exception; the others answer 500."""


@pytest.mark.parametrize("server", EVERY)
def test_a_request_that_fails_tells_the_log_why_and_not_the_visitor(mirrors: Mirrors, server: str) -> None:
    answer = ask(mirrors.app(server), "/fails")
    assert answer.status == UNANSWERED.get(server, 500)
    assert "on purpose" not in answer.text
    assert logged(name_of(server), "ValueError: this page fails on purpose")


def test_a_new_version_under_every_server_fails_no_request(mirrors: Mirrors) -> None:
    mirrors.version("v2")
    with ExitStack() as stack:
        seen = {
            server: stack.enter_context(load(HOST, domain(name_of(server)), rate=RATE.get(server, 15)))
            for server in SERVERS
        }
        good(mirrors.deploy())
    for server, one in seen.items():
        assert one.failed == {}, server
        assert set(one.versions) == {"v1", "v2"}, server
        assert ask(name_of(server)).text == "v2"
    assert good(mirrors.deploy()).changed == {HOST: 0}


@pytest.mark.soak
@pytest.mark.parametrize("server", EVERY)
def test_a_request_that_runs_is_answered_by_the_version_that_took_it(mirrors: Mirrors, server: str) -> None:
    before = ask(mirrors.app(server)).text
    answers: list[Answer] = []
    stop = threading.Event()

    def asking() -> None:
        while not stop.is_set():
            answers.append(ask(name_of(server), "/slow"))

    mirrors.version(f"{before}-{server}")
    threads = [threading.Thread(target=asking) for _number in range(2)]
    for one in threads:
        one.start()
    try:
        good(mirrors.deploy(server))
    finally:
        stop.set()
        for one in threads:
            one.join()
    assert {answer.status for answer in answers} == {200}
    assert {answer.text for answer in answers} == {before, f"{before}-{server}"}


@pytest.mark.soak
@pytest.mark.parametrize("server", EVERY)
def test_a_stream_arrives_as_it_is_made_and_a_large_answer_whole(mirrors: Mirrors, server: str) -> None:
    connection = connect(mirrors.app(server))
    connection.request("GET", "/stream", headers={"Host": domain(name_of(server))})
    answer, times = connection.getresponse(), []
    for number in range(5):
        assert answer.readline() == b"%d\n" % number
        times.append(time.monotonic())
    assert answer.read() == b""
    connection.close()
    assert times[-1] - times[0] > 1, "four pauses of 0.4 s are between the first piece and the last"
    assert len(ask(name_of(server), "/large").body) == 320 * 65536


@pytest.mark.soak
@pytest.mark.parametrize("server", EVERY)
def test_a_visitor_who_goes_away_harms_nobody(mirrors: Mirrors, server: str) -> None:
    app = mirrors.app(server)
    for _number in range(4):
        connection = connect(app)
        connection.request("GET", "/endless", headers={"Host": domain(app)})
        assert connection.getresponse().readline() == b"0\n"
        connection.close()
    upload = connect(app)
    upload.putrequest("POST", "/upload", skip_host=True)
    upload.putheader("Host", domain(app))
    upload.putheader("Content-Length", "1000000")
    upload.endheaders(b"only the beginning")
    upload.close()
    assert [ask(app, "/shop").status for _number in range(8)] == [200] * 8
    if server == "cgi":
        assert logged(app, "/endless: the client went away")
        children = f"ps -o pid= --ppid $(pgrep -u {app} -f 'pyhost-cgi.py --socket')"
        shell(HOST, f"for number in $(seq 50); do {children} || exit 0; sleep 0.2; done; exit 1")


METHODS = [
    # how it is asked for, what the app is told, how many processes answer
    ({"config": {"method": "prefork"}, "workers": 3}, (True, False), 3),
    ({"config": {"method": "threaded"}, "workers": 3}, (False, True), 1),
]


@pytest.mark.soak
@pytest.mark.parametrize("server", ["fastcgi", "scgi"])
@pytest.mark.parametrize(("keys", "modes", "most"), METHODS)
def test_W08_prefork_is_several_processes_and_threaded_is_one(
    mirrors: Mirrors, server: str, keys: dict[str, Any], modes: tuple[bool, bool], most: int
) -> None:
    app = name_of(server)
    good(mirrors.deploy(server, **keys))
    answers: list[dict[str, Any]] = []

    def asking() -> None:
        answers.extend(ask(app, "/process").json for _number in range(10))

    slow = [threading.Thread(target=ask, args=(app, "/slow")) for _number in range(2)]
    for one in slow:
        one.start()
    asking()
    for one in slow:
        one.join()
    assert {(one["multiprocess"], one["multithread"]) for one in answers} == {modes}
    assert len(answers) == 10, "while two requests take their time, others are answered"
    workers = shell(HOST, f"pgrep -u {app} -c -f 'bin/uwsgi.*{server}-socket'")
    assert int(workers) == most + 1, "the workers and their master"
