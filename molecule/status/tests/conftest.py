# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three apps that are well, and ways to have their status told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, good, playbook
from tests.support.kitchen import Kitchen
from tests.support.remote import shell

HOST = place.host("pyhost-debian13")
NAMES = ("ramen", "soup", "udon")
SECRET = "nobody-reads-this-c4nary"


@dataclass(frozen=True)
class Told:
    """What one run told: itself, its JSON and its page."""

    run: Run
    report: dict[str, Any]
    page: str

    def row(self, app: str, host: str = HOST) -> dict[str, Any]:
        return next(row for row in self.report["hosts"][host]["apps"] if row["app"] == app)

    def texts(self, app: str) -> list[str]:
        return [one["text"] for one in self.row(app)["findings"]]


def told(
    kitchen: Kitchen, *words: str, limit: str = HOST, environment: dict[str, str] | None = None, **more: Any
) -> Told:
    """The status of the apps that a kitchen declares."""
    folder = kitchen._folder()
    path, page = folder / "status.json", folder / "status.html"
    settings = {"pyhost_apps": list(kitchen.entries.values()), **more}
    files = ("-e", f"status_path={path}", "-e", f"status_page={page}")
    run = playbook("status", settings, folder, limit, *files, *words, environment=environment)
    return Told(run, json.loads(path.read_text()), page.read_text())


def control(app: str, *words: str) -> str:
    """supervisorctl of an app."""
    command = f"/opt/pyhost/tools/bin/supervisorctl -s unix:///home/{app}/run/supervisor.sock {' '.join(words)}"
    return shell(HOST, f"runuser -u {app} -- {command} || true")


@pytest.fixture(scope="session")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    one = Kitchen(tmp_path_factory.mktemp("kitchen"), HOST, NAMES)
    one.entries["ramen"] |= {"processes": {"worker": "sleep 100000"}, "environment": {"MENU": SECRET}}
    one.entries["ramen"]["tls"] = {"self_signed": True, "redirect": False}
    one.entries["soup"]["maintenance"] = True
    good(one.deploy())
    yield one
    good(one.remove_all())
