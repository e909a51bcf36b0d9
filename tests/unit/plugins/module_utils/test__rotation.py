# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys
import time
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _rotation
from ansible_collections.pyhost.platform.plugins.module_utils._rotation import (
    Limits,
    Rotation,
    cut,
    limits,
    rotation,
    turn,
)
from living.cell import NGINX, Living, wait

DAY = 24 * 3600
FEW = Limits(size=100, keep=2, days=12)
"""A log is turned over every four days."""


class Daemon:
    """As much of supervisord as is looked at: programs with their logs."""

    def __init__(self, folder, *names):
        self.reopened = []
        self.handlers = {
            name: SimpleNamespace(baseFilename=str(folder / name), maxBytes=7, backupCount=7) for name in names
        }
        processes = {name: self._process(name) for name in names}
        self.process_groups = {"all": SimpleNamespace(processes=processes)}
        self.options = SimpleNamespace(
            logger=SimpleNamespace(warn=self.reopened.append), reopenlogs=lambda: self.reopened.append("daemon")
        )

    def _process(self, name):
        log = SimpleNamespace(handlers=[self.handlers[name]])
        dispatcher = SimpleNamespace(normallog=log, reopenlogs=lambda: self.reopened.append(name))
        return SimpleNamespace(dispatchers={5: dispatcher}, config=SimpleNamespace(name=name), pid=0)


@pytest.fixture
def home(tmp_path):
    for name in ("logs", "conf", "run"):
        (tmp_path / name).mkdir()
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "conf").symlink_to(tmp_path / "conf")
    return tmp_path


def put(home, name, size, days=0.0):
    path = home / "logs" / name
    path.write_bytes(b"x" * size)
    moment = time.time() - days * DAY
    os.utime(path, (moment, moment))
    return path


def sizes(home):
    return {path.name: path.lstat().st_size for path in (home / "logs").iterdir()}


def look(home, *programs, found=FEW, aged=False, times=1):
    daemon = Daemon(home / "logs", *programs)
    watch = Rotation(daemon, str(home))
    for _time in range(times):
        watch.look(found, aged)
    return daemon


def test_older_parts_move_on(home):
    for number in range(1, 5):
        turn(str(put(home, "a.log", number)), keep=2)
    assert sizes(home) == {"a.log.1": 4, "a.log.2": 3}


def test_a_log_that_stays_open_is_cut(home):
    path = home / "logs" / "own.log"
    with path.open("ab") as log:
        for number in range(1, 4):
            log.write(b"first" + str(number).encode() * 10)
            log.flush()
            cut(str(path), keep=2, size=8)
        log.write(b"next")
    assert {one.name: one.read_bytes() for one in (home / "logs").iterdir()} == {
        "own.log": b"next",
        "own.log.1": b"3" * 8,
        "own.log.2": b"2" * 8,
    }


def test_everything_that_is_too_large_is_turned_over(home):
    for name in (
        "access.log",
        "cron-tidy.log",
        "release-hook.log",
        "own.log",
        "small.log",
        "app.log",
        "supervisord.log",
    ):
        put(home, name, 90 if name == "small.log" else 8192)
    daemon = look(home, "app.log")
    assert sizes(home) == {
        "access.log.1": 8192,
        "app.log": 8192,  # Supervisor looks at these two by itself.
        "cron-tidy.log.1": 8192,
        "own.log": 0,
        "own.log.1": 100,
        "release-hook.log.1": 8192,
        "small.log": 90,
        "supervisord.log": 8192,
    }
    assert daemon.reopened == []


def test_what_programs_print_follows_the_limits(home):
    daemon = look(home, "app.log", "worker.log")
    assert {(one.maxBytes, one.backupCount) for one in daemon.handlers.values()} == {(100, 2)}


def test_a_log_in_another_folder_is_its_owners(home):
    daemon = Daemon(home / "data", "own.log")
    Rotation(daemon, str(home)).look(FEW, aged=True)
    assert daemon.handlers["own.log"].maxBytes == 7


def test_what_is_old_goes(home):
    for name, days in (("app.log.1", 9), ("app.log.2", 7), ("gone.log", 13), ("rare.log", 11), ("dump.2026-11-01", 9)):
        put(home, name, 5, days)
    put(home, "app.log", 5, 13)
    put(home, "access.log.3", 5)
    look(home, "app.log", aged=True)
    assert sorted(sizes(home)) == ["app.log", "app.log.2", "rare.log"]


