# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changed code goes live without a failed request; check mode and bad input change nothing."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deploy import EXAMPLES, ROOT, Run, deploy, good, playbook
from tests.support.loopback import get, load

testinfra_hosts = ["ansible://account"]

VARIABLES = yaml.safe_load((ROOT / "molecule" / "account" / "vars.yml").read_text())
FRESH = "/home/person/elsewhere"
HEADING = "It still works"


def _name(host: Any) -> str:
    return str(host.backend.get_pytest_id().removeprefix("ansible://"))


def _app(known: str, **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(next(app for app in VARIABLES["pyhost_apps"] if app["name"] == known)), **changes}


def _deploy(host: Any, apps: list[dict[str, Any]], folder: Path, *words: str, root: str = "~/pyhost") -> Run:
    return deploy(apps, folder, _name(host), *words, scope="account", root=root)


def test_changed_code_goes_live_without_a_failed_request(host: Any, tmp_path: Path) -> None:
    code = tmp_path / "hello"
    shutil.copytree(EXAMPLES / "hello", code)
    page = code / "templates" / "index.html"
    page.write_text(page.read_text().replace("It works", HEADING))
    app = _app("hello", source={"path": str(code)})
    before = get(_name(host), 8101).text
    with load(_name(host), 8101) as seen:
        run = good(_deploy(host, [app], tmp_path))
    assert HEADING in get(_name(host), 8101).text
    assert HEADING not in before
    row = run.rows[_name(host)]["hello"]
    assert row["virtualenv"] == "unchanged"
    assert row["release"].startswith("2-")
    assert seen.answers["200"] > 100
    assert seen.failed == {}
    assert get(_name(host), 8101, "/env.json").json["HELLO_SECRET"] == app["environment"]["HELLO_SECRET"]


def test_rollback_brings_the_code_back(host: Any, tmp_path: Path) -> None:
    """To what served before; the next deploy goes on from there."""
    assert HEADING in get(_name(host), 8101).text
    settings = {"pyhost_scope": "account", "pyhost_root": "~/pyhost"}
    code = tmp_path / "hello"
    shutil.copytree(EXAMPLES / "hello", code)
    (code / "templates" / "index.html").write_text("It works another way")
    app = _app("hello", source={"path": str(code)})
    good(_deploy(host, [app], tmp_path))
    assert get(_name(host), 8101).text == "It works another way"
    with load(_name(host), 8101) as seen:
        run = good(playbook("rollback", settings, tmp_path, _name(host), "-e", "app=hello"))
    assert HEADING in get(_name(host), 8101).text
    assert "(code)" in run.output
    assert seen.failed == {}
    good(_deploy(host, [app], tmp_path))
    assert get(_name(host), 8101).text == "It works another way"


@pytest.fixture(scope="module")
def predicted(host: Any, tmp_path_factory: pytest.TempPathFactory) -> Run:
    apps = [
        _app("hello", listen=["127.0.0.1:8201"]),
        _app("locked", listen=["127.0.0.1:8202"]),
        _app("api", listen=["127.0.0.1:8203"]),
    ]
    return good(_deploy(host, apps, tmp_path_factory.mktemp("check"), "--check", "--diff", root=FRESH))


def test_check_mode_changes_nothing(host: Any, predicted: Run) -> None:
    assert not host.file(FRESH).exists
    assert predicted.changed[_name(host)] > 0


@pytest.mark.parametrize(
    "line",
    ["+flask==3.", "+gunicorn==", "+fastapi==0.", "+    listen 127.0.0.1:8202;", "+environment: HELLO_SECRET=(hidden)"],
)
def test_check_mode_predicts(predicted: Run, line: str) -> None:
    assert line in predicted.output


def test_check_mode_hides_secrets(predicted: Run) -> None:
    assert "s3cr3t-canary-value" not in predicted.output


def test_port_that_needs_root_is_refused(host: Any, tmp_path: Path) -> None:
    run = _deploy(host, [_app("hello", name="web", listen=["127.0.0.1:80"])], tmp_path)
    assert run.status != 0
    assert run.message() == (
        "1 problem found, nothing was changed:\n"
        '  web: listen[0]: "127.0.0.1:80" needs root, and pyhost_scope is account; write a port from 1024 up, '
        'for example "127.0.0.1:8000"'
    )
    assert not host.file("/home/person/pyhost/apps/web").exists
