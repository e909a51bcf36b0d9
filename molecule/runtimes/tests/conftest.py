# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Four small apps on Python 3.11, of which two would do on 3.13."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import pythons
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.remote import shell

HOST = "pyhost-debian13"
"""It has Python 3.13, and packages bring 3.11 beside it."""

CALM: dict[str, Any] = {
    "name": "calm",
    "source": {"path": "command"},
    "command": "python server.py",
    "domains": ["calm.example.com"],
}

ELDER = "pyhost-debian12"
"""The distribution's Python there is 3.11, and no app is declared."""

OLD, NEW = "3.11", "3.13"
HEAD = "def application(environ, start_response):\n    start_response('200 OK', [])\n"
PAGE = f"import sys\n\n{HEAD}    return ['{{}}.{{}}'.format(*sys.version_info).encode()]\n"
PART = """\
[project]
name = "part"
version = "1.0"
description = "A part"
requires-python = "BRANCHES"

[build-system]
requires = ["flit-core==3.12.0"]
build-backend = "flit_core.buildapi"
"""


def _with_part(branches: str) -> dict[str, str]:
    """An app that installs something from its own tree."""
    part = {"part/pyproject.toml": PART.replace("BRANCHES", branches), "part/part.py": '"""A part."""\n'}
    return {"wsgi.py": f"import part\n{PAGE}", "requirements.txt": "./part\n", **part}


SOURCES = {
    "calm": {"wsgi.py": f"import itsdangerous\n{PAGE}", "requirements.txt": "ItsDangerous==2.1.2\n"},
    "whole": _with_part(">=3.9"),
    "stuck": {"wsgi.py": f"import cgi\n{PAGE}"},
    "capped": _with_part("<3.13"),
}
"""``cgi`` is no more in Python 3.13 (PEP 594), and the part of ``capped`` says itself that it cannot be had there."""


@dataclass
class Fleet:
    """The apps, and runs of playbooks on their host."""

    folder: Path
    entries: list[dict[str, Any]]

    @property
    def settings(self) -> dict[str, Any]:
        return {"pyhost_source_base": str(self.folder), "pyhost_apps": self.entries, "pyhost_python_default": OLD}

    def run(self, book: str, *words: str, **more: Any) -> Run:
        return playbook(book, {**self.settings, **more}, self.folder, HOST, *words)

    def deploy(self, apps: list[dict[str, Any]] | None = None, *words: str, **more: Any) -> Run:
        more = {"source_base": str(self.folder), "python_default": OLD, **more}
        return deploy(self.entries if apps is None else apps, self.folder, HOST, *words, **more)

    def on(self, branch: str, *names: str) -> list[dict[str, Any]]:
        """The apps, of which some are declared on another branch."""
        return [{**one, "python": branch} if one["name"] in names else one for one in self.entries]


def results(run: Run, key: str) -> Any:
    """What the last task of a run returned; the runs have to be ``-v``."""
    lines = [line for line in run.output.splitlines() if f'"{key}": ' in line and "=> {" in line]
    return json.loads(lines[-1].partition("=> ")[2])[key]


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    entries = []
    for name, files in SOURCES.items():
        for path, text in files.items():
            (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / name / path).write_text(text)
        health = {"good": 1, "seconds": 0, "timeout": 90}
        installer = "pip" if name == "capped" else "uv"  # uv minds no upper bound of requires-python.
        entry = {"name": name, "source": {"path": name}, "domains": [f"{name}.example.com"], "health": health}
        entries.append({**entry, "installer": installer})
    found = Fleet(folder, entries)
    good(found.deploy())
    yield found
    good(found.deploy([{"name": name, "state": "absent", "purge": True} for name in SOURCES]))
    shell(HOST, "rm -rf /opt/python/store/3.11-*")


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A source that brings Python 3.11, relocatable."""
    return pythons.packed(HOST, tmp_path_factory.mktemp("material"))
