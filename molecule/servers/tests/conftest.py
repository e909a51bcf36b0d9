# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One WSGI app under every server that runs one, all on one host, and ways to ask it."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, deploy, good
from tests.support.remote import shell
from tests.support.web import Answer, address

HOST = place.host("pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees"

SERVERS: dict[str, dict[str, Any]] = {
    "gunicorn": {},
    "uwsgi": {},
    "fastcgi": {},
    "scgi": {},
    "cgi": {},
    "wsgiref": {},
}
"""Every server of WSGI, with what its entry says besides. A new one is a line."""

LONG: dict[str, dict[str, Any]] = {
    "mod_wsgi": {},
    "mod_wsgi_embedded": {"server": "mod_wsgi", "config": {"mod_wsgi_mode": "embedded"}},
}
"""Those that are compiled first, with Debian's packages: only the soak has the time."""

EVERY = [*SERVERS, *(pytest.param(server, marks=pytest.mark.soak) for server in LONG)]


def name_of(server: str) -> str:
    """The app that runs under ``server``."""
    return f"sv-{server.replace('_', '-')}"


def domain(app: str) -> str:
    return f"{app}.example.com"


def connect(app: str, secure: bool = False) -> http.client.HTTPConnection:
    """To the front, which asks for no certificate of ours."""
    if not secure:
        return http.client.HTTPConnection(address(HOST), 80, timeout=60)
    plain = socket.create_connection((address(HOST), 443), timeout=60)
    connection = http.client.HTTPSConnection(address(HOST), 443)
    connection.sock = ssl._create_unverified_context().wrap_socket(plain, server_hostname=domain(app))
    return connection


def ask(
    app: str,
    target: str = "/",
    method: str = "GET",
    body: Any = None,
    headers: dict[str, str] | None = None,
    secure: bool = False,
) -> Answer:
    """What a visitor of the app is answered; the target goes out as it is, and a body that is a list in its pieces."""
    connection = connect(app, secure)
    try:
        pieces = iter(body) if isinstance(body, list) else body
        connection.request(method, target, pieces, {"Host": domain(app), **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def visitor() -> str:
    """The address that the host sees of us."""
    with socket.create_connection((address(HOST), 80), timeout=20) as one:
        return str(one.getsockname()[0])


def log(app: str) -> str:
    """What the app and its server have written."""
    return shell(HOST, f"cat /home/{app}/logs/app.log")


def logged(app: str, text: str, seconds: float = 15) -> bool:
    """Whether ``text`` is in the log of an app, or comes within ``seconds``."""
    end = time.monotonic() + seconds
    while text not in log(app):
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def scripts_of(app: str, tree: str, **more: Any) -> dict[str, Any]:
    """The entry of an app of scripts, those of a tree."""
    return {
        "name": app,
        "source": {"path": str(TREES / tree)},
        "server": "cgi",
        "domains": [domain(app)],
        "health": {"path": "/cgi-bin/hello.py", "timeout": 120, "seconds": 1},
        **more,
    }


SCRIPTS = scripts_of(
    "sv-scripts",
    "scripts",
    config={"cgi_processes": 2, "cgi_timeout": 3},
    environment={"HTTP_PROXY": "http://proxy.example.com", "GREETING": "100% %(hello)s"},
)
"""An app of scripts, which comes with the first deploy of the others."""


class Mirrors:
    """The app under each of the servers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "mirror"
        self.served: set[str] = set()
        shutil.copytree(TREES / "mirror", self.source)

    def version(self, name: str) -> None:
        path = self.source / "wsgi.py"
        text = (TREES / "mirror" / "wsgi.py").read_text()
        path.write_text(text.replace('VERSION = "v1"', f'VERSION = "{name}"'))

    def entry(self, server: str, **more: Any) -> dict[str, Any]:
        app = name_of(server)
        return {
            "name": app,
            "source": {"path": str(self.source)},
            "server": server,
            "domains": [domain(app)],
            "tls": {"self_signed": True, "redirect": False},
            "health": {"timeout": 120, "seconds": 1},
            **{**SERVERS, **LONG}[server],
            **more,
        }

    def deploy(self, *servers: str, **more: Any) -> Run:
        """Deploy under ``servers``, all that take no time when none is named."""
        run = deploy([self.entry(server, **more) for server in servers or SERVERS], self.folder, HOST)
        self.served.update(servers or SERVERS if run.status == 0 else ())
        return run

    def app(self, server: str) -> str:
        """The name of the app that runs under ``server``, after its first deploy."""
        if server not in self.served:
            good(self.deploy(server))
        return name_of(server)


@pytest.fixture(scope="session")
def mirrors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirrors]:
    one = Mirrors(tmp_path_factory.mktemp("mirrors"))
    good(deploy([*map(one.entry, SERVERS), SCRIPTS], one.folder, HOST))
    one.served.update(SERVERS)
    yield one
    names = [SCRIPTS["name"], *map(name_of, (*SERVERS, *LONG))]
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in names], one.folder, HOST))
