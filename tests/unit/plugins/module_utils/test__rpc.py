# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import socket
import subprocess
import threading
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _rpc
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor


@pytest.fixture
def daemon(supervisord):
    return Supervisor(supervisord.path, 5)


def test_programs(supervisord, daemon):
    supervisord.program("app", pid=12)
    supervisord.program("nginx", "FATAL", 0)
    assert daemon.programs() == {
        "app": {"state": "RUNNING", "pid": 12, "why": ""},
        "nginx": {"state": "FATAL", "pid": 0, "why": ""},
    }


def test_reread(supervisord, daemon):
    supervisord.answers["reloadConfig"] = [[["new"], ["app", "nginx"], []]]
    assert daemon.reread() == {"added": ["new"], "changed": ["app", "nginx"], "removed": []}


CALLS = [
    ("add", ("app",), ("addProcessGroup", "app"), _rpc.ALREADY_ADDED),
    ("remove", ("app",), ("removeProcessGroup", "app"), _rpc.UNKNOWN),
    ("start", ("app",), ("startProcess", "app", False), _rpc.ALREADY_STARTED),
    ("stop", ("app",), ("stopProcessGroup", "app", False), _rpc.UNKNOWN),
    ("signal", ("nginx", "HUP"), ("signalProcess", "nginx", "HUP"), _rpc.NOT_RUNNING),
]


@pytest.mark.parametrize(("method", "args", "call", "fault"), CALLS)
def test_calls(supervisord, daemon, method, args, call, fault):
    getattr(daemon, method)(*args)
    assert supervisord.calls[0] == call
    supervisord.answers[call[0]] = supervisord.fault(fault)  # done already is done
    getattr(daemon, method)(*args)
    supervisord.answers[call[0]] = supervisord.fault(91)
    with pytest.raises(PyhostError) as caught:
        getattr(daemon, method)(*args)
    assert str(caught.value) == f"supervisord refused {call[0]}{call[1:]}: FAULT 91"


def test_stop_waits_for_a_stop_that_somebody_else_began(supervisord, daemon, monkeypatch):
    """A rollout killed while the old version drained: stopping it again is no fault and no success yet."""
    monkeypatch.setattr(_rpc, "POLL", 0.001)
    states = iter(["STOPPING", "STOPPING", "STOPPED"])
    seen = []

    def info():
        seen.append(next(states))
        rows = [{"name": "app", "group": "app", "statename": seen[-1], "pid": 9, "spawnerr": ""}]
        return [*rows, {"name": "other", "group": "other", "statename": "STOPPING", "pid": 9, "spawnerr": ""}]

    supervisord.answers["getAllProcessInfo"] = info
    daemon.stop("app")
    assert seen == ["STOPPING", "STOPPING", "STOPPED"]


def test_stop_waits_for_every_process_of_the_group(supervisord, daemon, monkeypatch):
    monkeypatch.setattr(_rpc, "POLL", 0.001)
    supervisord.program("many_00", "STOPPED", group="many")
    supervisord.program("many_01", "STOPPING", group="many")
    begun = time.monotonic()
    threading.Timer(0.1, supervisord.program, ("many_01", "STOPPED", 0, "many")).start()
    daemon.stop("many")
    assert time.monotonic() - begun >= 0.1


def test_nobody_there(home):
    with pytest.raises(PyhostError, match=r"^supervisord does not answer: .*No such file"):
        Supervisor(str(home / "none.sock"), 5).programs()


def test_somebody_who_says_nothing(home):
    path = str(home / "mute.sock")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(path)
        mute.listen()
        with pytest.raises(PyhostError, match=r"^supervisord does not answer: timed out"):
            Supervisor(path, 0.1).programs()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.0 500 no\r\n\r\n", b"nonsense\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n<xml/>", b""]
)
def test_somebody_else(home, answer):
    path = str(home / "other.sock")

    def speak(server):
        while True:
            try:
                other, _address = server.accept()
            except OSError:
                return
            with other:
                other.recv(65536)
                other.sendall(answer)

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        thread = threading.Thread(target=speak, args=(server,))
        thread.start()
        with pytest.raises(PyhostError, match=r"^supervisord does not answer: "):
            Supervisor(path, 5).programs()
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_wait(supervisord, daemon, home):
    daemon.wait(5)
    assert supervisord.calls == [("getState",)]
    begun = time.monotonic()
    with pytest.raises(PyhostError, match="does not answer"):
        Supervisor(str(home / "none.sock"), 5).wait(0.1)
    assert 0.1 <= time.monotonic() - begun < 20


def test_wait_for_one_that_is_not_there_yet(home, serve, new_supervisord):
    daemon = Supervisor(str(home / "late.sock"), 5)
    servers = []

    def late():
        with serve(new_supervisord(str(home / "late.sock"))) as server:
            servers.append(server)
            end.wait(5)

    end = threading.Event()
    timer = threading.Timer(0.1, late)
    timer.start()
    daemon.wait(5)
    end.set()
    timer.join()
    assert ("getState",) in servers[0].calls


def test_shutdown_returns_once_the_process_is_gone(supervisord, daemon, monkeypatch):
    monkeypatch.setattr(_rpc, "POLL", 0.001)
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        supervisord.answers["getPID"] = process.pid
        begun = time.monotonic()
        threading.Timer(0.1, process.kill).start()
        daemon.shutdown()
        assert time.monotonic() - begun >= 0.1
    assert supervisord.calls == [("getPID",), ("shutdown",)]


def test_shutdown_that_does_not_end(supervisord, daemon, monkeypatch):
    monkeypatch.setattr(_rpc, "SHUTDOWN_SECONDS", 0.05)
    supervisord.answers["getPID"] = os.getpid()
    with pytest.raises(PyhostError) as caught:
        daemon.shutdown()
    assert str(caught.value) == "supervisord did not end within 0.05 s"


def test_shutdown_of_one_that_is_on_its_way(supervisord, daemon):
    supervisord.answers["getPID"] = supervisord.fault(6)
    with pytest.raises(PyhostError, match="refused getPID"):
        daemon.shutdown()
