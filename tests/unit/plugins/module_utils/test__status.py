# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import socket
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import (
    _failed,
    _history,
    _home,
    _journal,
    _process,
    _status,
)
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._status import status

RULES = """\
server {
    listen 127.0.0.1:8000;
    listen unix:/run/pyhost/ramen/web.sock;
    location / { return 503; }
}
"""
LAUNCH = {
    "process": {
        "argv": ["gunicorn"], "cwd": "/srv", "environment": {"SECRET": "geheim"}, "release": "2-b", "virtualenv": "v1",
        "server": "gunicorn", "protocol": "http",
    },
    "process_digest": "p1", "processes": {"worker": "sleep 1"}, "ports": {}, "health": {},
    "conf": digest_of({"nginx.d/app.conf": RULES}), "python": "3.13.5", "digest": "bbb",
}  # fmt: skip


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))


@pytest.fixture
def cell(home):
    _home.make_directories(home)
    _home.make_links(home)
    launch(home)
    (home / "current").symlink_to("launches/l1")
    (home / "launches" / "l1" / "conf").symlink_to("../../conf/sets/c1")
    write(home / "conf" / "sets" / "c1" / "nginx.d" / "app.conf", RULES)
    write(home / "virtualenvs" / "v1" / ".pyhost.json", {"packages": {}})
    (home / "virtualenvs" / "v1" / "bin").mkdir()
    (home / "virtualenvs" / "v1" / "bin" / "python").symlink_to("/bin/sh")
    (home / "releases" / "2-b").mkdir()
    write(home / "releases" / "2-b.json", {"digest": "bbb", "origin": "main of https://git"})
    return home


def launch(home, **more):
    write(home / "launches" / "l1" / "launch.json", {**LAUNCH, **more})


def test_nothing_was_deployed(home):
    assert status(home) == {
        "current": "", "launched": False, "failed": {}, "rolling": False, "held": "", "last": {}, "late": [],
    }  # fmt: skip


def test_an_app_at_rest(cell):
    found = status(cell)
    assert found["release"] == {"name": "2-b", "source": "main of https://git", "digest": "bbb", "there": True}
    assert (found["python"], found["server"], found["virtualenv"]) == ("3.13.5", "gunicorn", "v1")
    assert (found["built"], found["interpreter"], found["edited"], found["links"]) == (True, True, False, True)
    assert (found["maintenance"], found["listen"], found["own"]) == (True, ["127.0.0.1:8000"], [])
    assert (found["wanted"], found["daemon"]) == (["app", "nginx", "worker"], False)
    assert (found["code"], found["packages"], found["cron"], found["services"]) == ([], [], {}, {})


def test_no_secret_leaves_the_cell(cell):
    assert "geheim" not in json.dumps(status(cell))


def test_an_app_without_web(cell):
    launch(cell, process={**LAUNCH["process"], "server": "none"}, processes={"worker_00": {"command": "x"}})
    found = status(cell)
    assert (found["server"], found["wanted"]) == ("", ["worker_00"])


def test_what_is_missing_or_edited(cell):
    (cell / "virtualenvs" / "v1" / "bin" / "python").unlink()
    (cell / "releases" / "2-b").rmdir()
    (cell / "app").unlink()
    write(cell / "conf" / "sets" / "c1" / "nginx.d" / "app.conf", RULES.replace("503", "200"))
    write(cell / "conf" / "nginx.d" / "own.conf", "")
    found = status(cell)
    assert (found["interpreter"], found["release"]["there"]) == (False, False)
    assert (found["links"], found["edited"], found["maintenance"]) == (False, True, False)
    assert found["own"] == ["conf/nginx.d/own.conf"]


def test_programs(cell, supervisord):
    pid, now = os.getpid(), int(time.time())
    supervisord.answers["getPID"] = pid
    for name, state, number in (("app", "RUNNING", pid), ("nginx", "FATAL", 0), ("own", "STOPPED", 0)):
        supervisord.program(name, state, number)
        supervisord.rows[-1].update(start=now - 90, now=now)
    _process.write_record(cell / "run", "app", {"process": "another"})
    log = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(now - 60))
    write(cell / "logs" / "supervisord.log", f"{log},123 WARN exited: app (exit status 1; not expected)\n" * 4)
    found = status(cell)
    assert {name: (row["state"], row["restarts"]) for name, row in found["programs"].items()} == {
        "app": ("RUNNING", 4), "nginx": ("FATAL", 0), "worker": ("MISSING", 0), "own": ("STOPPED", 0),
    }  # fmt: skip
    app = found["programs"]["app"]
    assert (app["seconds"], app["other"]) == (90, True)
    assert app["memory"] == found["memory"]["app"] == found["memory"]["cell"] > 1 << 20


