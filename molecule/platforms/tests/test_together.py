# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app of each platform, and one of none, on one host: each has its paths and ports, and all change their image at once."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support.branches import write
from tests.support.deploy import Run, deploy, good
from tests.support.faults import cut_power, orphans
from tests.support.load import load
from tests.support.patience import until
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak

HOST = os.environ.get("PYHOST_TEST_HOST", "pyhost-debian13")
OLD, NEW = "3.11", "3.13"
REQUESTS = 5
"""A second, on each app."""

PATHS = {
    "dotcloud": '"/home/dotcloud/current/who.txt"',
    "appfog": 'os.path.join(os.environ["HOME"], "app", "who.txt")',
    "rosti": '"/srv/app/who.txt"',
    "ausnimbus": '"/opt/app-root/src/who.txt"',
    "native": '"/srv/app/who.txt"',
}
"""What each app opens, as its code has it; AppFog's has a home of its own, and is told where."""

FILES = {"dotcloud": "wsgi.py", "appfog": "wsgi.py", "rosti": "app.py", "ausnimbus": "app.py", "native": "wsgi.py"}
"""Where each platform looks for the callable."""

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
"""As AusNimbus has no gunicorn where nobody requires it, the app itself listens there."""

SETTINGS: dict[str, dict[str, Any]] = {
    # The host's own 8000 and 8080 are taken; others have them in networks of their own.
    "native": {"listen": ["0.0.0.0:8000", "0.0.0.0:8080"]},
    "ausnimbus": {"network": "private"},
}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("together")
    for platform, place in PATHS.items():
        texts = {FILES[platform]: APP.format(place=place), "who.txt": f"{platform}\n", "requirements.txt": "six\n"}
        write(folder / "trees" / platform, texts)
    write(folder / "trees" / "dotcloud", {"dotcloud.yml": "www:\n  type: python\n"})
    return folder


def name(platform: str) -> str:
    """The native one is the machine's own, whose home is ``/srv`` itself."""
    return "app" if platform == "native" else f"to-{platform}"


def domain(platform: str) -> str:
    return f"{platform}.together.example.com"


def entries(work: Path, python: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name(platform),
            "platform": platform,
            "source": {"path": str(work / "trees" / platform)},
            "domains": [domain(platform)],
            "python": python,
            "health": {"seconds": 1, "timeout": 90},
            **SETTINGS.get(platform, {}),
        }
        for platform in PATHS
    ]


def said(platform: str, port: int = 80) -> list[str]:
    """The version of Python, who answers, the path that it has read, and its user."""
    answer = get(HOST, domain(platform), "/", port)
    assert answer.status == 200, answer
    return answer.text.split()


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    shell(HOST, "test -x /usr/bin/python3.11 || apt-get -qq update", seconds=300)
    shell(HOST, "DEBIAN_FRONTEND=noninteractive apt-get -qq install -y python3.11-venv >/dev/null", seconds=300)
    return good(deploy(entries(work, OLD), work, HOST))


@pytest.mark.parametrize("platform", PATHS)
def test_each_has_its_own_paths(deployed: Run, platform: str) -> None:
    version, who, path, _uid = said(platform)
    assert (version, who) == (OLD, platform)
    assert path.endswith("/app/who.txt" if platform == "appfog" else PATHS[platform].strip('"'))


def test_each_is_a_user_of_its_own(deployed: Run) -> None:
    assert len({said(platform)[3] for platform in PATHS}) == len(PATHS)


def test_ports_that_are_the_same(deployed: Run) -> None:
    """8000 and 8080 of the host are the native app's; Roští's nginx has its 8000, and AusNimbus' app its 8080."""
    for port in (8000, 8080):
        assert said("native", port)[1] == "native"
    ask = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:{}').read().decode().split()[1])"
    for platform, port in (("rosti", 8000), ("rosti", 8080), ("ausnimbus", 8080)):
        inside = f'/opt/pyhost/tools/bin/pyhost-enter to-{platform} python -c "{ask.format(port)}"'
        assert shell(HOST, inside).strip() == platform


def test_all_change_their_image_and_no_request_fails(deployed: Run, work: Path) -> None:
    with ExitStack() as stack:
        loads = {
            one: stack.enter_context(load(HOST, domain(one), rate=REQUESTS, what="the image of all changes"))
            for one in PATHS
        }
        run = good(deploy(entries(work, NEW), work, HOST))
    assert {one: seen.failed for one, seen in loads.items()} == {one: {} for one in PATHS}
    assert {one: sorted(seen.versions) for one, seen in loads.items()} == {one: [OLD, NEW] for one in PATHS}
    for platform in PATHS:
        assert said(platform)[:2] == [NEW, platform]
        assert f"Python {OLD}" in run.rows[HOST][name(platform)]["virtualenv"]
    assert good(deploy(entries(work, NEW), work, HOST)).changed[HOST] == 0
    assert orphans(HOST, *map(name, PATHS)) == []


def test_all_answer_after_a_power_cut(deployed: Run, work: Path) -> None:
    before = {platform: said(platform) for platform in PATHS}
    cut_power(HOST)

    def answers() -> bool:
        return all(get(HOST, domain(platform)).status == 200 for platform in PATHS)

    until(answers, "an answer of each", 60)
    assert {platform: said(platform) for platform in PATHS} == before
    assert good(deploy(entries(work, NEW), work, HOST)).changed[HOST] == 0
