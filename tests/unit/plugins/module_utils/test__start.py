# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The start wrapper becomes another program, so it runs in a process of its own.
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _process
from ansible_collections.pyhost.platform.plugins.module_utils._start import LISTEN, remove_stale

ROOT = Path(__file__).resolve().parents[4]
WRAPPER = f"""
import sys, types
sys.dont_write_bytecode = True
for name, path in (("ansible_collections", None), ("ansible_collections.pyhost", None),
                   ("ansible_collections.pyhost.platform", {str(ROOT)!r})):
    sys.modules[name] = module = types.ModuleType(name)
    module.__path__ = [path] if path else []
from ansible_collections.pyhost.platform.plugins.module_utils._start import main
main(sys.argv[1], sys.argv[2])
"""
SHOW = """
import json, os, sys
print(json.dumps([sys.argv[1:], os.getcwd(), sorted(os.environb.items()), oct(os.umask(0)), os.getpid()],
                 default=lambda raw: raw.decode("latin-1")))
"""
VALUES = {"PERCENT": "100%(x)s", "QUOTES": "'\"`$HOME`", "LINES": "a\nb\n", "EMPTY": "", "UMLAUT": "ü", "RAW": "\udcff"}


def launch(home, **changes):
    value = {
        "process": {
            "argv": [sys.executable, "-S", "-c", SHOW, "--bind=unix:{socket}", "{socket}{socket}", "{port} %s"],
            "cwd": str(home / "code"),
            "environment": dict(VALUES),
        },
        "process_digest": "p1",
        "processes": {"worker": f"{sys.executable} -S -c '{SHOW}' \"$PERCENT\""},
        "ports": {},
        **changes,
    }
    (home / "launches" / "l1").mkdir(parents=True, exist_ok=True)
    (home / "launches" / "l1" / "launch.json").write_text(json.dumps(value))
    for name in ("code", "run"):
        (home / name).mkdir(exist_ok=True)


def start(home, program, tools="/nonexistent"):
    words = [sys.executable, "-c", WRAPPER, program, tools]
    env = {"OUTSIDE": "must not reach the app"}
    return subprocess.run(words, cwd=home, env=env, capture_output=True, text=True, check=False)


def shown(finished):
    assert (finished.returncode, finished.stderr) == (0, "")
    argv, cwd, environment, umask, pid = json.loads(finished.stdout)
    return argv, cwd, dict(environment), umask, pid


def expected(**more):
    values = {"PERCENT": "100%(x)s", "QUOTES": "'\"`$HOME`", "LINES": "a\nb\n", "EMPTY": "", "UMLAUT": "Ã¼", "RAW": "ÿ"}
    return {**values, **more}


def without_own(environment):
    """What the interpreter itself adds under the C locale."""
    return {name: value for name, value in environment.items() if name != "LC_CTYPE"}


@pytest.mark.parametrize(("program", "link", "letter"), [("app", "current", "a"), ("app-next", "run/next", "n")])
def test_app(home, program, link, letter):
    launch(home)
    (home / link).symlink_to("../launches/l1" if "/" in link else "launches/l1")
    sock = f"{home}/run/{letter}-p1.sock"
    Path(sock).write_text("stale")
    argv, cwd, environment, umask, pid = shown(start(home, program))
    assert argv == [f"--bind=unix:{sock}", f"{sock}{sock}", "{port} %s"]
    assert (cwd, umask) == (f"{home}/code", "0o27")
    assert without_own(environment) == expected()
    assert not os.path.exists(sock)
    record = json.loads((home / "run" / f"{program}.json").read_text())
    start_ = record.pop("start")
    assert record == {"process": "p1", "socket": f"{letter}-p1.sock", "port": 0, "pid": pid}
    assert start_ >= _process.start_time(os.getpid())


def test_app_on_a_port(home):
    launch(home, ports={"app": 20000, "app-next": 20001})
    (home / "run" / "next").symlink_to("../launches/l1")
    _argv, _cwd, environment, _umask, _pid = shown(start(home, "app-next"))
    assert without_own(environment) == expected(PORT="20001", SOCKET=f"{home}/run/n-p1.sock")
    assert json.loads((home / "run" / "app-next.json").read_text())["port"] == 20001


