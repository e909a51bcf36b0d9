# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One app that the tests of this scenario change, one after the other."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.deploy import Run, deploy, good, playbook
from tests.support.web import get

HOST = "pyhost-debian13"
DOMAIN = "ramen.example.com"
PLAIN = "v1 python 3.13.5 short"

WSGI = '''\
"""A shop of one page."""
import os
import sys


def application(environ, start_response):
    body = "{version} python %d.%d.%d %s" % (*sys.version_info[:3], os.environ.get("MENU", "none"))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [body.encode()]
'''


class Shop:
    """The app's source in a temporary directory, its entry, and deploys of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changed = False
        self.source = folder / "ramen"
        self.source.mkdir()
        self.write("wsgi.py", WSGI.format(version="v1"))
        self.write("requirements.txt", "itsdangerous==2.1.2\n")
        self.write("static/menu.txt", "noodles\n")
        self.entry: dict[str, Any] = {
            "name": "ramen",
            "source": {"path": str(self.source)},
            "python": "3.13",
            "domains": [DOMAIN],
            "environment": {"MENU": "short"},
            "health": {"timeout": 90, "seconds": 1},
        }

    def write(self, name: str, text: str) -> None:
        path = self.source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def version(self, name: str) -> None:
        self.write("wsgi.py", WSGI.format(version=name))

    def deploy(self, *words: str, python_paths: tuple[str, ...] = (), keep: int = 5, **changes: Any) -> Run:
        """Deploy the entry with ``changes``, keeping ``keep`` releases; a change to None leaves the key out."""
        self.changed = bool(changes)
        entry = {**copy.deepcopy(self.entry), **changes}
        entry = {name: value for name, value in entry.items() if value is not None}
        return deploy([entry], self.folder, HOST, *words, python_paths=list(python_paths), keep_releases=keep)

    def row(self, run: Run) -> dict[str, Any]:
        return run.rows[HOST]["ramen"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Any:
    one = Shop(tmp_path_factory.mktemp("shop"))
    good(one.deploy())
    yield one
    good(playbook("remove", {}, one.folder, HOST, "-e", "app=ramen", "-e", "purge=true"))


@pytest.fixture
def steady(shop: Shop) -> Callable[[], Shop]:
    """Bring the shop back to its plain state, whatever a test before left."""

    def plain() -> Shop:
        shop.version("v1")
        shop.write("requirements.txt", "itsdangerous==2.1.2\n")
        if get(HOST, DOMAIN).text != PLAIN or shop.changed:
            good(shop.deploy())
            shop.changed = False
        return shop

    return plain
