# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _reload, _workers
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._reload import reload
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
needs_nginx = pytest.mark.skipif(not NGINX, reason="there is no nginx here")


@pytest.fixture
def daemon(supervisord):
    return Supervisor(supervisord.path, 5)


@pytest.mark.parametrize("state", [None, "FATAL", "STOPPED", "BACKOFF"])
def test_an_nginx_that_does_not_run_is_left_alone(home, supervisord, daemon, state):
    if state:
        supervisord.program("nginx", state, 0)
    reload(home, daemon)
    assert supervisord.calls == [("getAllProcessInfo",)]


def look(monkeypatch, function):
    for module in (_reload, _workers):
        monkeypatch.setattr(module, "workers", function)
        monkeypatch.setattr(module, "POLL", 0.001)


def workers(monkeypatch, *steps):
    """What is seen of the workers, one look after the other; the last one for ever."""
    left = list(steps)
    look(monkeypatch, lambda master: left.pop(0) if len(left) > 1 else left[0])


OLD, LEAVING = b"nginx: worker process", b"nginx: worker process is shutting down"


def test_one_that_is_just_starting_has_read_the_old_files(home, supervisord, daemon, monkeypatch):
    states = iter(["STARTING", "STARTING", "RUNNING"])
    row = {"name": "nginx", "group": "nginx", "pid": 7, "spawnerr": ""}
    supervisord.answers["getAllProcessInfo"] = lambda: [{**row, "statename": next(states)}]
    workers(monkeypatch, {1: OLD}, {2: OLD})
    reload(home, daemon)
    assert supervisord.calls[-1] == ("signalProcess", "nginx", "HUP")


def test_it_is_done_when_new_workers_are_there_and_the_old_ones_leave(home, supervisord, daemon, monkeypatch):
    supervisord.program("nginx", pid=7)
    seen = []
    steps = [{1: OLD}, {1: OLD}, {1: OLD, 2: OLD}, {1: LEAVING}, {1: LEAVING, 2: OLD}]
    look(monkeypatch, lambda master: seen.append(master) or steps[len(seen) - 1])
    reload(home, daemon)
    assert seen == [7] * 5


@pytest.mark.parametrize(
    ("log", "lines"), [(None, ""), ("a\nb\nc\nd\ne\nbind() failed\n", "b\nc\nd\ne\nbind() failed")]
)
def test_one_that_goes_on_with_the_old_files(home, supervisord, daemon, monkeypatch, log, lines):
    supervisord.program("nginx", pid=7)
    workers(monkeypatch, {1: OLD})
    monkeypatch.setattr(_reload, "RELOAD_SECONDS", 0.05)
    if log:
        (home / "logs").mkdir()
        (home / "logs" / "nginx-error.log").write_text(log)
    with pytest.raises(PyhostError) as caught:
        reload(home, daemon)
    assert str(caught.value) == f"nginx did not take over its new files:\n{lines}"


@needs_nginx
def test_a_real_nginx(home, supervisord, daemon):
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    conf = home / "nginx.conf"
    text = "daemon off; pid {home}/pid; error_log stderr; events {{}}\nhttp {{ access_log off; server {{\n"
    text += "listen 127.0.0.1:{port}; return {status}; }} }}\n"

    def ask():
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            return int(connection.recv(100).split()[1])

    conf.write_text(text.format(home=home, port=port, status=201))
    with subprocess.Popen([NGINX, "-p", str(home), "-c", str(conf)], stderr=subprocess.DEVNULL) as process:
        try:
            for _attempt in range(500):
                if _workers.workers(process.pid):
                    break
                time.sleep(0.01)
            supervisord.program("nginx", pid=process.pid)
            supervisord.answers["signalProcess"] = lambda name, number: os.kill(process.pid, signal.SIGHUP) or True
            assert ask() == 201
            for status in (202, 203):
                conf.write_text(text.format(home=home, port=port, status=status))
                reload(home, daemon)
                assert ask() == status
        finally:
            process.terminate()
