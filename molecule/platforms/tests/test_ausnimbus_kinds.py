# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AusNimbus: each kind of app that its builder was tested with, and checks N2 to N11 that need a deploy of their own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.installers.tests import wheels
from molecule.platforms.tests import bundles
from molecule.platforms.tests.nimbus import HOST, PRIVATE, copied, entry, inside, on_8080, processes, told
from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.remote import program, put, shell
from tests.support.web import get

pytestmark = pytest.mark.soak

SERVED = "/var/lib/served-nimbus"
PORT = 9441
INDEX = f"http://127.0.0.1:{PORT}/simple"
SPOOFED = {"X-Forwarded-Proto": "https"}

KINDS: dict[str, dict[str, Any]] = {
    "standalone": {},
    "setup": {"port": 8121},
    "runserver": {"tree": "django", "environment": {"APP_RUN": "python manage.py runserver 0.0.0.0:8080"}},
    "django": {"port": 8080},
    "uwsgi": {},
    "modwsgi": {"environment": {"APP_RUN": "mod_wsgi-express start-server wsgi.py --port 8080 --log-to-terminal"}},
    "numpy": {"port": 8123},
}
"""By tree or name: those with a port of their own are served by gunicorn, behind the nginx of their cell."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory)


def kinds(work: Path, **environment: str) -> list[dict[str, Any]]:
    found = []
    for name, given in KINDS.items():
        port = given.get("port")
        place = {"listen": [f"0.0.0.0:{port}"]} if port else PRIVATE
        variables = {**given.get("environment", {}), **environment}
        found.append(
            entry(work, f"an-{name}", given.get("tree", name), environment=variables, health={"timeout": 120}, **place)
        )
    return found


def test_N02_gunicorn_then_app_py_then_an_error(work: Path) -> None:
    tree = work / "trees" / "order"
    shutil.copytree(work / "trees" / "standalone", tree)
    shutil.copy(work / "trees" / "uwsgi" / "wsgi.py", tree)
    (tree / "requirements.txt").write_text("gunicorn\n")
    app = entry(work, "an-order", "order", **PRIVATE)
    good(deploy([app], work, HOST))
    assert any(line.endswith("wsgi:application") for line in processes("an-order"))
    (tree / "requirements.txt").write_text("")
    good(deploy([app], work, HOST))
    (line,) = [line for line in processes("an-order") if "app.py" in line]
    assert not any("gunicorn" in one for one in processes("an-order"))
    (tree / "app.py").unlink()
    run = deploy([app], work, HOST)
    assert run.status != 0
    assert "ERROR: don't know how to run your application." in run.output
    assert line in processes("an-order"), "the old version was not touched"


def test_N02_the_default_stage_ends_with_the_two_lines(work: Path) -> None:
    script = "mkdir -p /tmp/empty && cd /tmp/empty && PATH=/usr/bin:/bin bash /usr/libexec/s2i/run 2>&1; echo status $?"
    said = inside("an-order", f'sh -c "{script.replace("$", chr(92) + "$")}"').splitlines()
    assert said[0] == "ERROR: don't know how to run your application."
    assert said[1].startswith(
        "Please set either GUNICORN_APP_MODULE, APP_RUN environment variables or have the file app"
    )
    assert said[2] == "status 1"


@pytest.fixture(scope="module")
def index(work: Path) -> Iterator[None]:
    """A small package index on the host's loopback; its salt is not that of the usual one."""
    words = ("--no-deps", "--only-binary", ":all:", "gunicorn", "packaging", "pip<25.3")
    real = {path.name: path.read_bytes() for path in bundles.download(work / "wheels", *words)}
    put(HOST, SERVED, wheels.index({**wheels.SALT, **real}))
    serve = f"python3 -m http.server {PORT} --bind 127.0.0.1 --directory {SERVED}"
    with program(HOST, "served-nimbus", serve, PORT):
        yield


