# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps that all listen on port 8080 and find their files below /srv/app, each with its own Python and network."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.tenants.tests.conftest import HOST
from tests.support.deploy import Run, deploy, good
from tests.support.remote import shell
from tests.support.web import address, get

testinfra_hosts = [f"ansible://{HOST}"]
pytestmark = pytest.mark.soak

SERVE = '''\
"""Listens on the port that it was written with; /reach/HOST/PORT tries to connect."""
import http.server
import os
import socket
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{open('/srv/app/name.txt').read()} {sys.version_info[1]}"
        if self.path.startswith("/reach/"):
            host, port = self.path.split("/")[2:]
            try:
                socket.create_connection((host, int(port)), 2).close()
                body = "reached"
            except OSError as error:
                body = type(error).__name__
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


http.server.ThreadingHTTPServer(("127.0.0.1", 8080), Handler).serve_forever()
'''
APPS = {"one": ("3.13", "private"), "two": ("3.11", "private"), "three": ("3.13", "shared")}


class Fixed:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.entries: dict[str, dict[str, Any]] = {}
        for name, (python, network) in APPS.items():
            self.write(name, SERVE, name)
            self.entries[name] = {
                "name": name,
                "source": {"path": str(folder / name)},
                "python": python,
                "command": "python serve.py",
                "port": 8080,
                "network": network,
                "domains": [f"{name}.example.com"],
                "health": {"seconds": 0},
            }

    def write(self, name: str, text: str, says: str) -> None:
        source = self.folder / name
        source.mkdir(exist_ok=True)
        (source / "serve.py").write_text(text)
        (source / "name.txt").write_text(says)

    def deploy(self) -> Run:
        return deploy(list(self.entries.values()), self.folder, HOST)


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fixed]:
    one = Fixed(tmp_path_factory.mktemp("fixed"))
    good(one.deploy())
    yield one
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in APPS], one.folder, HOST))
    assert (
        shell(HOST, "ip netns list; ip -o link | grep pyh || true; ls /etc/systemd/system | grep pyhostnet || true")
        == ""
    )


def _page(name: str, path: str = "/") -> str:
    return get(HOST, f"{name}.example.com", path).text


def _all() -> dict[str, str]:
    return {name: _page(name) for name in APPS}


def test_all_of_them_run_side_by_side(fixed: Fixed) -> None:
    assert _all() == {"one": "one 13", "two": "two 11", "three": "three 13"}
    assert good(fixed.deploy()).changed == {HOST: 0}


@pytest.mark.parametrize(
    ("where", "port", "what"),
    [
        ("127.0.0.1", 8080, "reached"),
        ("127.0.0.1", 22, "ConnectionRefusedError"),
        ("169.254.1.1", 22, "TimeoutError"),
        ("{host}", 22, "TimeoutError"),
        ("{two}", 8080, "TimeoutError"),
        ("{outside}", 22, "reached"),
    ],
    ids=["itself", "loopback of the host", "its router", "the host", "a neighbour", "outside"],
)
def test_what_can_be_reached(fixed: Fixed, where: str, port: int, what: str) -> None:
    two = shell(HOST, "ip -n pyhost-two -o -4 address show eth0").split()[3].partition("/")[0]
    places = {"host": address(HOST), "two": two, "outside": address("pyhost-account12")}
    assert _page("one", f"/reach/{where.format(**places)}/{port}") == what


def test_new_code_and_a_change_of_the_network(fixed: Fixed) -> None:
    fixed.write("one", SERVE, "uno")
    good(fixed.deploy())
    assert _page("one") == "uno 13"
    fixed.entries["one"]["port"] = 0
    fixed.entries["one"]["network"] = "shared"
    fixed.write("one", SERVE.replace("8080", 'int(os.environ["PORT"])'), "uno")
    good(fixed.deploy())
    assert _all() == {"one": "uno 13", "two": "two 11", "three": "three 13"}
    assert shell(HOST, "ip netns list").split()[0] == "pyhost-two"
    assert good(fixed.deploy()).changed == {HOST: 0}


def test_a_start_of_the_cell_brings_its_network(fixed: Fixed) -> None:
    """As after a reboot: there is no namespace and no rule yet."""
    shell(HOST, "systemctl stop pyhost-two pyhostnet-two; nft delete table inet pyhost; systemctl start pyhost-two")
    end = time.monotonic() + 20
    while _page("two") != "two 11":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert _page("two", f"/reach/{address(HOST)}/22") == "TimeoutError"
