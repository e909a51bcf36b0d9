# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import threading
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _rotation
from ansible_collections.pyhost.platform.plugins.module_utils._logread import LINE, MOST, begin, go_on, logs, programs


class App:
    """The logs of an app, and one who follows them; ``seen`` is what was shown so far, by log."""

    def __init__(self, folder):
        self.folder = folder
        self.seen = {}
        self.answer = None

    def write(self, name, text):
        with (self.folder / name).open("a") as log:
            log.write(text)

    def begin(self, program="", lines=20, follow=True):
        self.program = program
        self._take(begin(self.folder, program, lines, follow))
        return self.seen

    def go_on(self, wait=0.0):
        self._take(go_on(self.folder, self.program, self.answer["marks"], wait))
        return self.seen

    def _take(self, answer):
        self.answer = answer
        for name, text in answer["texts"]:
            self.seen[name] = self.seen.get(name, "") + text

    def __getitem__(self, name):
        return self.seen.get(name, "")


@pytest.fixture
def app(tmp_path):
    return App(tmp_path)


def numbers(begin, end):
    return "".join(f"{number}\n" for number in range(begin, end))


def test_the_last_lines(app):
    app.write("app.log", numbers(0, 100))
    app.write("worker.log", "only\nthese")
    app.write("empty.log", "")
    assert app.begin(lines=3) == {"app.log": "97\n98\n99\n", "worker.log": "only\n"}
    app.write("worker.log", " two\n")
    app.go_on()
    assert app["worker.log"] == "only\nthese two\n"


def test_without_following_the_line_that_has_not_ended_is_shown(app):
    app.write("app.log", "1\n2\n3")
    assert app.begin(lines=2, follow=False) == {"app.log": "2\n3"}


def test_no_lines_to_begin_with(app):
    app.write("app.log", "1\n")
    assert app.begin(lines=0) == {}
    app.write("app.log", "2\n")
    assert app.go_on() == {"app.log": "2\n"}


def test_the_log_that_was_written_last_comes_last(app):
    for name in ("b.log", "a.log", "c.log"):
        app.write(name, "x\n")
    os.utime(app.folder / "b.log", (5, 5))
    os.utime(app.folder / "c.log", (3, 3))
    assert logs(app.folder) == ["c.log", "b.log", "a.log"]


def test_whose_logs_there_are():
    names = ["app.log", "nginx.log", "access.log", "cron-tidy.log", "cron.log", "worker_00.log", "worker_01.log"]
    found = programs(names)
    assert found["nginx"] == ["nginx.log", "access.log"]
    assert found["cron"] == ["cron-tidy.log", "cron.log"]
    assert found["cron-tidy"] == ["cron-tidy.log"]
    assert found["worker"] == ["worker_00.log", "worker_01.log"]
    assert found["worker_01"] == ["worker_01.log"]


def test_one_program(app):
    for name in ("app.log", "worker_00.log", "worker_01.log", "supervisord.log"):
        app.write(name, f"{name}\n")
    assert list(app.begin("worker")) == ["worker_00.log", "worker_01.log"]
    app.write("app.log", "more\n")
    assert list(app.go_on()) == ["worker_00.log", "worker_01.log"]
    assert app.answer["texts"] == []


def test_supervisord_is_shown_by_its_name_alone(app):
    app.write("supervisord.log", "x\n")
    assert app.begin() == {}
    assert app.begin("supervisord") == {"supervisord.log": "x\n"}


def test_nothing_is_lost_or_seen_twice_when_logs_are_turned_over(app):
    path = str(app.folder / "app.log")
    app.write("app.log", numbers(0, 5))
    app.begin()
    for step in range(1, 40):
        app.write("app.log", numbers(5 * step, 5 * step + 3))
        if step % 3 == 0:
            app.go_on()
        if step % 5 == 0:
            _rotation.turn(path, 3)
        app.write("app.log", numbers(5 * step + 3, 5 * step + 5))
        if step % 7 == 0:
            app.go_on()
    for _time in range(3):
        app.go_on()
    assert app["app.log"] == numbers(0, 200)


def test_a_log_that_was_turned_over_too_often_is_told(app):
    app.write("app.log", "1\n")
    app.begin()
    os.link(app.folder / "app.log", app.folder / "kept")  # so that no other file gets its number
    for number in range(2, 5):
        _rotation.turn(str(app.folder / "app.log"), 1)
        app.write("app.log", f"{number}\n")
    app.go_on()
    assert app["app.log"] == "1\n(turned over before it was read)\n4\n"


def test_a_log_that_was_emptied_is_read_from_its_begin(app):
    app.write("own.log", numbers(0, 5))
    app.begin()
    _rotation.cut(str(app.folder / "own.log"), 2, 1000)
    app.write("own.log", "9\n")
    assert app.go_on()["own.log"] == numbers(0, 5) + "9\n"


def test_a_log_that_comes_later(app):
    app.write("app.log", "1\n")
    app.begin()
    app.write("cron-tidy.log", "2\n")
    assert app.go_on() == {"app.log": "1\n", "cron-tidy.log": "2\n"}


def test_much_at_once_comes_piece_by_piece(app):
    app.begin()
    text = numbers(0, 200_000)
    app.write("app.log", text)
    times = 0
    while app["app.log"] != text:
        app.go_on()
        assert sum(len(part) for _name, part in app.answer["texts"]) <= MOST
        times += 1
        assert times < 20


def test_a_line_without_end_is_shown_all_the_same(app):
    app.begin()
    app.write("app.log", "x" * 10)
    assert app.go_on() == {}
    app.write("app.log", "x" * LINE)
    assert len(app.go_on()["app.log"]) == LINE + 10


def test_bytes_that_are_no_text(app):
    (app.folder / "app.log").write_bytes(b"a\xff\xfeb\n")
    assert app.begin() == {"app.log": "a\ufffd\ufffdb\n"}


def test_what_is_in_place_of_a_log(app, tmp_path_factory):
    far = tmp_path_factory.mktemp("far") / "secret"
    far.write_text("secret\n")
    os.mkfifo(app.folder / "pipe.log")
    (app.folder / "link.log").symlink_to(far)
    (app.folder / "folder.log").mkdir()
    app.write("app.log", "1\n")
    assert app.begin() == {"app.log": "1\n"}
    (app.folder / "app.log").unlink()
    os.mkfifo(app.folder / "app.log")
    app.go_on()
    (app.folder / "app.log").unlink()
    (app.folder / "app.log").symlink_to(far)
    assert app.go_on() == {"app.log": "1\n"}


def test_there_are_no_logs(app):
    (app.folder).rmdir()
    assert app.begin() == {}
    assert app.answer["programs"] == []
    assert app.go_on() == {}


def test_it_waits_for_something_new(app):
    app.write("app.log", "1\n")
    app.begin()
    later = threading.Timer(0.3, lambda: app.write("app.log", "2\n"))
    later.start()
    begun = time.monotonic()
    assert app.go_on(wait=60) == {"app.log": "1\n2\n"}
    assert time.monotonic() - begun < 30
    later.join()
