# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A version that does not work never serves: the old one does, and the run says why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from molecule.change.tests.conftest import DOMAIN, HOST, Shop
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.load import load
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

ANSWERS_500 = """\
def application(environ, start_response):
    start_response("500 Internal Server Error", [])
    return [b"broken"]
"""
NEVER_BINDS = """\
import time

time.sleep(600)


def application(environ, start_response):
    pass
"""
OTHER_NAME = """\
def serve(environ, start_response):
    start_response("200 OK", [])
    return [b"v3"]
"""
WRONG_HOST = """\
def application(environ, start_response):
    good = environ["HTTP_HOST"] == "other.example.com"
    start_response("200 OK" if good else "400 Bad Request", [])
    return [b"v3"]
"""
DIES = """\
import os
import threading

threading.Timer(3, os._exit, [1]).start()


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"v3"]
"""
IGNORES = """\
import signal

signal.signal(signal.SIGTERM, signal.SIG_IGN)


def application(environ, start_response):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    start_response("500 Internal Server Error", [])
    return [b"v3"]
"""
NEEDS_SERVICE = """\
import socket


def application(environ, start_response):
    socket.create_connection(("127.0.0.1", 5432))
    start_response("200 OK", [])
    return [b"v3"]
"""


def _rejected(run: Run, *words: str) -> None:
    assert run.status != 0
    print(f"{run.message().splitlines()[1].strip()}")
    assert "Traceback" not in run.message().split("its last lines")[0]
    assert "FAILED at" in run.message()
    assert "the old version serves" in run.message()
    for word in words:
        assert word in run.message()
    assert get(HOST, DOMAIN).text.startswith("v1 ")


@pytest.mark.parametrize(
    ("text", "stage", "words"),
    [
        pytest.param(DIES, "rollout", ("a worker process ended",), id="dies after 3 s"),
        pytest.param(IGNORES, "rollout", ("answered 500",), id="ignores SIGTERM", marks=pytest.mark.soak),
        pytest.param(
            NEEDS_SERVICE, "rollout", ("Connection refused",), id="needs a service that is down", marks=pytest.mark.soak
        ),
        pytest.param(
            "def application(:\n",
            "build",
            ("entry point wsgi:application cannot be imported: SyntaxError: invalid syntax (wsgi.py, line 1)",),
            id="syntax error",
        ),
        pytest.param(
            "import no_such_thing\napplication = no_such_thing.app\n",
            "build",
            ("entry point wsgi:application cannot be imported: ModuleNotFoundError: No module named 'no_such_thing'",),
            id="import error",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            NEVER_BINDS,
            "build",
            ("was not imported within 10 s (health.timeout); it hangs in line 3 of wsgi.py",),
            id="never imported",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            OTHER_NAME,
            "build",
            ("entry point wsgi:application is not there: wsgi has no application; names that look right: serve",),
            id="no callable",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            ANSWERS_500,
            "rollout",
            ("GET / as ramen.example.com answered 500",),
            id="answers 500",
            marks=pytest.mark.soak,
        ),
        pytest.param(WRONG_HOST, "rollout", ("answered 400",), id="wrong host name", marks=pytest.mark.soak),
    ],
)
def test_broken_code_is_rejected(steady: Callable[[], Shop], text: str, stage: str, words: tuple[str, ...]) -> None:
    """What cannot be imported starts nothing."""
    shop = steady()
    shop.write("wsgi.py", text)
    with load(HOST, DOMAIN) as seen:
        run = shop.deploy(entrypoint="wsgi:application", health={"timeout": 10})
    assert seen.failed == {}
    _rejected(run, f"FAILED at {stage}", *words)
    shop.version("v1")
    assert good(shop.deploy(entrypoint="wsgi:application")).changed == {HOST: 0}
    shop.changed = False


@pytest.mark.soak
def test_requirement_that_the_new_python_cannot_have(steady: Callable[[], Shop]) -> None:
    """Only the old Python satisfies it; the change of the Python is refused by name."""
    shop = steady()
    package = shop.source / "old-only"
    package.mkdir(exist_ok=True)
    (package / "pyproject.toml").write_text(
        '[project]\nname = "old-only"\nversion = "1"\nrequires-python = "<3.12"\n'
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        "[tool.setuptools]\npy-modules = []\n"
    )
    shop.write("requirements.txt", "./old-only\n")
    good(shop.deploy(python="3.11"))
    with load(HOST, DOMAIN) as seen:
        run = shop.deploy(python="3.13")
    assert seen.failed == {}
    _rejected(run, "FAILED at build", "old-only", "the last lines of the installer")
    assert get(HOST, DOMAIN).text == "v1 python 3.11.2 short"
    shutil.rmtree(package)


def test_one_app_fails_and_the_others_are_deployed(steady: Callable[[], Shop], tmp_path: Any) -> None:
    shop = steady()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "wsgi.py").write_text("import no_such_thing\napplication = no_such_thing.app\n")
    other = {"name": "soup", "source": {"path": str(broken)}, "domains": ["soup.example.com"]}
    shop.version("v5")
    run = deploy([other, shop.entry], tmp_path, HOST)
    assert run.status != 0
    assert "soup on pyhost-debian13 FAILED at build; nothing serves" in run.message()
    assert get(HOST, DOMAIN).text.startswith("v5 ")
    good(playbook("remove", {}, tmp_path, HOST, "-e", "app=soup", "-e", "purge=true"))
