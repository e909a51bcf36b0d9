# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One app for each way to say what is to be installed; the host serves them an index on its loopback."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.installers.tests import wheels
from tests.support.deploy import EXAMPLES, Run, deploy, good
from tests.support.remote import program, put, shell
from tests.support.web import get

HOST = "pyhost-debian12"
SERVED = "/var/lib/served"
PORT = 9429
INDEX = f"http://127.0.0.1:{PORT}/simple"
CLOSED = "http://127.0.0.1:9/simple"
ALWAYS = {"gunicorn", "packaging", "pip"}
"""What every virtualenv of these apps has: their server and pip."""

WSGI = b"""\
import json, re
from importlib.metadata import distributions


def application(environ, start_response):
    found = {re.sub("[-_.]+", "-", one.metadata["Name"]).lower(): one.version for one in distributions()}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"packages": found, "file": __file__}).encode()]
"""
BUILD = b"""
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[tool.setuptools]
py-modules = ["wsgi"]
"""
PROJECT = b"""\
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["pepper<2"]
"""
SETUP = b"""\
from setuptools import setup
setup(name="shop", version="1.0", py_modules=["wsgi"], install_requires=["pepper<2"])
"""
NESTED = {
    "requirements.txt": b"salt==1.0  # not too much\n-r more/pepper.txt\n-c limits.txt\n",
    "more/pepper.txt": b"pepper\n",
    "limits.txt": b"pepper<2\n",
}
HASHED = {"requirements.txt": f"salt==1.0 --hash={wheels.sha256('salt-1.0-py3-none-any.whl')}\n".encode()}
URL = {"requirements.txt": f"salt @ http://127.0.0.1:{PORT}/files/salt-2.0-py3-none-any.whl\n".encode()}
OWN_WHEELS = {"requirements.txt": b"salt\n"}

SOURCES: dict[str, dict[str, bytes]] = {
    "nested": NESTED,
    "nestedpip": NESTED,
    "hashed": HASHED,
    "hashedpip": HASHED,
    "url": URL,
    "editable": {"requirements.txt": b"-e .\nthyme\n", "pyproject.toml": PROJECT + BUILD},
    "project": {"pyproject.toml": PROJECT},
    "setuppy": {"setup.py": SETUP},
    "limited": {"requirements.txt": b"pepper\nplain\n", "limits.txt": b"salt==1.0\n"},
    "ownwheels": OWN_WHEELS,
    "ownpip": OWN_WHEELS,
}
KEYS: dict[str, dict[str, Any]] = {
    "nestedpip": {"installer": "pip"},
    "hashedpip": {"installer": "pip"},
    "limited": {"constraints": ["limits.txt"]},
    "ownwheels": {"pip_index_url": CLOSED},
    "ownpip": {"pip_index_url": CLOSED, "installer": "pip"},
    "static": {"collectstatic": False, "pip_index_url": "", "environment": {"DJANGO_ALLOWED_HOSTS": "*"}},
}
NAMES = (*SOURCES, "locked", "static")


def write(folder: Path, content: dict[str, bytes]) -> None:
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def page(name: str) -> Any:
    return get(HOST, f"{name}.example.com").json


class Kitchen:
    """The apps by name, their sources on this machine, and deploys of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run = folder / "run"
        self.run.mkdir()

    def app(self, name: str, **changes: Any) -> dict[str, Any]:
        base = {
            "name": name,
            "source": {"path": str(EXAMPLES / "django" if name == "static" else self.folder / name)},
            "domains": [f"{name}.example.com"],
            "workers": 1,
            "pip_index_url": INDEX,
            "health": {"good": 1, "seconds": 0, "status": "200-499", "timeout": 90},
        }
        wanted = {**base, **KEYS.get(name, {}), **changes}
        return {key: value for key, value in wanted.items() if value != ""}

    def deploy(self, *words: str, only: tuple[str, ...] = NAMES, **changes: dict[str, Any]) -> Run:
        apps = [self.app(name, **changes.get(name, {})) for name in only]
        return deploy(apps, self.run, HOST, *words)

    def write(self, name: str, text: str, file: str = "requirements.txt") -> None:
        write(self.folder / name, {file: text.encode()})


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    folder = tmp_path_factory.mktemp("installers")
    downloads = folder / "downloads"
    downloads.mkdir()
    files = {**wheels.MADE, **wheels.real(downloads)}
    kitchen = Kitchen(folder)
    for name, content in SOURCES.items():
        write(folder / name, {"wsgi.py": WSGI, **content})
    own = {name: data for name, data in files.items() if name.split("-")[0] in ALWAYS or name.startswith("salt-1.0")}
    for name in ("ownwheels", "ownpip"):
        write(folder / name / "wheels", own)
    index = wheels.index(files)
    write(folder / "index", index)
    write(folder / "locked", {"wsgi.py": WSGI, "pyproject.toml": PROJECT.replace(b"pepper<2", b'pepper<2", "thyme')})
    _lock(folder / "index", folder / "locked")
    put(HOST, SERVED, index)
    serve = f"python3 -m http.server --bind 127.0.0.1 --directory {SERVED} {PORT}"
    with program(HOST, "served-index", serve, PORT):
        yield kitchen
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in NAMES], kitchen.run, HOST))
    shell(HOST, f"rm -rf {SERVED}")


def _lock(index: Path, project: Path) -> None:
    """Lock ``project`` against the index, which for that moment is served here at the address of the host's own."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(index))
    with http.server.ThreadingHTTPServer(("127.0.0.1", PORT), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        words = [
            "lock",
            "--quiet",
            "--no-config",
            f"--python={sys.executable}",
            f"--default-index={INDEX}",
            f"--project={project}",
        ]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV"))}
        subprocess.run(["uv", *words], check=True, env=clean, timeout=60)
        server.shutdown()


@pytest.fixture(scope="session")
def predicted(kitchen: Kitchen) -> Run:
    """A run in check mode, before anything was deployed."""
    return good(kitchen.deploy("--check", "--diff"))


@pytest.fixture(scope="session")
def deployed(kitchen: Kitchen, predicted: Run) -> Run:
    return good(kitchen.deploy())
