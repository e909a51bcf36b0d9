# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppFog: the checks A1 to A13 on a host, each under its name."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from molecule.installers.tests import wheels
from molecule.platforms.tests import bundles
from tests.support.deploy import Run, deploy, good
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak

HOST = os.environ.get("PYHOST_TEST_HOST", "pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "appfog"
GREETING = """ two  words, 'single', "double" and $HOME """


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("appfog")
    shutil.copytree(TREES, folder / "trees")
    return folder


def entry(work: Path, name: str, tree: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "platform": "appfog",
        "source": {"path": str(work / "trees" / tree)},
        "python": "3.13",
        **more,
    }


def hello(work: Path) -> dict[str, Any]:
    return entry(
        work,
        "af-hello",
        "hello",
        domains=["af-hello.example.com"],
        workers=2,
        environment={"GREETING": GREETING},
        limits={"memory": "512M"},
    )


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(deploy([hello(work)], work, HOST))


def told(path: str = "/", domain: str = "af-hello.example.com") -> Any:
    answer = get(HOST, domain, path)
    assert answer.status == 200, answer
    return json.loads(answer.body)


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


def test_A11_what_an_app_wrote_is_gone_after_a_restart_and_an_update(deployed: Run, work: Path) -> None:
    assert "written" in told("/write")["files"]
    assert "written" in told()["files"]
    shell(HOST, "systemctl restart pyhost-af-hello")
    end = time.monotonic() + 60
    while get(HOST, "af-hello.example.com").status != 200 and time.monotonic() < end:
        time.sleep(0.3)
    assert "written" not in told()["files"]
    told("/write")
    (work / "trees" / "hello" / "new.txt").write_text("new")
    good(deploy([hello(work)], work, HOST))
    files = told()["files"]
    assert "new.txt" in files
    assert "written" not in files


def test_what_programs_print_has_the_old_names(deployed: Run) -> None:
    assert "gunicorn" in shell(HOST, "cat /home/af-hello/logs/stderr.log").lower()


def test_the_same_again_changes_nothing(deployed: Run, work: Path) -> None:
    assert good(deploy([hello(work)], work, HOST)).changed[HOST] == 0


@pytest.fixture(scope="module")
def refused(deployed: Run, work: Path) -> Run:
    """Everything that is refused before anything is touched, together, and an app that serves."""
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
    names = ("none", "named", "links", "circle", "broken")
    return deploy([hello(work), *(entry(work, f"af-{name}", name) for name in names)], work, HOST)


def test_A04_a_standalone_app_asks_for_its_start_command(refused: Run) -> None:
    assert "af-none: command: missing" in refused.message()


def test_A05_a_callable_of_another_name_is_refused_and_the_old_version_serves(refused: Run) -> None:
    assert "af-named: wsgi.py: defines no function application" in refused.message()
    assert told()["files"]


def test_A10_a_link_that_leaves_the_source_is_refused_with_the_text(refused: Run) -> None:
    text = "Can't deploy application containing links 'passwd' that reach outside its root '.'"
    assert text in refused.message()


def test_A13_a_circle_is_refused(refused: Run) -> None:
    assert "af-circle: manifest.yml: Circular dependency detected: a, b" in refused.message()


def test_a_broken_manifest_is_refused_with_its_place(refused: Run) -> None:
    assert "af-broken: manifest.yml: manifest.yml cannot be read" in refused.message()
    assert "line 3, column 1" in refused.message()


def test_A03_django_without_a_wsgi_file_has_its_tables(deployed: Run, work: Path) -> None:
    app = entry(work, "af-django", "django", domains=["af-django.example.com"])
    good(deploy([app], work, HOST))
    assert get(HOST, "af-django.example.com").body.startswith(b"bowls: ")
    log = shell(HOST, "cat /home/af-django/logs/startup.log")
    assert "shop" in log
    (work / "trees" / "django" / "new.txt").write_text("new")
    good(deploy([app], work, HOST))
    assert get(HOST, "af-django.example.com").status == 200
    assert len(shell(HOST, "cat /home/af-django/logs/startup.log")) > len(log)


NO_INDEX = "http://127.0.0.1:9/simple"


def packages(name: str) -> dict[str, str]:
    listed = shell(HOST, f"/opt/pyhost/tools/bin/pyhost-enter {name} python -m pip list --format=json")
    return {one["name"]: one["version"] for one in json.loads(listed.splitlines()[0])}


def test_A12_a_bundle_and_wheels_are_installed_without_an_index(deployed: Run, work: Path) -> None:
    old, new = work / "trees" / "bundled", work / "trees" / "wheels"
    shutil.copytree(old, new)
    (old / "app.pybundle").write_bytes(bundles.bundle(work / "sdists"))
    (new / "wheels").mkdir()
    made = [wheels.wheel("soup", "1.2", "broth"), wheels.wheel("broth", "0.5")]
    for name, content in made:
        (new / "wheels" / name).write_bytes(content)
    (new / "wsgi.py").write_text((new / "wsgi.py").read_text().replace("soup.TASTE", "soup.VERSION"))
    bundles.download(new / "wheels", "--only-binary", ":all:", "gunicorn", "packaging")
    apps = [
        entry(work, f"af-{name}", tree, domains=[f"af-{name}.example.com"], pip_index_url=NO_INDEX)
        for name, tree in {"bundled": "bundled", "wheels": "wheels"}.items()
    ]
    good(deploy(apps, work, HOST))
    assert get(HOST, "af-bundled.example.com").text == "of kombu"
    assert get(HOST, "af-wheels.example.com").text == "1.2"
    assert packages("af-bundled").items() >= {"soup": "1.2", "broth": "0.5", "gunicorn": "20.1.0"}.items()
    assert good(deploy(apps, work, HOST)).changed[HOST] == 0

    (old / "app.pybundle").write_bytes(b"this is none")
    failed = deploy(apps, work, HOST)
    assert failed.status != 0
    assert "app.pybundle is no bundle of pip" in failed.output
    assert get(HOST, "af-bundled.example.com").text == "of kombu", "the old version serves"


def test_A13_several_apps_start_in_their_order(deployed: Run, work: Path) -> None:
    run = good(deploy([entry(work, "af", "many")], work, HOST))
    assert set(run.rows[HOST]) == {"af-web", "af-api", "af-jobs"}
    begun = {
        name: json.loads(shell(HOST, f"tail -1 /home/{name}/run/history.jsonl"))["time"] for name in run.rows[HOST]
    }
    assert begun["af-jobs"] <= begun["af-api"] <= begun["af-web"]
    api = json.loads(get(HOST, "af-api.example.com").body)
    assert api["VMC_APP_NAME"] == "af-api"
    assert json.loads(told("/", "af-web.example.com")["environment"]["VCAP_APPLICATION"])["name"] == "af-web"
    assert "af-jobs in" in shell(HOST, "cat /home/af-jobs/logs/work.log")


def test_A06_A07_two_databases_stand_under_one_label(deployed: Run, work: Path) -> None:
    app = entry(work, "af-bound", "hello", domains=["af-bound.example.com"], services=["db", "other"])
    services = [{"name": "db", "type": "mariadb"}, {"name": "other", "type": "mariadb"}]
    good(deploy([app], work, HOST, services=services))
    environment = told("/", "af-bound.example.com")["environment"]
    found = json.loads(environment["VCAP_SERVICES"])["mysql-5.1"]
    assert [one["name"] for one in found] == ["db", "other"]
    for one in found:
        credentials = one["credentials"]
        assert credentials["host"] == credentials["hostname"]
        assert credentials["user"] == credentials["username"]
        assert isinstance(credentials["port"], int)
    legacy = json.loads(environment["VMC_SERVICES"])
    assert [(one["vendor"], one["version"]) for one in legacy] == [("mysql", "5.1")] * 2
    assert environment["VMC_MYSQL"] == f"{found[0]['credentials']['host']}:{found[0]['credentials']['port']}"
