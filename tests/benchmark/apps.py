# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small apps that both sides deploy."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from typing import Any

from tests.tools.process import ToolError

CODE = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"{name} {version}"]
"""
ANSWER_SECONDS = 20


def write(folder: Path, count: int, version: str) -> None:
    """Make ``count`` apps: app1, app2, and so on."""
    for number in range(1, count + 1):
        home = folder / f"app{number}"
        home.mkdir(parents=True)
        (home / "requirements.txt").write_text("gunicorn\n")
        change(folder, home.name, version)


def change(folder: Path, name: str, version: str) -> None:
    """Change the code of one app."""
    (folder / name / "wsgi.py").write_text(CODE.format(name=name, version=version))


def entries(folder: Path, count: int) -> list[dict[str, Any]]:
    """Return what the stock playbook makes of ``n``, as ``pyhost_apps``."""
    return [
        {
            "name": f"app{number}",
            "source": {"path": str(folder / f"app{number}")},
            "domains": [f"app{number}.test"],
            "locations": [{"location": "/static/", "alias": "/srv/static/"}],
        }
        for number in range(1, count + 1)
    ]


def ask(address: str, count: int, versions: dict[str, str]) -> None:
    """Ask every app which version answers: ``one`` where ``versions`` names no other."""
    for number in range(1, count + 1):
        name = f"app{number}"
        _ask(address, name, f"{name} {versions.get(name, 'one')}")


def _ask(address: str, name: str, wanted: str) -> None:
    """A restarted app of the peers needs a moment; an old answer never turns right by itself."""
    end = time.monotonic() + ANSWER_SECONDS
    said = ""
    while time.monotonic() < end:
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": f"{name}.test"})
            said = connection.getresponse().read().decode("utf-8", "replace")
        except OSError as error:
            said = str(error)
        finally:
            connection.close()
        if said == wanted:
            return
        time.sleep(0.1)
    raise ToolError(f"{name} answers {said[:200]!r}, and not {wanted!r}")