def test_a_daemon_that_says_nothing(cell, monkeypatch):
    """It is given up soon, and all else is told."""
    monkeypatch.setattr(_status, "PART_SECONDS", 0.6)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(cell / "run" / "supervisor.sock"))
        silent.listen()
        begun = time.monotonic()
        found = status(cell)
    assert time.monotonic() - begun < 3
    assert (found["daemon"], found["release"]["name"]) == (False, "2-b")


def test_a_part_that_takes_too_long_is_left_out(cell, monkeypatch):
    monkeypatch.setattr(_status, "PART_SECONDS", 0.2)
    monkeypatch.setattr(_status._handmade, "code", lambda *words: time.sleep(5))
    found = status(cell)
    assert found["late"] == ["changes by hand"]
    assert "requests" in found
    assert "cron" in found


def test_the_last_change_and_one_that_failed(cell):
    _history.append(cell, "deployed", "2-b", "l1", "anna on laptop", "new code; rules changed")
    _history.append(cell, "release hook", "2-b", "l1", "anna on laptop")
    _failed.remember(cell, "build", "no wheel", "ben on ci")
    _journal.write(cell, "beside", "l1", "l2")
    found = status(cell)
    assert {name: found["last"][name] for name in ("what", "who", "release", "why")} == {
        "what": "deployed", "who": "anna on laptop", "release": "2-b", "why": "new code; rules changed",
    }  # fmt: skip
    assert (found["failed"]["stage"], found["failed"]["error"], found["rolling"]) == ("build", "no wheel", True)


def test_jobs_and_services(cell):
    launch(cell, cron={"nightly": {"schedule": "@daily"}, "new": {}}, services={"db": "postgresql"})
    row = {
        "schedule": "@daily",
        "last": "2026-11-22T00:00:00Z",
        "next": None,
        "result": "exit status 1",
        "seconds": "x",
    }
    write(cell / "run" / "cron.json", {"jobs": {"nightly": row, "gone": row}})
    found = status(cell)
    assert found["cron"] == {
        "nightly": {"schedule": "@daily", "last": "2026-11-22T00:00:00Z", "next": "", "result": "exit status 1"},
        "new": {"schedule": "", "last": "", "next": "", "result": "", "seconds": 0.0},
    }
    assert found["services"] == {"db": "postgresql"}


def test_a_lock_that_is_a_pipe(cell, monkeypatch):
    monkeypatch.setattr(_status, "PART_SECONDS", 0.2)
    os.mkfifo(cell / "run" / "lock")
    found = status(cell)
    assert (found["late"], found["held"], found["release"]["name"]) == (["lock"], "", "2-b")


@pytest.mark.parametrize("seconds", ["Infinity", "NaN", "1e999"])
def test_numbers_that_json_has_not(cell, seconds):
    launch(cell, cron={"nightly": {}})
    write(cell / "run" / "cron.json", f'{{"jobs": {{"nightly": {{"seconds": {seconds}}}}}}}')
    assert status(cell)["cron"]["nightly"]["seconds"] == 0.0


def test_an_owner_may_write_anything(cell):
    """Lengths and numbers have bounds, and what is no mapping is none."""
    launch(cell, cron=["x"], services={f"s{number}": "x" * 9999 for number in range(200)}, python="3" * 9999)
    write(cell / "run" / "cron.json", {"jobs": [1, 2]})
    write(cell / "run" / "history.jsonl", "nonsense\n")
    os.mkfifo(cell / "logs" / "access.log")
    os.mkfifo(cell / "logs" / "supervisord.log")
    found = status(cell)
    assert (found["cron"], found["last"], found["late"]) == ({}, {}, [])
    assert len(found["services"]) == 64
    assert max(map(len, [*found["services"].values(), found["python"]])) == 500
    assert len(json.dumps(found)) < 100_000