def settings(work: Path) -> list[dict[str, Any]]:
    conf = {"GUNICORN_CONFIG": "conf/gunicorn.py", "FORWARDED_ALLOW_IPS": "10.0.0.1", "PIP_UPGRADE": "TRUE"}
    return [
        entry(work, "an-conf", "wsgi", listen=["0.0.0.0:8112"], environment=conf),
        entry(work, "an-quoted", "standalone", environment={"APP_RUN": '"python app.py"'}, **PRIVATE),
        entry(work, "an-run", "standalone", environment={"APP_RUN": "python app.py"}, **PRIVATE),
        entry(work, "an-hooks", "hooks", environment={"BAZ": "of the entry"}, **PRIVATE),
        entry(
            work,
            "an-module",
            "package",
            environment={"GUNICORN_APP_MODULE": "pkg.mod:app", "PIP_INDEX_URL": INDEX, "PIP_UPGRADE": "true"},
        ),
        entry(work, "an-develop", "develop"),
    ]


@pytest.fixture(scope="module")
def deployed(work: Path, index: None) -> Run:
    shutil.copytree(work / "trees" / "setup", work / "trees" / "develop")
    (work / "trees" / "develop" / "requirements.txt").write_text("-e .\n")
    return good(deploy(settings(work), work, HOST))


def test_N03_the_module_is_given(deployed: Run) -> None:
    assert any(line.endswith("pkg.mod:app") for line in processes("an-module"))
    assert get(HOST, "an-module.example.com").status == 200


@pytest.mark.parametrize("name", ["an-run", "an-quoted"])
def test_N04_app_run_is_the_app(deployed: Run, name: str) -> None:
    (line,) = [one for one in processes(name) if "app.py" in one]
    assert line.split()[3:] == ["python", "app.py"], "no shell is left in front of it"
    assert line.split()[2] in get(HOST, f"{name}.example.com").text


def test_N05_the_configuration_file_counts_and_its_bind_does_not(deployed: Run) -> None:
    assert told("an-conf")["environment"]["FOO"] == "of the configuration"
    assert len([line for line in processes("an-conf") if "/gunicorn " in line]) - 1 == 1, "it says one worker"
    assert told("an-conf")["environment"]["WEB_CONCURRENCY"] == "2", "which is told all the same"
    assert "127.0.0.1:9999" not in shell(HOST, "ss -Hltn"), "its bind does not count"


def test_N05_the_number_that_is_given(deployed: Run) -> None:
    assert told("an-hooks")["environment"]["WEB_CONCURRENCY"] == "1"
    assert len([line for line in processes("an-hooks") if "gunicorn" in line]) - 1 == 1


def test_N06_another_peer_is_not_believed(deployed: Run) -> None:
    assert told("an-conf", 8112, SPOOFED)["scheme"] == "http"


def test_N07_pip_is_upgraded_when_it_is_asked_for(deployed: Run) -> None:
    def version(name: str) -> tuple[int, ...]:
        return tuple(int(part) for part in inside(name, "python -m pip --version").split()[1].split(".")[:2])

    assert version("an-module") < (25, 3), "PIP_UPGRADE=true is not TRUE"
    assert version("an-develop") < (25, 3) <= version("an-conf")


def test_N07_the_index_of_the_app_is_asked(deployed: Run) -> None:
    assert inside("an-module", "python -c 'import salt; print(salt.VERSION)'") == "2.0\n"


def test_N08_django_collects_its_static_files_when_it_is_built(deployed: Run, work: Path) -> None:
    apps = [
        entry(work, "an-django", "django"),
        entry(work, "an-plain", "django", environment={"DISABLE_COLLECTSTATIC": "TRUE"}),
    ]
    good(deploy(apps, work, HOST))
    assert shell(HOST, "cat /home/an-django/app/staticfiles/shop.css") == "body { margin: 0 }\n"
    assert get(HOST, "an-django.example.com", "/static/shop.css").status == 200, "by WhiteNoise"
    assert shell(HOST, "ls /home/an-plain/app/staticfiles 2>/dev/null || true") == ""
    assert shell(HOST, "ls /home/an-django/data /home/an-plain/data | grep sqlite || true") == "", "nothing migrates"
    django = work / "trees" / "django" / "shop" / "settings.py"
    text = django.read_text()
    django.write_text(text.replace("STATIC_ROOT", "ELSEWHERE"))
    with load(HOST, "an-django.example.com", what="collectstatic fails") as seen:
        failed = deploy(apps, work, HOST)
    django.write_text(text)
    assert failed.status != 0
    assert "ImproperlyConfigured" in failed.output
    assert seen.requests > 0
    assert seen.failed == {}


