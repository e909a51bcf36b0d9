# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maintenance and pages of errors: what nginx answers instead of the app, while nothing of the app changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from molecule.change.tests.conftest import DOMAIN, HOST, PLAIN, Shop
from tests.support.deploy import good
from tests.support.load import load
from tests.support.web import Answer, get

testinfra_hosts = [f"ansible://{HOST}"]

LOCATIONS = [{"location": "/static/", "alias": "static/"}, {"location": "/menu.txt", "alias": "static/menu.txt"}]
PATHS = {"/": PLAIN, "/static/menu.txt": "noodles\n", "/menu.txt": "noodles\n"}
OURS = "<h1>This site will be back soon</h1>"
OWN = "<h1>We wash the dishes</h1>"
CONTROL = (
    "runuser -u ramen -- /opt/pyhost/tools/bin/supervisorctl"
    " -c /home/ramen/conf/supervisord.conf -s unix:///home/ramen/run/supervisor.sock"
)
STATUSES = """
def application(environ, start_response, whole=application):
    status = environ["PATH_INFO"].strip("/")
    if not status.isdigit():
        return whole(environ, start_response)
    start_response(f"{status} Said", [("Content-Type", "text/plain")])
    return [f"the app says {status}".encode()]
"""


@contextmanager
def watched() -> Iterator[list[tuple[str, Answer]]]:
    """Ask for every path in turn while the block runs; all answers, whole."""
    answers: list[tuple[str, Answer]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            for path in PATHS:
                answers.append((path, get(HOST, DOMAIN, path)))
            stop.wait(0.02)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield answers
    finally:
        stop.set()
        asking.join()


def is_plain(path: str, answer: Answer) -> bool:
    return (answer.status, answer.text) == (200, PATHS[path])


def is_maintenance(answer: Answer, page: str = OURS) -> bool:
    headers = answer.headers
    told = (answer.status, headers.get("retry-after"), headers.get("content-type"))
    return told == (503, "120", "text/html; charset=utf-8") and page in answer.text


def pids(host: Any) -> str:
    """The processes of the app and of its nginx, as Supervisor knows them."""
    return str(host.check_output(f"{CONTROL} pid app && {CONTROL} pid nginx"))


@pytest.fixture
def tidy(steady: Callable[[], Shop]) -> Iterator[Shop]:
    """The steady shop; what a test adds to its tree goes afterwards."""
    shop = steady()
    yield shop
    for name in ("503.html", "errors/404.html", "errors/502.html"):
        (shop.source / name).unlink(missing_ok=True)


def test_maintenance_comes_and_goes_under_load(tidy: Shop, host: Any) -> None:
    good(tidy.deploy(locations=LOCATIONS))
    before = pids(host)
    with load(HOST, DOMAIN) as seen, watched() as answers:
        begun = good(tidy.deploy(locations=LOCATIONS, maintenance=True))
        during = [(path, get(HOST, DOMAIN, path)) for path in (*PATHS, "/nowhere", "/.pyhost/503.html")]
        again = good(tidy.deploy(locations=LOCATIONS, maintenance=True))
        ended = good(tidy.deploy(locations=LOCATIONS))
    assert all(is_maintenance(answer) for _path, answer in during)
    assert {*seen.answers} == {"200", "503"}
    assert [path for path, answer in answers if not is_plain(path, answer) and not is_maintenance(answer)] == []
    assert {answer.status for _path, answer in answers} == {200, 503}
    assert again.changed == {HOST: 0}
    assert "rules changed" in tidy.row(begun)["rollout"]
    assert "rules changed" in tidy.row(ended)["rollout"]
    assert pids(host) == before
    for path in PATHS:
        assert is_plain(path, get(HOST, DOMAIN, path))


@pytest.mark.soak
def test_new_version_is_deployed_during_maintenance(tidy: Shop) -> None:
    """It proves itself, though no client sees it; its own page comes with it."""
    good(tidy.deploy(maintenance=True))
    assert is_maintenance(get(HOST, DOMAIN))
    tidy.version("v2")
    tidy.write("503.html", OWN)
    with load(HOST, DOMAIN) as seen:
        run = good(tidy.deploy(maintenance=True))
    assert {*seen.answers} == {"503"}
    assert "new code" in tidy.row(run)["rollout"]
    assert is_maintenance(get(HOST, DOMAIN), OWN)
    good(tidy.deploy())
    assert get(HOST, DOMAIN).text == "v2 python 3.13.5 short"


@pytest.mark.soak
def test_pages_of_errors(tidy: Shop) -> None:
    tidy.write("wsgi.py", (tidy.source / "wsgi.py").read_text() + STATUSES)
    tidy.write("errors/404.html", "<h1>No such dish</h1>")
    pages = {404: "errors/404.html", 418: "errors/none.html", 502: "errors/502.html"}
    good(tidy.deploy(locations=LOCATIONS))
    for status in (404, 418, 502, 503, 504):
        answer = get(HOST, DOMAIN, f"/{status}")
        assert (answer.status, answer.text) == (status, f"the app says {status}")
    with load(HOST, DOMAIN) as seen:
        good(tidy.deploy(locations=LOCATIONS, error_pages=pages))
    assert seen.failed == {}
    for path in ("/404", "/static/none", "/static/.hidden"):
        answer = get(HOST, DOMAIN, path)
        assert (answer.status, answer.text) == (404, "<h1>No such dish</h1>")
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
    missing, not_declared = get(HOST, DOMAIN, "/418"), get(HOST, DOMAIN, "/503")
    assert (missing.status, "<h1>This request was not accepted</h1>" in missing.text) == (418, True)
    assert (not_declared.status, not_declared.text) == (503, "the app says 503")
    assert is_plain("/static/menu.txt", get(HOST, DOMAIN, "/static/menu.txt"))


@pytest.mark.soak
def test_an_app_that_is_not_up_has_a_page(tidy: Shop, host: Any) -> None:
    host.check_output(f"{CONTROL} stop app")
    answer = get(HOST, DOMAIN)
    host.check_output(f"{CONTROL} start app")
    assert (answer.status, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert "<h1>This site does not answer</h1>" in answer.text
    assert "nginx" not in answer.text
