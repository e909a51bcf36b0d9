# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
import socketserver
import tempfile
import threading
import xmlrpc.client
import xmlrpc.server
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture
def home():
    """A directory with a path short enough for unix sockets."""
    root = tempfile.mkdtemp(prefix="ph", dir="/tmp")
    yield Path(root)
    shutil.rmtree(root)


@contextmanager
def serving(server):
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(xmlrpc.server.SimpleXMLRPCRequestHandler):
    rpc_paths = ("/RPC2", "/")
    disable_nagle_algorithm = False

    def address_string(self):
        return "unix"


class Supervisord(socketserver.ThreadingUnixStreamServer, xmlrpc.server.SimpleXMLRPCDispatcher):
    """Answers on a unix socket what a test tells it to, and remembers what it was asked.

    ``answers`` maps a method to a value, an exception, or a function of the arguments.
    """

    daemon_threads = True

    def __init__(self, path):
        xmlrpc.server.SimpleXMLRPCDispatcher.__init__(self, allow_none=True)
        socketserver.ThreadingUnixStreamServer.__init__(self, path, _Handler)
        self.path = path
        self.logRequests = False
        self.calls = []
        self.rows = []
        self.answers = {"getState": {"statecode": 1, "statename": "RUNNING"}}

    def _dispatch(self, method, params):
        name = method.removeprefix("supervisor.")
        self.calls.append((name, *params))
        if name == "getAllProcessInfo" and name not in self.answers:
            return [dict(row) for row in self.rows]
        answer = self.answers.get(name, True)
        if callable(answer):
            answer = answer(*params)
        if isinstance(answer, xmlrpc.client.Fault):
            raise answer
        return answer

    @staticmethod
    def fault(code):
        """An answer that refuses."""
        return xmlrpc.client.Fault(code, f"FAULT {code}")

    def program(self, name, state="RUNNING", pid=1, group=""):
        """Declare the state of a program."""
        self.rows = [row for row in self.rows if row["name"] != name]
        self.rows.append({"name": name, "group": group or name, "statename": state, "pid": pid, "spawnerr": ""})


@pytest.fixture
def supervisord(home):
    (home / "run").mkdir(exist_ok=True)
    with serving(Supervisord(str(home / "run" / "supervisor.sock"))) as server:
        yield server


@pytest.fixture
def new_supervisord():
    return Supervisord


@pytest.fixture
def serve():
    return serving