def test_N09_variables_of_the_file_are_there_when_building_and_running(deployed: Run) -> None:
    environment = told("an-hooks")["environment"]
    assert (environment["FOO"], environment["BAZ"]) == ("BAR of the file", "of the entry")
    assert "include before: BAR of the file, of the entry" in shell(HOST, "cat /home/an-hooks/logs/build.log")


def test_N10_hooks_source_the_default_stages(deployed: Run) -> None:
    assert "Logic to include before: BAR of the file" in shell(HOST, "cat /home/an-hooks/logs/app.log")
    assert shell(HOST, "cat /home/an-hooks/app/assembled.txt") == "Logic to include after\n"
    assert any("gunicorn wsgi" in line for line in processes("an-hooks"))


def test_N10_a_hook_that_fails_or_cannot_be_run_leaves_the_old_version(deployed: Run, work: Path) -> None:
    app = [one for one in settings(work) if one["name"] == "an-hooks"]
    build, run = (work / "trees" / "hooks" / ".s2i" / "bin" / name for name in ("assemble", "run"))
    texts = {one: one.read_text() for one in (build, run)}
    before = told("an-hooks")["pid"]
    with load(HOST, "an-hooks.example.com", what="hooks that fail") as seen:
        for hook in (build, run):
            hook.write_text(texts[hook] + "# another\n")
            hook.chmod(0o644)
            assert "is not executable" in deploy(app, work, HOST).output
            hook.chmod(0o755)
            hook.write_text(texts[hook])
        build.write_text("#!/bin/bash\necho this is why; exit 3\n")
        failed = deploy(app, work, HOST)
        build.write_text(texts[build])
    assert failed.status != 0
    assert "this is why" in failed.output
    assert told("an-hooks")["pid"] == before
    assert seen.requests > 0
    assert seen.failed == {}

    run.write_text("#!/bin/bash\necho why it ends; exit 3\n")
    failed = deploy(app, work, HOST)
    run.write_text(texts[run])
    assert failed.status != 0
    assert "why it ends" in failed.output
    assert told("an-hooks")["environment"]["FOO"] == "BAR of the file", "the old version is back"


def test_N11_an_edit_of_a_develop_install_counts_after_the_restart(deployed: Run, work: Path) -> None:
    assert "testapp" in inside("an-develop", "python -m pip list --editable")
    code = work / "trees" / "develop" / "testapp.py"
    code.write_text(code.read_text().replace('"scheme": environ["wsgi.url_scheme"]', '"scheme": "edited"'))
    good(deploy([one for one in settings(work) if one["name"] == "an-develop"], work, HOST))
    assert told("an-develop")["scheme"] == "edited"
    assert told("an-develop")["cwd"].startswith("/srv/releases/")


def test_the_same_again_changes_nothing(deployed: Run, work: Path) -> None:
    good(deploy(settings(work), work, HOST))
    assert good(deploy(settings(work), work, HOST)).changed[HOST] == 0


def test_N01_N12_each_kind_answers_and_again_with_debug(work: Path) -> None:
    for environment in ({}, {"DEBUG": "TRUE"}):
        good(deploy(kinds(work, **environment), work, HOST))
        for name, given in KINDS.items():
            port = given.get("port")
            assert get(HOST, f"an-{name}.example.com").status == 200, name
            assert (get(HOST, f"an-{name}.example.com", "/", port).status if port else on_8080(f"an-{name}")) == 200, (
                name
            )
    assert get(HOST, "an-numpy.example.com").text == "10"
    assert any("uwsgi --http-socket :8080" in line for line in processes("an-uwsgi"))
    assert any("apache2 " in line for line in processes("an-modwsgi"))
    assert good(deploy(kinds(work, DEBUG="TRUE"), work, HOST)).changed[HOST] == 0
