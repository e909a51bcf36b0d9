# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps on branches of Python that today's tools have left; their Pythons are compiled on the host first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.soak.conftest import HOST, PYTHON
from tests.support import branches, remote
from tests.support.deploy import Run, deploy, good
from tests.support.web import get

pytestmark = pytest.mark.soak

ROWS = {
    # name: (branch, server, what its page says of it)
    "old": ("2.7", "gunicorn", "gunicorn/19.10.0"),
    "oldwsgi": ("2.7", "uwsgi", "uwsgi"),
    "older": ("3.9", "gunicorn", "gunicorn/"),
    "olderwsgi": ("3.9", "uwsgi", "uwsgi"),
}


class Old:
    """The apps of `ROWS` and one of Django, deployed with the Pythons that are below `branches.PLACE`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries = {}
        for name, (branch, server, _says) in ROWS.items():
            files = {"requirements.txt": branches.FLASK[branch], "wsgi.py": branches.APP + branches.LAST[branch]}
            self.entries[name] = self.entry(name, files, python=branch, server=server)
        self.entries["shop"] = self.entry("shop", branches.DJANGO, python="2.7")

    def entry(self, name: str, files: dict[str, str], **keys: Any) -> dict[str, Any]:
        source = branches.write(self.folder / name, files)
        health = {"timeout": 120, "seconds": 1}
        return {
            "name": name,
            "source": {"path": str(source)},
            "domains": [f"{name}.example.com"],
            "health": health,
            **keys,
        }

    def deploy(self, *words: str, apps: list[dict[str, Any]] | None = None, **variables: Any) -> Run:
        settings: dict[str, Any] = {"python_paths": [f"{branches.PLACE}/python-*"], **variables}
        return deploy(apps or list(self.entries.values()), self.folder, HOST, *words, **settings)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    for branch in branches.VERSIONS:
        branches.build(HOST, branch)
    one = Old(tmp_path_factory.mktemp("old"))
    yield one
    good(one.deploy(apps=[{"name": name, "state": "absent", "purge": True} for name in one.entries]))


def test_check_mode_changes_nothing_and_tells_what_it_cannot_know(old: Old) -> None:
    run = good(old.deploy("--check"))
    assert remote.shell(HOST, "ls /opt/python/2.7 2>/dev/null || echo none").strip() in ("none", "bin")
    assert not remote.shell(HOST, "ls -d /home/old 2>/dev/null || true").strip(), run.output


def test_apps_serve_and_a_second_run_changes_nothing(old: Old) -> None:
    run = good(old.deploy())
    rows = run.rows[HOST]
    assert rows["old"]["python"] == branches.VERSIONS["2.7"]
    assert rows["old"]["virtualenv"] == "built (first build; installed by pip 20.3.4, for uv does not serve Python 2.7)"
    assert rows["older"]["virtualenv"] == "built (first build)"
    for name, (branch, _server, says) in ROWS.items():
        text = get(HOST, f"{name}.example.com").text
        assert text.startswith(f"python {branch}, {says}"), text
    again = good(old.deploy())
    assert again.changed == {HOST: 0}, again.output


def test_django_of_that_time(old: Old) -> None:
    """Our own entry point, the checks of Django and collectstatic run in Python 2.7."""
    run = good(old.deploy())
    assert get(HOST, "shop.example.com").text == "v1 django on 2.7"
    assert remote.shell(HOST, "cat /home/shop/app/collected/bowl.txt").strip() == "a bowl"
    record = remote.shell(HOST, "cat /home/shop/venv/.pyhost.json")
    assert '"django": "1.11.29"' in record
    assert "wsgiref" not in record
    assert run.rows[HOST]["shop"]["failed"] is None


def test_an_import_error_is_told(old: Old) -> None:
    """With its traceback, as on every other branch; what serves goes on."""
    good(old.deploy())
    broken = {
        "requirements.txt": branches.FLASK["2.7"],
        "wsgi.py": "# coding: utf-8\nraise ValueError(u'sůl')\ndef application(environ, respond): pass\n",
    }
    run = old.deploy(apps=[old.entry("old", broken, python="2.7")])
    branches.write(old.folder / "old", {"wsgi.py": branches.APP + branches.LAST["2.7"]})
    assert run.rows, run.output
    failed = run.rows[HOST]["old"]["failed"]["error"]
    assert failed.startswith("entry point wsgi:application cannot be imported: ValueError: "), failed
    assert re.search(r"wsgi\.py.*, line 2", failed), failed
    assert get(HOST, "old.example.com").text.startswith("python 2.7")
    good(old.deploy())


def test_an_installer_that_cannot_be_is_refused_before_anything_is_touched(old: Old) -> None:
    run = old.deploy(apps=[{**old.entries["old"], "installer": "uv"}])
    assert run.status != 0
    assert "old: installer: uv does not serve Python 2.7; write pip, or leave the key out" in run.message(), run.output
    assert run.changed == {HOST: 0}


def test_asgi_has_no_server_on_such_a_branch(old: Old) -> None:
    files = {"requirements.txt": "", "asgi.py": "async def application(scope, receive, send):\n    pass\n"}
    run = old.deploy(apps=[old.entry("noodles", files, python="2.7")])
    assert (
        "noodles: server: uvicorn has no version for Python 2.7, which has: gunicorn, uwsgi, command" in run.message()
    )
    assert run.changed == {HOST: 0}


@pytest.mark.parametrize("branch", ["2.7", "3.9", PYTHON])
def test_programs_beside_a_runtime(old: Old, branch: str) -> None:
    """pip and virtualenv are there for every source, and install over https."""
    environment = " ".join(f"{name}=/etc/ssl/certs/ca-certificates.crt" for name in ("PIP_CERT", "SSL_CERT_FILE"))
    where = f"/opt/python/{branch}/bin"
    if branch == PYTHON:
        files = {"requirements.txt": "itsdangerous==2.1.2\n", "wsgi.py": "def application(environ, respond):\n"
                 "    respond('200 OK', [])\n    return [b'v1']\n"}  # fmt: skip
        old.entries["new"] = old.entry("new", files, python=PYTHON)
        good(old.deploy())
    assert re.match(rf"pip \S+ from \S+ \(python {re.escape(branch)}\)", remote.shell(HOST, f"{where}/pip --version"))
    script = f"""
cd "$(mktemp -d)"
echo "raise SystemExit('the current directory was imported')" | tee pip.py venv.py > /dev/null
{where}/virtualenv env > /dev/null
{environment} env/bin/pip install --quiet itsdangerous=={"1.1.0" if branch == "2.7" else "2.1.2"} 2> /dev/null
env/bin/python -c 'import itsdangerous, sys; print("%d.%d" % sys.version_info[:2])'
"""
    assert remote.shell(HOST, script).strip() == branch


def test_pip_of_the_distribution_s_python_is_told_to_leave_it_alone(old: Old) -> None:
    said = remote.shell(HOST, f"/opt/python/{PYTHON}/bin/pip install itsdangerous 2>&1 || true")
    assert "externally-managed-environment" in said