def test_worker(home):
    launch(home)
    (home / "current").symlink_to("launches/l1")
    argv, cwd, environment, umask, pid = shown(start(home, "worker"))
    assert (argv, cwd, umask) == (["100%(x)s"], f"{home}/code", "0o27")
    assert {name: environment[name] for name in VALUES} == expected()
    assert "OUTSIDE" not in environment
    record = json.loads((home / "run" / "worker.json").read_text())
    assert (record["process"], record["pid"]) == ("p1", pid)  # the shell in front of it has gone
    assert record["command"].startswith(sys.executable)


def test_a_process_is_told_which_one_it_is(home):
    launch(home, processes={"worker_01": {"command": f"cd / && N=1 {sys.executable} -S -c '{SHOW}' $PYHOST_PROCESS"}})
    (home / "current").symlink_to("launches/l1")
    argv, cwd, environment, _umask, pid = shown(start(home, "worker_01"))
    assert (argv, cwd, environment["PYHOST_PROCESS"], environment["N"]) == (["worker_01"], "/", "worker_01", "1")
    assert json.loads((home / "run" / "worker_01.json").read_text())["pid"] == pid


def test_a_process_that_a_rollout_has_exchanged_runs_ahead_of_the_app(home):
    launch(home)
    (home / "launches" / "l1").rename(home / "launches" / "l0")
    launch(home, process_digest="p2", processes={"worker": f"{sys.executable} -S -c '{SHOW}' new"})
    (home / "current").symlink_to("launches/l0")
    (home / "run" / "workers-next").symlink_to("../launches/l1")
    assert shown(start(home, "worker"))[0] == ["new"]
    assert json.loads((home / "run" / "worker.json").read_text())["process"] == "p2"
    assert shown(start(home, "app"))[0][0].endswith("a-p1.sock")


@pytest.mark.parametrize("program", ["app", "app-next", "worker"])
def test_nothing_deployed(home, program):
    finished = start(home, program)
    assert finished.returncode == 1
    assert finished.stderr == f"pyhost-start: nothing is deployed that {program} could start\n"


def test_a_server_that_is_not_there(home):
    launch(home, process={"argv": ["/nonexistent/gunicorn"], "cwd": str(home), "environment": {}})
    (home / "current").symlink_to("launches/l1")
    finished = start(home, "app")
    assert finished.returncode == 1
    assert finished.stderr == "pyhost-start: /nonexistent/gunicorn cannot be started: No such file or directory\n"


def test_nginx(home):
    conf = home / "current" / "conf" / "nginx.d"
    conf.mkdir(parents=True)
    (home / "run").mkdir()
    (home / "tools" / "bin").mkdir(parents=True)
    program = home / "tools" / "bin" / "nginx"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    program.chmod(0o755)
    sockets = [home / "run" / name for name in ("stale.sock", "live.sock", "other.sock")]
    (conf / "app.conf").write_text(
        f"server {{\n    listen 127.0.0.1:8000;\n    listen unix:{sockets[0]};\n"
        f"  listen unix:{sockets[1]} backlog=1;\n}}\n"
        f"# listen unix:{sockets[2]};\n"
    )
    for path in (sockets[0], sockets[2]):
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(path))
    with socket.socket(socket.AF_UNIX) as live:
        live.bind(str(sockets[1]))
        live.listen()
        finished = start(home, "nginx", str(home / "tools"))
    assert finished.stdout.splitlines() == ["-p", f"{home}/run/", "-c", f"{home}/current/conf/nginx.conf"]
    assert [path.exists() for path in sockets] == [False, True, True]


def test_remove_stale_needs_a_socket(home):
    remove_stale(str(home / "none"))
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(home / "stale.sock"))
    remove_stale(str(home / "stale.sock"))
    assert os.listdir(home) == []


def test_listen():
    assert LISTEN.findall("listen 80;\n\tlisten unix:/a/b.sock;listen unix:/c;\n listen unix:/d  default;") == [
        "/a/b.sock",
        "/d",
    ]
