# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripts of CGI: what they are told, what becomes of what they say, and what is in the owner's log when they fail."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from molecule.servers.tests.conftest import HOST, SCRIPTS, Mirrors, ask, domain, log, logged, scripts_of, visitor
from tests.support import branches
from tests.support.deploy import deploy, good
from tests.support.remote import shell

testinfra_hosts = [f"ansible://{HOST}"]

SEED = "sv-seed"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cgi")


@pytest.fixture
def scripts(mirrors: Mirrors) -> str:
    """The app of scripts, deployed."""
    return str(SCRIPTS["name"])


def test_W01_a_script_in_cgi_bin_is_a_process_for_each_request(scripts: str) -> None:
    answers = [ask(scripts, "/cgi-bin/hello.py") for _number in range(3)]
    assert [(one.status, one.text) for one in answers] == [(200, "Hello World!\n")] * 3
    assert {one.headers["content-type"] for one in answers} == {"text/plain;charset=utf-8"}
    assert len({one.headers["x-process"] for one in answers}) == 3
    assert answers[0].headers["x-python"].startswith("/srv/virtualenvs/")


def test_W01_a_traceback_is_shown_only_by_a_script_that_asks_for_it(scripts: str) -> None:
    answer = ask(scripts, "/cgi-bin/fails.py")
    assert answer.status == 500
    assert "ValueError" not in answer.text
    assert logged(scripts, "ValueError: on purpose")
    assert logged(scripts, "cgi: /cgi-bin/fails.py: ended with status 1")
    shown = ask(scripts, "/cgi-bin/shown.py")
    assert (shown.status, shown.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert "ValueError" in shown.text


def test_what_a_script_is_told(scripts: str) -> None:
    body = b"name=J%C3%BCrgen"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Proxy": "http://evil.example.com", "X-Own": "1"}
    answer = ask(scripts, "/cgi-bin/told.py/more%20of/it?q=1%20", "POST", body, headers)
    told = answer.json
    wanted = {
        "AUTH_TYPE": None,
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "PATH_INFO": "/more of/it",
        "QUERY_STRING": "q=1%20",
        "REMOTE_ADDR": visitor(),
        "REQUEST_METHOD": "POST",
        "REQUEST_URI": "/cgi-bin/told.py/more%20of/it?q=1%20",
        "SCRIPT_NAME": "/cgi-bin/told.py",
        "SERVER_NAME": domain(scripts),
        "SERVER_PORT": "80",
        "HTTP_HOST": domain(scripts),
        "HTTP_X_OWN": "1",
        "HTTP_PROXY": None,
        "GREETING": "100% %(hello)s",
        "PYHOST_APP": scripts,
        "body": body.decode(),
    }
    assert told["SERVER_PROTOCOL"].startswith("HTTP/1.")
    assert {name: told.get(name) for name in wanted} == wanted
    assert told["SCRIPT_FILENAME"] == f"{told['cwd']}/told.py"
    assert told["PATH_TRANSLATED"] == f"{told['DOCUMENT_ROOT']}/more of/it"
    assert told["SERVER_SOFTWARE"]
    plain = ask(scripts, "/cgi-bin/told.py").json
    assert (plain["PATH_INFO"], plain["QUERY_STRING"], plain["body"]) == ("", "", "")
    assert "CONTENT_TYPE" not in plain


ANSWERS = [
    # path, status, what is answered
    ("/", 200, "index /index.cgi\n"),
    ("/index.cgi/more", 200, "index /index.cgi\n"),
    ("/cgi-bin/status", 404, "nothing here\n"),
    ("/cgi-bin/inside", 200, "Hello World!\n"),
    ("/cgi-bin/headerless", 500, "500 Internal Server Error\n"),
    ("/cgi-bin/lost", 500, "500 Internal Server Error\n"),
    ("/cgi-bin/plain.py", 500, "500 Internal Server Error\n"),
    ("/cgi-bin/none.py", 404, "404 Not Found\n"),
    ("/cgi-bin/", 404, "404 Not Found\n"),
    ("/lib/settings.py", 404, "404 Not Found\n"),
    ("/lib/tool.py", 404, "404 Not Found\n"),
    ("/requirements.txt", 404, "404 Not Found\n"),
    ("/cgi-bin/../lib/tool.py", 404, "404 Not Found\n"),
]


def test_what_becomes_of_what_is_asked_for_and_said(scripts: str) -> None:
    found = [(path, answer.status, answer.text) for path, _, _ in ANSWERS for answer in [ask(scripts, path)]]
    assert found == ANSWERS
    outside = ask(scripts, "/cgi-bin/outside")
    assert (outside.status, outside.headers["location"]) == (302, "https://example.com/")
    reasons = [
        "/cgi-bin/headerless: ended with status 0: its first line is no header: 'Hello World!'",
        "/cgi-bin/lost: cannot be started: No such file or directory",
        "/cgi-bin/plain.py: cgi-bin/plain.py is not executable; chmod 755",
    ]
    for reason in reasons:
        assert logged(scripts, f"cgi: {reason}")


def test_a_script_that_takes_too_long_is_ended_with_all_it_started(scripts: str) -> None:
    assert ask(scripts, "/cgi-bin/slow").status == 504
    assert logged(scripts, "cgi: /cgi-bin/slow: was ended: it took 3 s (config: cgi_timeout)")
    number = shell(HOST, f"cat /home/{scripts}/data/slow").strip()
    assert shell(HOST, f"pgrep -g {number} || echo none").strip() == "none"


def at_once(app: str, path: str, count: int) -> list[int]:
    """The statuses of ``count`` requests at the same time."""
    statuses: list[int] = []
    asking = [threading.Thread(target=lambda: statuses.append(ask(app, path).status)) for _number in range(count)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    return statuses


@pytest.mark.soak
def test_more_requests_than_processes_wait_for_one(scripts: str) -> None:
    assert at_once(scripts, "/cgi-bin/second", 4) == [200] * 4, "two run at once, each for a second"
    assert set(at_once(scripts, "/cgi-bin/slow", 8)) == {503, 504}
    assert "no process was free within 3 s (config: cgi_processes)" in log(scripts)
    assert ask(scripts, "/cgi-bin/hello.py").status == 200


@pytest.mark.soak
def test_W01_the_script_of_the_seed_runs_on_python_2(folder: Path) -> None:
    branches.build(HOST, "2.7")
    app = scripts_of(SEED, "seed", python="2.7")
    good(deploy([app], folder, HOST, python_paths=[f"{branches.PLACE}/python-*"]))
    try:
        assert ask(SEED, "/cgi-bin/hello.py").text == "Hello World!\n"
        fails = ask(SEED, "/cgi-bin/fails.py")
        assert (fails.status, "on purpose" in fails.text) == (200, True)
    finally:
        good(deploy([{"name": SEED, "state": "absent", "purge": True}], folder, HOST))


def test_no_script_for_the_health_check_is_said_before_anything_changes(folder: Path) -> None:
    run = deploy([scripts_of("sv-refused", "seed", health={"timeout": 30})], folder, HOST)
    assert run.status != 0
    assert run.changed == {HOST: 0}
    says = 'sv-refused: health.path: "/" leads to no script; write for example health: {path: /cgi-bin/fails.py}'
    assert says in run.message()
