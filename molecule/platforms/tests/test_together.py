# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app of each platform, and one of none, on one host: each has its paths and ports, and all change their image at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.branches import write
from tests.support.deploy import Run, deploy, good
from tests.support.faults import cut_power, orphans
from tests.support.load import load
from tests.support.patience import until
from tests.support.remote import shell
from tests.support.web import get, status

pytestmark = pytest.mark.soak

HOST = place.host("pyhost-debian13")
OLD, NEW = "3.11", "3.13"
REQUESTS = 5
"""A second, on each app."""

PATHS = {
    "dotcloud": '"/home/dotcloud/current/who.txt"',
    "appfog": 'os.path.join(os.environ["HOME"], "app", "who.txt")',
    "rosti": '"/srv/app/who.txt"',
    "ausnimbus": '"/opt/app-root/src/who.txt"',
    "native": '"/srv/app/who.txt"',
    "alone": '"/opt/app-root/src/who.txt"',
}
"""What each app opens, as its code has it; AppFog's has a home of its own, and is told where. Apps have the names of their
platforms; `alone` is one of AusNimbus that listens on 8080 itself."""

APPS = tuple(PATHS)
BESIDE = APPS[:-1]
"""Whose new version starts beside the old one; two of `alone` cannot have one port."""

APP = """\
import os
import sys
from wsgiref.simple_server import make_server

PLACE = {place}


def application(environ, start_response):
    with open(PLACE) as stream:
        who = stream.read().strip()
    start_response("200 OK", [("Content-Type", "text/plain")])
    said = "%d.%d %s %s %d" % (sys.version_info[0], sys.version_info[1], who, PLACE, os.getuid())
    return [said.encode("utf-8")]


if __name__ == "__main__":
    make_server("0.0.0.0", 8080, application).serve_forever()
"""
"""Where nobody requires gunicorn, AusNimbus runs the file itself."""

SETTINGS: dict[str, dict[str, Any]] = {
    # The host's own 8000 and 8080 are taken; others have them in networks of their own.
    "native": {"listen": ["0.0.0.0:8000", "0.0.0.0:8080"]},
    "ausnimbus": {"network": "private"},
    "alone": {"network": "private", "platform": "ausnimbus"},
}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("together")
    for app, path in PATHS.items():
        file = "app.py" if app in ("rosti", "alone") else "wsgi.py"
        requirements = "six\ngunicorn\n" if app == "ausnimbus" else "six\n"
        texts = {file: APP.replace("{place}", path), "who.txt": f"{app}\n", "requirements.txt": requirements}
        write(folder / "trees" / app, texts)
    write(folder / "trees" / "dotcloud", {"dotcloud.yml": "www:\n  type: python\n"})
    return folder


def name(app: str) -> str:
    """The native one is the machine's own, whose home is ``/srv`` itself."""
    return "app" if app == "native" else f"to-{app}"


def domain(app: str) -> str:
    return f"{app}.together.example.com"


def entries(work: Path, python: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name(app),
            "platform": app,
            "source": {"path": str(work / "trees" / app)},
            "domains": [domain(app)],
            "python": python,
            "health": {"seconds": 1, "timeout": 90},
            **SETTINGS.get(app, {}),
        }
        for app in APPS
    ]


def said(app: str, port: int = 80) -> list[str]:
    """The version of Python, who answers, the path that it has read, and its user."""
    answer = get(HOST, domain(app), "/", port)
    assert answer.status == 200, answer
    return answer.text.split()


@pytest.fixture(scope="module")
def deployed(work: Path) -> Iterator[Run]:
    yield good(deploy(entries(work, OLD), work, HOST))
    good(deploy([{"name": name(app), "state": "absent", "purge": True} for app in APPS], work, HOST))


@pytest.mark.parametrize("app", APPS)
def test_each_has_its_own_paths(deployed: Run, app: str) -> None:
    version, who, path, _uid = said(app)
    assert (version, who) == (OLD, app)
    assert path.endswith("/app/who.txt" if app == "appfog" else PATHS[app].strip('"'))


def test_each_is_a_user_of_its_own(deployed: Run) -> None:
    assert len({said(app)[3] for app in APPS}) == len(APPS)


def test_ports_that_are_the_same(deployed: Run) -> None:
    """8000 and 8080 of the host are the native app's; others have theirs in networks of their own."""
    for port in (8000, 8080):
        assert said("native", port)[1] == "native"
    ask = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:{}').read().decode().split()[1])"
    for app, port in (("rosti", 8000), ("rosti", 8080), ("alone", 8080)):
        inside = f'/opt/pyhost/tools/bin/pyhost-enter {name(app)} python -c "{ask.format(port)}"'
        assert shell(HOST, inside).strip() == app


def test_all_change_their_image_and_no_request_fails(deployed: Run, work: Path) -> None:
    with ExitStack() as stack:
        loads = {
            app: stack.enter_context(load(HOST, domain(app), rate=REQUESTS, what="the image of all changes"))
            for app in BESIDE
        }
        run = good(deploy(entries(work, NEW), work, HOST))
    assert {app: seen.failed for app, seen in loads.items()} == {app: {} for app in BESIDE}
    assert {app: sorted(seen.versions) for app, seen in loads.items()} == {app: [OLD, NEW] for app in BESIDE}
    for app in APPS:
        assert said(app)[:2] == [NEW, app]
        assert f"Python {OLD}" in run.rows[HOST][name(app)]["virtualenv"]
    assert good(deploy(entries(work, NEW), work, HOST)).changed[HOST] == 0
    assert orphans(HOST, *map(name, APPS)) == []


def test_all_answer_after_a_power_cut(deployed: Run, work: Path) -> None:
    before = {app: said(app) for app in APPS}
    cut_power(HOST)
    until(lambda: all(status(HOST, domain(app)) == 200 for app in APPS), "an answer of each", 60)
    assert {app: said(app) for app in APPS} == before
    assert good(deploy(entries(work, NEW), work, HOST)).changed[HOST] == 0
