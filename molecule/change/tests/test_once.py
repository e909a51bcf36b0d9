# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps that cannot run twice at the same time, and apps that start beside the old version but not in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from molecule.change.tests.conftest import HOST
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.load import load
from tests.support.pace import allowed
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

DOMAIN = "soba.example.com"
SERVE = '''\
"""Answers on $SOCKET after it has taken what there is only one of: {taken}."""
import http.server
import os
import signal
import socket
import socketserver
import sys
import threading

{taking}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.end_headers()
        self.wfile.write(b"{version}")

    def log_message(self, *words):
        pass


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = False
    request_queue_size = 128


server = Server(os.environ["SOCKET"], Handler)
signal.signal(signal.SIGTERM, lambda *about: threading.Thread(target=server.shutdown).start())
server.serve_forever(0.05)
server.server_close()
'''
PORT = "only = socket.create_server(('127.0.0.1', 9123))"
BESIDE_ONLY = (
    "if '/a-' in os.environ['SOCKET'] and os.path.exists(os.environ['PYHOST_DATA'] + '/refuse'):\n"
    "    sys.exit('not in this place')"
)


class Soba:
    """The app's source and deploys of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "soba"
        self.source.mkdir()

    def deploy(self, version: str, taking: str = PORT, status: int = 200, strategy: str = "beside") -> Run:
        text = SERVE.format(version=version, taking=taking, taken=taking.partition("\n")[0], status=status)
        (self.source / "serve.py").write_text(text)
        entry: dict[str, Any] = {
            "name": "soba",
            "source": {"path": str(self.source)},
            "command": "python serve.py",
            "domains": [DOMAIN],
            "strategy": strategy,
            "health": {"timeout": 90 if status == 200 else 10, "seconds": 1},
        }
        return deploy([entry], self.folder, HOST)


@pytest.fixture
def soba(tmp_path: Path) -> Iterator[Soba]:
    one = Soba(tmp_path)
    yield one
    good(playbook("remove", {}, tmp_path, HOST, "-e", "app=soba", "-e", "purge=true"))


def _page() -> str:
    return get(HOST, DOMAIN).text


def test_an_app_that_cannot_run_twice(soba: Soba) -> None:
    """Beside the old version it is rejected; with strategy: restart it moves, and the gap is told."""
    good(soba.deploy("v1"))
    with load(HOST, DOMAIN) as seen:
        run = soba.deploy("v2")
    assert (run.status, seen.failed, _page()) == (2, {}, "v1")
    assert "Address already in use" in run.message()

    with load(HOST, DOMAIN) as seen:
        run = good(soba.deploy("v3", strategy="restart"))
    assert _page() == "v3"
    assert set(seen.failed) <= {"502"}
    did = " ".join(run.rows[HOST]["soba"]["did"])
    gap = re.search(r"restarted; no answer for up to (\d+\.\d) s \(strategy: restart\)", did)
    assert gap, did
    assert float(gap[1]) < allowed(8)


@pytest.mark.soak
def test_a_version_that_fails_in_place_gives_way_to_the_one_before(soba: Soba) -> None:
    good(soba.deploy("v3", strategy="restart"))
    assert good(soba.deploy("v3", strategy="restart")).changed == {HOST: 0}
    run = soba.deploy("v4", status=500, strategy="restart")
    assert run.status == 2
    assert "the old version was started again" in run.message()
    assert "the old version serves" in run.message()
    assert _page() == "v3"


@pytest.mark.soak
def test_a_version_that_starts_only_beside(soba: Soba) -> None:
    """The second start fails: the version before comes back, and nothing is in the way of the next deploy."""
    good(soba.deploy("v1", ""))
    shell(HOST, "touch /home/soba/data/refuse")
    with load(HOST, DOMAIN) as seen:
        run = soba.deploy("v2", BESIDE_ONLY)
        assert (run.status, _page()) == (2, "v1")
        assert "a second instance of the new version does not start; strategy: restart is for apps" in run.message()
        assert "not in this place" in run.message()
        good(soba.deploy("v3", ""))
        assert _page() == "v3"
    assert seen.failed == {}


@pytest.mark.soak
def test_neither_version_starts_in_place(soba: Soba) -> None:
    """Then the new one goes on beside it, says so, and any later deploy still works."""
    good(soba.deploy("v1", BESIDE_ONLY))
    shell(HOST, "touch /home/soba/data/refuse")
    with load(HOST, DOMAIN) as seen:
        run = soba.deploy("v2", BESIDE_ONLY)
        assert (run.status, _page()) == (2, "v2")
        assert "the new version serves beside the program app" in run.message()
        run = soba.deploy("v3", BESIDE_ONLY)
        assert (run.status, _page()) == (2, "v2")
        shell(HOST, "rm /home/soba/data/refuse")
        good(soba.deploy("v3", BESIDE_ONLY))
        assert _page() == "v3"
        assert good(soba.deploy("v3", BESIDE_ONLY)).changed == {HOST: 0}
    assert seen.failed == {}
