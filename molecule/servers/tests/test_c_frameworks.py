# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of all frameworks, deployed by one run of the file that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from molecule.servers.tests.conftest import HOST
from tests.support.deploy import EXAMPLES, Run, deploy, good, playbook
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak
testinfra_hosts = [f"ansible://{HOST}"]

LIST = EXAMPLES / "frameworks.yml"

PAGES = {
    # app: what its first page says
    "fw-django": "<title>",
    "fw-flask": "Hello from Flask",
    "fw-fastapi": "{",
    "fw-pyramid": "Hello from Pyramid 2.",
    "fw-turbogears": "Hello from TurboGears 2.",
    "fw-webpy": "Hello from web.py 0.",
    "fw-tornado": "Hello from Tornado 6.",
    "fw-bottle": "Hello from Bottle 0.13",
    "fw-cherrypy": "Hello from CherryPy 18.",
    "fw-web2py": "Hello from web2py 2.26.1, visit 1",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("frameworks")


@pytest.fixture(scope="module")
def deployed(folder: Path) -> Iterator[Run]:
    shell(
        HOST,
        "command -v python3.11 || { apt-get -qq update; apt-get -qq install python3.11-venv; } > /dev/null",
        seconds=600,
    )
    yield good(playbook("deploy", {}, folder, HOST, "-e", f"@{LIST}"))
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in PAGES], folder, HOST))


def test_each_framework_answers_its_page(deployed: Run) -> None:
    domains = {app["name"]: app["domains"][0] for app in yaml.safe_load(LIST.read_text())["pyhost_apps"]}
    assert set(domains) == set(PAGES)
    found = {name: get(HOST, domain) for name, domain in domains.items()}
    assert {name: answer.status for name, answer in found.items()} == dict.fromkeys(PAGES, 200)
    wrong = {name: answer.text for name, answer in found.items() if PAGES[name] not in answer.text}
    assert not wrong


def test_a_second_run_changes_nothing(deployed: Run, folder: Path) -> None:
    assert good(playbook("deploy", {}, folder, HOST, "-e", f"@{LIST}")).changed == {HOST: 0}
