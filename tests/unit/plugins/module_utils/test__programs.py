# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _programs, _supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._process import write_record
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor


@pytest.fixture
def daemon(supervisord):
    return Supervisor(supervisord.path, 5)


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(_programs, "POLL", 0.001)
    monkeypatch.setattr(_programs, "COMING_SECONDS", 0.5)


def asked(supervisord):
    """What supervisord was told to do, without the looks."""
    return [call for call in supervisord.calls if call[0] not in ("getAllProcessInfo", "reloadConfig")]


def test_read(supervisord, daemon):
    """Ours are replaced by what the files say now; `app` and `app-next` are ended by the rollout alone."""
    supervisord.answers["reloadConfig"] = [[["new", "app"], ["nginx", "app", "app-next"], ["gone", "app-next"]]]
    _programs.read(daemon)
    assert asked(supervisord) == [
        ("stopProcessGroup", "gone", False),
        ("removeProcessGroup", "gone"),
        ("stopProcessGroup", "nginx", False),
        ("removeProcessGroup", "nginx"),
        ("addProcessGroup", "nginx"),
        ("addProcessGroup", "new"),
        ("addProcessGroup", "app"),
    ]


def test_withdraw(supervisord, daemon):
    supervisord.answers["reloadConfig"] = [[["new"], ["nginx"], ["app", "worker"]]]
    _programs.withdraw(daemon)
    assert asked(supervisord) == [
        ("stopProcessGroup", "app", False),
        ("removeProcessGroup", "app"),
        ("stopProcessGroup", "worker", False),
        ("removeProcessGroup", "worker"),
    ]


CELL = make_cell("ramen", "system")
WORKER = {"command": "x", "stop_signal": "INT", "stop_wait": 600, "memory": 0}
PLAIN = _supervisor.programs_conf(CELL, 30, {})
DIFFERENT = [
    (PLAIN, PLAIN, False),
    # other programs, and what stands around
    (PLAIN, _supervisor.programs_conf(CELL, 30, {"worker": WORKER}), False),
    (PLAIN, f"; mine\n\n{PLAIN}", False),
    (PLAIN, _supervisor.programs_conf(CELL, 31, {}), True),
    (PLAIN, "", True),
    (PLAIN, "no section\n", True),
    (PLAIN, None, True),
    (None, None, False),
]


@pytest.mark.parametrize(("old", "new", "differs"), DIFFERENT)
def test_app_differs(home, old, new, differs):
    for conf, text in (("c1", old), ("c2", new)):
        directory = home / "conf" / "sets" / conf / "supervisor.d"
        directory.mkdir(parents=True)
        if text is not None:
            (directory / "app.conf").write_text(text)
    assert _programs.app_differs(home, "c1", "c2") is differs


WORKER = {"command": "celery -A shop worker"}
LAUNCH = {"process": {"server": "gunicorn"}, "process_digest": "p1", "processes": {"worker": WORKER}}


@pytest.mark.parametrize(
    ("launch", "names"),
    [
        (LAUNCH, ("app", "nginx", "worker")),
        # as older launches say it
        ({**LAUNCH, "processes": {"worker": "celery"}}, ("app", "nginx", "worker")),
        (
            {**LAUNCH, "processes": {"worker_00": WORKER, "worker_01": WORKER}},
            ("app", "nginx", "worker_00", "worker_01"),
        ),
        ({**LAUNCH, "process": {"server": "none"}}, ("worker",)),
        ({**LAUNCH, "process": {"server": "none"}, "processes": {}}, ()),
        ({**LAUNCH, "cron": {"tidy": {}}}, ("app", "nginx", "worker", "cron")),
        ({**LAUNCH, "cron": {}}, ("app", "nginx", "worker")),
    ],
)
def test_wanted(launch, names):
    assert _programs.wanted(launch) == names


def running(home, supervisord, name, **record):
    """A program that runs as this very process, with the record that the start wrapper leaves."""
    if record:
        write_record(home / "run", name, record)
    supervisord.program(name, pid=os.getpid())


def test_settle_at_rest(home, supervisord, daemon):
    running(home, supervisord, "app", process="another")
    running(home, supervisord, "nginx")
    running(home, supervisord, "worker", process="p1", command="celery -A shop worker")
    supervisord.program("mine", "STOPPED", 0)
    _programs.settle(home, daemon, LAUNCH)
    assert asked(supervisord) == []


def test_a_scheduler_that_runs_is_told_of_another_launch(home, supervisord, daemon):
    running(home, supervisord, "app", process="another")
    for name in ("nginx", "cron"):
        running(home, supervisord, name)
    supervisord.answers["signalProcess"] = lambda name, number: True
    launch = {**LAUNCH, "processes": {}, "cron": {"tidy": {}}}
    _programs.settle(home, daemon, launch)
    assert asked(supervisord) == [], "it starts just now, and the signal would end it"
    write_record(home / "run", "cron-hears", {})
    _programs.settle(home, daemon, launch)
    assert asked(supervisord) == [("signalProcess", "cron", "HUP")]


