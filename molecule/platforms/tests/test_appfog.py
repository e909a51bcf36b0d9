# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppFog: of the checks A1 to A13 those that one deploy shows, and what is refused. The rest is in test_appfog_deploys."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from molecule.platforms.tests.fog import GREETING, HOST, TREES, copied, entry, hello, told
from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.remote import shell


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory)


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(deploy([hello(work)], work, HOST))


def test_A01_gunicorn_serves_wsgi_on_the_port_that_is_told(deployed: Run) -> None:
    found = told()
    port = found["environment"]["VCAP_APP_PORT"]
    lines = shell(HOST, "ps -eo user:20,args | grep '^af-hello .*gunicorn'").splitlines()
    assert any("-c ../gunicorn.config wsgi:application" in line for line in lines), lines
    assert f"127.0.0.1:{port}" in shell(HOST, f"ss -Hltn 'sport = :{port}'")
    config = shell(HOST, f"cat /home/af-hello/run/droplets/{port}/gunicorn.config")
    assert "VCAP_APP_PORT" in config


def test_A02_gunicorn_is_there_though_nobody_requires_it(deployed: Run) -> None:
    assert "gunicorn" not in (TREES / "hello" / "requirements.txt").read_text()
    assert shell(HOST, "/home/af-hello/venv/bin/python -m pip list").count("gunicorn") == 1


def test_A08_each_instance_has_its_number(deployed: Run) -> None:
    applications = [json.loads(told()["environment"]["VCAP_APPLICATION"]) for _number in range(40)]
    assert {one["instance_index"] for one in applications} == {0, 1}
    assert {one["name"] for one in applications} == {"af-hello"}
    assert applications[0]["uris"] == ["af-hello.example.com"]
    assert applications[0]["limits"]["mem"] == 536870912


def test_A09_values_arrive_as_they_are(deployed: Run) -> None:
    assert told()["environment"]["GREETING"] == GREETING


def test_the_old_names_are_there(deployed: Run) -> None:
    found = told()["environment"]
    assert found["VMC_APP_NAME"] == "af-hello"
    assert found["VMC_APP_PORT"] == found["VCAP_APP_PORT"]
    assert found["VMC_SERVICES"] == "[]"
    assert found["HOME"] == os.path.dirname(told()["directory"])


def test_A06_without_a_service_there_is_no_VCAP_SERVICES(deployed: Run) -> None:
    assert "VCAP_SERVICES" not in told()["environment"]


def test_A10_what_afignore_names_is_not_there(deployed: Run) -> None:
    files = told()["files"]
    assert {"wsgi.py", "keep.bak"} <= set(files)
    assert not {"docs", "secret.txt", "old.bak"} & set(files)


def test_what_programs_print_has_the_old_names(deployed: Run) -> None:
    assert "gunicorn" in shell(HOST, "cat /home/af-hello/logs/stderr.log").lower()


def test_the_same_again_changes_nothing(deployed: Run, work: Path) -> None:
    assert good(deploy([hello(work)], work, HOST)).changed[HOST] == 0


@pytest.fixture(scope="module")
def refused(deployed: Run, work: Path) -> Run:
    """Everything that is refused before anything is touched, together, while an app that serves is asked."""
    trees = work / "trees"
    for name, file in {"none": "app.py", "named": "wsgi.py"}.items():
        (trees / name).mkdir()
        (trees / name / file).write_text("from flask import Flask\napp = Flask(__name__)\n")
    shutil.copytree(trees / "hello", trees / "links")
    (trees / "links" / "passwd").symlink_to("/etc/passwd")
    (trees / "circle").mkdir()
    (trees / "circle" / "manifest.yml").write_text(
        "applications:\n  a: {name: a, depends-on: [b]}\n  b: {name: b, depends-on: [a]}\n"
    )
    (trees / "broken").mkdir()
    (trees / "broken" / "manifest.yml").write_text("applications:\n  .: [\n")
    (trees / "strange").mkdir()
    (trees / "strange" / "manifest.yml").write_text(
        "applications:\n  .:\n    name: a\n    mem: much\n    depends-on: [gone]\n"
    )
    (trees / "runtime").mkdir()
    (trees / "runtime" / "manifest.yml").write_text("applications:\n  .:\n    name: a\n    runtime: node10\n")
    names = ("none", "named", "links", "circle", "broken", "strange", "runtime")
    changed = {**hello(work), "environment": {"GREETING": "another"}}
    with load(HOST, "af-hello.example.com", what="bad input of AppFog") as seen:
        run = deploy([changed, *(entry(work, f"af-{name}", name) for name in names)], work, HOST)
    assert run.status != 0
    assert seen.requests > 0
    assert seen.failed == {}
    return run


def test_A04_a_standalone_app_asks_for_its_start_command(refused: Run) -> None:
    assert "af-none: command: missing" in refused.message()


def test_A05_a_callable_of_another_name_is_refused_and_the_old_version_serves(refused: Run) -> None:
    assert "af-named: wsgi.py: defines no function application" in refused.message()
    assert told()["environment"]["GREETING"] == GREETING
    assert refused.changed[HOST] == 0


def test_A10_a_link_that_leaves_the_source_is_refused_with_the_text(refused: Run) -> None:
    text = "Can't deploy application containing links 'passwd' that reach outside its root '.'"
    assert text in refused.message()


def test_A13_a_circle_is_refused(refused: Run) -> None:
    assert "af-circle: manifest.yml: Circular dependency detected: a, b" in refused.message()


def test_a_broken_manifest_is_refused_with_its_place(refused: Run) -> None:
    assert "af-broken: manifest.yml: manifest.yml cannot be read" in refused.message()
    assert "line 3, column 1" in refused.message()


def test_what_a_manifest_may_not_say_is_refused_with_its_place(refused: Run) -> None:
    assert (
        "af-strange: manifest.yml: depends-on: gone is no application of this file (manifest.yml, line 5, column 18)"
        in (refused.message())
    )
    runtime = "af-runtime: manifest.yml: runtime: node10 is no Python; the platform had ruby18 (1.8.7), "
    assert runtime in refused.message()
    assert "of which this host runs python2 (manifest.yml, line 4, column 14)" in refused.message()