def test_a_quiet_log_is_turned_over_by_and_by(home, monkeypatch):
    daemon = Daemon(home / "logs", "app.log")
    watch = Rotation(daemon, str(home))
    put(home, "app.log", 5)
    put(home, "supervisord.log", 5)
    put(home, "empty.log", 0)
    now = time.time()
    for days in (0, 3.9):
        monkeypatch.setattr(_rotation.time, "time", lambda days=days: now + days * DAY)
        watch.look(FEW, aged=True)
    assert sorted(sizes(home)) == ["app.log", "empty.log", "supervisord.log"]
    monkeypatch.setattr(_rotation.time, "time", lambda: now + 4.1 * DAY)
    watch.look(FEW, aged=True)
    assert sorted(sizes(home)) == ["app.log.1", "empty.log", "supervisord.log.1"]
    assert daemon.reopened == ["app.log", "daemon"]


def test_a_new_supervisord_knows_when_a_log_began(home, monkeypatch):
    now = time.time()
    put(home, "app.log", 5)
    look(home, "app.log", aged=True)
    (home / "run" / "logs.json").rename(home / "run" / "kept")
    monkeypatch.setattr(_rotation.time, "time", lambda: now + 5 * DAY)
    look(home, "app.log", aged=True)
    assert sorted(sizes(home)) == ["app.log"]
    (home / "run" / "kept").rename(home / "run" / "logs.json")
    look(home, "app.log", aged=True)
    assert sorted(sizes(home)) == ["app.log.1"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 5}', '{"a": ["x", "y"]}'])
def test_a_memory_that_somebody_else_wrote_is_none(home, text):
    (home / "run" / "logs.json").write_text(text)
    assert Rotation(Daemon(home / "logs"), str(home)).begun == {}


def test_a_log_is_as_old_as_the_part_before_it_says(home):
    put(home, "app.log.1", 5, 5)
    put(home, "app.log", 5)
    look(home, "app.log", aged=True)
    assert sizes(home) == {"app.log.1": 5, "app.log.2": 5}


def test_what_is_no_file_is_left(home):
    (home / "data").write_bytes(b"x" * 8192)
    (home / "logs" / "link.log").symlink_to(home / "data")
    (home / "logs" / "folder.log").mkdir()
    os.mkfifo(home / "logs" / "pipe.log")
    look(home, aged=True)
    assert sorted(sizes(home)) == ["folder.log", "link.log", "pipe.log"]
    assert (home / "data").stat().st_size == 8192


def test_a_hole_is_not_counted(home):
    path = home / "logs" / "own.log"
    with path.open("wb") as log:
        log.seek(1 << 20)
        log.write(b"x")
    look(home, found=Limits(size=64 << 10, keep=2, days=12))
    assert list(sizes(home)) == ["own.log"]


def test_an_error_is_told_and_ends_nothing(home):
    (home / "logs").rmdir()
    daemon = Daemon(home / "logs")
    Rotation(daemon, str(home))(None)
    assert daemon.reopened[0].startswith("logs were not rotated: [Errno 2]")


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"size": "x"}', '{"size": 0, "keep": 1, "days": 1}'])
def test_limits_that_cannot_be_read_are_the_usual_ones(home, text):
    if text is not None:
        (home / "conf" / "logs.json").write_text(text)
    assert limits(str(home)) == Limits(10 << 20, 5, 14)


def test_limits_of_the_app(home):
    (home / "conf" / "logs.json").write_text(_rotation.text(5000, 3, 7))
    assert limits(str(home)) == Limits(5000, 3, 7)


@pytest.mark.parametrize("options", [{"home": "/srv"}, {"paths": "/srv/logs/a.log /srv/logs/b.log", "largest": "7"}])
def test_old_and_new_configurations_of_supervisord_say_where_the_home_is(options, monkeypatch):
    found = []
    events = SimpleNamespace(Tick5Event=5, subscribe=lambda event, call: found.append((event, call.home)))
    monkeypatch.setitem(sys.modules, "supervisor", SimpleNamespace(events=events))
    rotation(None, **options)
    assert found == [(5, "/srv")]


@pytest.mark.skipif(not NGINX, reason="needs nginx")
def test_nginx_and_programs_go_on_in_new_logs():
    """With a real supervisord, which calls every five seconds, and a real nginx."""
    cell = Living()
    try:
        plan = cell.plan(1, processes={"worker": "sh -c 'while :; do echo 12345678901234567890; sleep 0.05; done'"})
        assert cell.roll(plan)["ok"]
        (cell.home / "current" / "conf" / "logs.json").write_text(_rotation.text(300, 2, 14))
        nginx, worker = cell.pid("nginx"), cell.pid("worker")
        log, old = cell.home / "logs" / "access.log", cell.home / "logs" / "access.log.1"
        wait(lambda: cell.answers() and old.exists(), "the log was not turned over")
        assert old.stat().st_size > 300
        wait(lambda: cell.answers() and log.exists() and log.stat().st_size, "nginx does not write into a new log")
        printed = cell.home / "logs" / "worker.log.2"
        wait(printed.exists, "what a program prints was not turned over")
        assert printed.stat().st_size < 5000
        assert (cell.pid("nginx"), cell.pid("worker")) == (nginx, worker)
    finally:
        cell.close()