def starting(supervisord):
    """As supervisord starts: what is told to start, runs."""
    supervisord.answers["startProcess"] = lambda name, wait: supervisord.program(name) or True


@pytest.mark.parametrize("state", ["STOPPED", "FATAL", "EXITED"])
def test_settle_starts_what_does_not_run(home, supervisord, daemon, state):
    starting(supervisord)
    for name in ("app", "nginx", "worker", "mine"):
        supervisord.program(name, state, 0)
    _programs.settle(home, daemon, LAUNCH)
    started = [call[1] for call in asked(supervisord) if call[0] == "startProcess"]
    assert started == ["app", "nginx", "worker"]


WORKERS = [
    {"process": "p0", "command": "celery -A shop worker"},
    {"process": "p1", "command": "celery -A shop beat"},
    {},
]


@pytest.mark.parametrize("record", WORKERS)
def test_settle_restarts_processes_of_another_launch(home, supervisord, daemon, record):
    starting(supervisord)
    running(home, supervisord, "app")
    running(home, supervisord, "nginx")
    running(home, supervisord, "worker", **record)
    _programs.settle(home, daemon, LAUNCH)
    assert asked(supervisord) == [("stopProcessGroup", "worker", False), ("startProcess", "worker", False)]


def test_settle_waits_for_what_is_starting(home, supervisord, daemon):
    running(home, supervisord, "app")
    running(home, supervisord, "worker", process="p1", command="celery -A shop worker")
    looks = []

    def info():
        looks.append(1)
        state = "RUNNING" if len(looks) > 4 else "STARTING"
        return [*supervisord.rows, {"name": "nginx", "group": "nginx", "statename": state, "pid": 7, "spawnerr": ""}]

    supervisord.answers["getAllProcessInfo"] = info
    _programs.settle(home, daemon, LAUNCH)
    assert len(looks) > 4


FAILING = [
    ("nginx", "FATAL", "nginx-error.log", "bind() failed"),
    ("worker", "BACKOFF", "worker.log", "ImportError"),
    ("worker", "EXITED", "worker.log", ""),
]


@pytest.mark.parametrize(("name", "state", "log", "text"), FAILING)
def test_what_does_not_stay_up_is_told_and_the_app_serves(home, supervisord, daemon, name, state, log, text):
    (home / "logs").mkdir()
    if text:
        (home / "logs" / log).write_text("too old\n" + "x\n" * 29 + f"{text}\n")
    supervisord.answers["startProcess"] = lambda one, wait: supervisord.program(one, state, 0) or True
    running(home, supervisord, "app")
    running(home, supervisord, "nginx")
    running(home, supervisord, "worker", process="p1", command="celery -A shop worker")
    supervisord.program(name, state, 0)
    with pytest.raises(Committed) as caught:
        _programs.settle(home, daemon, LAUNCH)
    shown = "x\n" * 29 + text if text else ""
    assert str(caught.value) == f"{name} does not stay up ({state.lower()}); the last lines of {log}:\n{shown}"


def test_what_starts_for_ever(home, supervisord, daemon, monkeypatch):
    monkeypatch.setattr(_programs, "SETTLE_SECONDS", 0.05)
    running(home, supervisord, "app")
    supervisord.program("nginx", "STARTING", 7)
    with pytest.raises(Committed, match=r"^nginx does not stay up \(starting\); "):
        _programs.settle(home, daemon, {**LAUNCH, "processes": {}})


def test_a_supervisord_that_refuses(home, supervisord, daemon):
    supervisord.answers["startProcess"] = supervisord.fault(10)
    with pytest.raises(PyhostError, match=r"^supervisord refused startProcess\('app', False\): FAULT 10$"):
        _programs.settle(home, daemon, json.loads(json.dumps(LAUNCH)))


def test_what_is_not_wanted_leaves_nothing(home):
    """Records of what is wanted, of what lives and of others stay."""
    run = home / "run"
    run.mkdir(exist_ok=True)
    gone, alive = {"pid": 1 << 30, "start": 5}, {"pid": os.getpid(), "start": 5}
    records = {"worker": gone, "mail": gone, "cron": alive, "journal": {"step": "beside"}}
    for name, record in records.items():
        (run / f"{name}.json").write_text(json.dumps(record))
    _programs.end_left(home, LAUNCH)
    assert sorted(path.stem for path in run.glob("*.json")) == ["cron", "journal", "worker"]
