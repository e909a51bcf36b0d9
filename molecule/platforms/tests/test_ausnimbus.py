# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AusNimbus: the checks N1 to N12 on a host, each under its name. What needs no host is in the unit tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.deploy import Run, deploy, good
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak

HOST = os.environ.get("PYHOST_TEST_HOST", "pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "ausnimbus"
SPOOFED = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ausnimbus")
    shutil.copytree(TREES, folder / "trees")
    return folder


def entry(work: Path, name: str, tree: str, **more: Any) -> dict[str, Any]:
    source = {"path": str(work / "trees" / tree)}
    return {"name": name, "platform": "ausnimbus", "source": source, "domains": [f"{name}.example.com"], **more}


def entries(work: Path) -> list[dict[str, Any]]:
    private = {"network": "private"}
    settings = {"GUNICORN_CONFIG": "conf/gunicorn.py", "FORWARDED_ALLOW_IPS": "10.0.0.1", "PIP_UPGRADE": "TRUE"}
    return [
        entry(work, "an-wsgi", "wsgi", listen=["0.0.0.0:8111"], limits={"memory": "1G"}),
        entry(work, "an-conf", "wsgi", listen=["0.0.0.0:8112"], environment=settings),
        entry(work, "an-alone", "standalone", **private),
        entry(work, "an-hooks", "hooks", environment={"BAZ": "of the entry"}, **private),
        entry(work, "an-setup", "setup", environment={"DEBUG": "TRUE"}),
        entry(work, "an-run", "standalone", environment={"APP_RUN": '"python app.py"'}, **private),
    ]


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(deploy(entries(work), work, HOST))


def told(name: str, port: int = 80, headers: dict[str, str] | None = None) -> Any:
    answer = get(HOST, f"{name}.example.com", "/", port, headers)
    assert answer.status == 200, answer
    return answer.json


def processes(name: str) -> list[str]:
    return shell(HOST, f"ps -eo user:20,ppid,pid,args | grep '^{name} ' || true").splitlines()


def test_N01_standalone_setup_py_and_wsgi_answer(deployed: Run) -> None:
    for name in ("an-wsgi", "an-conf", "an-hooks", "an-setup"):
        assert told(name)["environment"]["LC_ALL"] == "en_US.UTF-8"
    answer = get(HOST, "an-alone.example.com")
    assert "žluťoučký" in answer.text
    assert "příliš" in shell(HOST, "cat /home/an-alone/logs/app.log")


def test_N02_app_py_listens_on_8080_of_its_own_network(deployed: Run) -> None:
    lines = [line for line in processes("an-alone") if "app.py" in line]
    assert len(lines) == 1, lines
    assert "LISTEN" in shell(HOST, "ip netns exec pyhost-an-alone ss -Hltn 'sport = :8080'")


def test_N02_nothing_to_run_is_refused_before_anything_is_touched(deployed: Run, work: Path) -> None:
    tree = work / "trees" / "nothing"
    tree.mkdir()
    (tree / "wsgi.py").write_text("application = None\n")
    run = deploy([*entries(work), entry(work, "an-nothing", "nothing")], work, HOST)
    assert run.status != 0
    assert "ERROR: don't know how to run your application." in run.output
    assert "nothing was changed" in run.output
    assert run.changed[HOST] == 0
    assert "an-nothing" not in shell(HOST, "ls /home")


def test_N03_the_project_of_setup_py(deployed: Run) -> None:
    assert any(line.endswith("testapp:application") for line in processes("an-setup"))


def test_N04_app_run_is_the_app(deployed: Run) -> None:
    (line,) = [one for one in processes("an-run") if "app.py" in one]
    assert line.split()[3:] == ["python", "app.py"], "no shell is left in front of it"
    assert line.split()[2] in get(HOST, "an-run.example.com").text


def test_N05_workers(deployed: Run) -> None:
    def workers(name: str) -> int:
        return len([line for line in processes(name) if "/gunicorn " in line]) - 1

    assert told("an-wsgi")["environment"]["WEB_CONCURRENCY"] == "4"
    assert workers("an-wsgi") == 4, "a slice of 1 GiB"
    assert workers("an-setup") == 2, "the smallest instance"
    assert workers("an-conf") == 1, "the configuration file says one"
    assert "127.0.0.1:9999" not in shell(HOST, "ss -Hltn"), "its bind does not count"


def test_N06_whose_word_about_https_counts(deployed: Run) -> None:
    assert told("an-wsgi", 8111, SPOOFED)["scheme"] == "https"
    assert told("an-wsgi", 8111)["scheme"] == "http"
    assert told("an-conf", 8112, SPOOFED)["scheme"] == "http"


def test_N07_pip_is_upgraded_when_it_is_asked_for(deployed: Run) -> None:
    def version(name: str) -> tuple[int, ...]:
        line = shell(HOST, f"/opt/pyhost/tools/bin/pyhost-enter {name} python -m pip --version")
        return tuple(int(part) for part in line.split()[1].split(".")[:2])

    assert version("an-wsgi") < (25, 3) <= version("an-conf")


def test_N08_django_collects_its_static_files_when_it_is_built(deployed: Run, work: Path) -> None:
    apps = [
        entry(work, "an-django", "django"),
        entry(work, "an-plain", "django", environment={"DISABLE_COLLECTSTATIC": "TRUE"}),
    ]
    good(deploy([*entries(work), *apps], work, HOST))
    assert shell(HOST, "cat /home/an-django/app/staticfiles/shop.css") == "body { margin: 0 }\n"
    assert get(HOST, "an-django.example.com", "/static/shop.css").status == 200, "by WhiteNoise"
    assert shell(HOST, "ls /home/an-plain/app/staticfiles 2>/dev/null || true") == ""
    assert shell(HOST, "ls /home/an-django/data /home/an-plain/data | grep sqlite || true") == "", "nothing migrates"
    settings = work / "trees" / "django" / "shop" / "settings.py"
    text = settings.read_text()
    try:
        settings.write_text(text.replace("STATIC_ROOT", "ELSEWHERE"))
        failed = deploy([*entries(work), *apps], work, HOST)
    finally:
        settings.write_text(text)
    assert failed.status != 0
    assert "ImproperlyConfigured" in failed.output
    assert get(HOST, "an-django.example.com").status == 200


def test_N09_variables_of_the_file_are_there_when_building_and_running(deployed: Run) -> None:
    assert told("an-hooks")["environment"]["FOO"] == "BAR of the file"
    assert "Logic to include before: BAR of the file" in shell(HOST, "cat /home/an-hooks/logs/build.log")


def test_N10_hooks_source_the_default_stages(deployed: Run) -> None:
    assert "Logic to include before: BAR of the file" in shell(HOST, "cat /home/an-hooks/logs/app.log")
    assert shell(HOST, "cat /home/an-hooks/app/assembled.txt") == "Logic to include after\n"
    assert any("gunicorn wsgi" in line for line in processes("an-hooks"))


def test_N10_a_hook_that_fails_or_cannot_be_run_leaves_the_old_version(deployed: Run, work: Path) -> None:
    hook = work / "trees" / "hooks" / ".s2i" / "bin" / "assemble"
    text, mode = hook.read_text(), hook.stat().st_mode
    before = told("an-hooks")["pid"]
    try:
        hook.write_text("#!/bin/bash\necho this is why; exit 3\n")
        failed = deploy(entries(work), work, HOST)
        hook.write_text(text + "# another\n")
        hook.chmod(0o644)
        refused = deploy(entries(work), work, HOST)
    finally:
        hook.write_text(text)
        hook.chmod(mode)
    assert failed.status != 0
    assert "this is why" in failed.output
    assert refused.status != 0
    assert "is not executable" in refused.output
    assert told("an-hooks")["pid"] == before


def test_N11_a_develop_install_is_of_the_release(deployed: Run) -> None:
    assert told("an-setup")["cwd"].startswith("/srv/releases/")
    assert "testapp" in shell(HOST, "/opt/pyhost/tools/bin/pyhost-enter an-setup python -m pip list --editable")


def test_N12_debug_breaks_nothing(deployed: Run) -> None:
    assert told("an-setup")["scheme"] == "http"


def test_a_broken_file_of_variables_is_refused(deployed: Run, work: Path) -> None:
    path = work / "trees" / "hooks" / ".s2i" / "environment"
    text = path.read_text()
    try:
        path.write_text("FOO=BAR\nno equals sign\n")
        run = deploy(entries(work), work, HOST)
    finally:
        path.write_text(text)
    assert run.status != 0
    assert ".s2i/environment, line 2, column 1: there is no = in it" in run.output
    assert run.changed[HOST] == 0


def test_the_same_again_changes_nothing(deployed: Run, work: Path) -> None:
    good(deploy(entries(work), work, HOST))
    assert good(deploy(entries(work), work, HOST)).changed[HOST] == 0
