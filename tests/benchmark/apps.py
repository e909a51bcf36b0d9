# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small apps that every side deploys, on the controller, and whether they answer."""

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
REQUIREMENTS = "gunicorn==23.0.0\npackaging==25.0\n"
"""The same for all apps and sides, to the version: so nobody resolves anything, and caches are warm."""

FIRST = "one"
ANSWER_SECONDS = 30
LOOK_SECONDS = 0.01


class Apps:
    """The sources of app1, app2 and so on below ``folder``, and the version that each of them has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions: dict[str, str] = {}

    def only_first(self) -> Apps:
        """The same sources, of which those but the first are to be made anew; the first has its first version again."""
        other = Apps(self.folder)
        other.change("app1", FIRST)
        return other

    def write(self, count: int) -> None:
        """Make those of the first ``count`` apps that are not there."""
        for number in range(1, count + 1):
            if (name := f"app{number}") not in self.versions:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
                (self.folder / name / "requirements.txt").write_text(REQUIREMENTS)
                self.change(name, FIRST)

    def change(self, name: str, version: str) -> None:
        """Give an app the code of a version, whose name is what it answers."""
        self.versions[name] = version
        (self.folder / name / "wsgi.py").write_text(CODE.format(name=name, version=version))

    def entries(self, count: int, **keys: Any) -> list[dict[str, Any]]:
        """The first ``count`` apps as ``pyhost_apps``; ``keys`` are further keys of every app."""
        return [
            {
                "name": f"app{number}",
                "source": {"path": str(self.folder / f"app{number}")},
                "domains": [f"app{number}.test"],
                "locations": [{"location": "/static/", "alias": "/srv/static/"}],
                **keys,
            }
            for number in range(1, count + 1)
        ]

    def ask(self, address: str, count: int) -> None:
        """Ask each of the first ``count`` apps until it answers with its version."""
        for number in range(1, count + 1):
            name = f"app{number}"
            await_answer(address, name, f"{name} {self.versions[name]}")


def await_answer(address: str, name: str, wanted: str, seconds: float = ANSWER_SECONDS) -> None:
    """Return when ``name`` answers with ``wanted``. One that starts needs a moment; an old answer never turns right."""
    end = time.monotonic() + seconds
    while (said := answer(address, name)) != wanted:
        if time.monotonic() > end:
            raise ToolError(f"{name} answers {said[:200]!r}, and not {wanted!r}")
        time.sleep(LOOK_SECONDS)


def answer(address: str, name: str) -> str:
    """What ``name`` says now; the text of the error if there is no answer."""
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", "/", headers={"Host": f"{name}.test"})
        return connection.getresponse().read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error)
    finally:
        connection.close()
