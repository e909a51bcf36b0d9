# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import os
import re
import threading
from types import SimpleNamespace

import pytest
from ansible import constants as C
from ansible_collections.pyhost.platform.plugins.callback import progress
from ansible_collections.pyhost.platform.plugins.plugin_utils import _watch

COLUMNS = 40


class Terminal(io.StringIO):
    """Shows what a terminal of `COLUMNS` would: it knows the few sequences that the screen uses."""

    def isatty(self):
        return True

    def shown(self):
        rows, at = [""], 0
        for piece in re.split(r"(\x1b\[\d*[A-Z]|\r|\n)", self.getvalue()):
            if piece == "\n":
                at += 1
                rows += [""] * (at + 1 - len(rows))
            elif piece == "\x1b[J":
                del rows[at:]
                rows.append("")
            elif piece.startswith("\x1b["):
                at -= int(piece[2:-1])
            elif piece != "\r":
                for start in range(0, len(piece), COLUMNS):
                    at += bool(start)
                    rows += [""] * (at + 1 - len(rows))
                    rows[at] += piece[start : start + COLUMNS]
        return rows[:-1] if rows[-1] == "" else rows


@pytest.fixture
def terminal(monkeypatch):
    """What the plugin takes for standard output and error; those of pytest change while a test runs."""
    found = Terminal()
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stdout=found, stderr=found))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress.shutil, "get_terminal_size", lambda: os.terminal_size((COLUMNS, 24)))
    return found


@pytest.fixture
def screen(terminal):
    found = progress.Screen()
    yield found
    found.close()


def test_live_lines_take_the_place_of_the_last_ones(terminal, screen):
    say("TASK [Build]\n")
    screen.show(["a", "b", "c"])
    assert terminal.shown() == ["TASK [Build]", "a", "b", "c"]
    screen.show(["d"])
    assert terminal.shown() == ["TASK [Build]", "d"]
    screen.show([])
    assert terminal.shown() == ["TASK [Build]"]


def test_what_ansible_writes_is_above_them(terminal, screen):
    screen.show(["a", "b"])
    say("changed: [kitchen]\n")
    assert terminal.shown() == ["changed: [kitchen]"]
    say("[WARNING]: careful\n", "stderr")
    screen.show(["a", "b"])
    assert terminal.shown() == ["changed: [kitchen]", "[WARNING]: careful", "a", "b"]


def test_a_line_that_is_not_finished_is_left_alone(terminal, screen):
    """As that of a question."""
    say("Password: ")
    screen.show(["a"])
    assert terminal.shown() == ["Password: "]
    say("\n")
    screen.show(["a"])
    assert terminal.shown() == ["Password: ", "a"]


def test_lines_that_a_narrower_window_has_wrapped(terminal, screen):
    say("TASK [Build]\n")
    screen.show(["a" * 2 * COLUMNS, "b"])
    screen.show([])
    assert terminal.shown() == ["TASK [Build]"]


def test_the_streams_are_as_before(terminal):
    screen = progress.Screen()
    assert progress.sys.stdout is not terminal
    assert progress.sys.stdout.isatty()
    screen.show(["a"])
    screen.close()
    assert progress.sys.stdout is terminal
    assert terminal.shown() == []


def test_a_forked_worker_waits_for_no_lock(terminal, screen):
    """Whatever a thread did at that moment."""
    held, over = threading.Event(), threading.Event()

    def hold():
        with screen._lock:
            held.set()
            over.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(20)
    child = os.fork()
    if child == 0:
        say("written by the child\n")
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    over.set()
    thread.join()


def say(text, stream="stdout"):
    """As Ansible does."""
    getattr(progress.sys, stream).write(text)


class Task:
    def __init__(self, action):
        self.action = action


@pytest.fixture
def callback(tmp_path, monkeypatch):
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(progress, "TICK", 0.01)
    found = progress.CallbackModule()
    yield found
    found.v2_playbook_on_stats(None)


def until(condition):
    end = threading.Event()
    for _number in range(2000):
        if condition():
            return
        end.wait(0.01)
    raise AssertionError


ROWS = [["ramen", "packages", 30.0, 31.0], ["bento", "waiting", 40.0, 0.0]]


def work():
    _watch.Reporter("kitchen", "build")({"seconds": 40.0, "rows": ROWS})


def test_on_a_terminal_a_stage_has_live_lines_until_it_ends(terminal, callback):
    callback.v2_playbook_on_task_start(Task("pyhost.platform.build"), False)
    work()
    until(terminal.shown)
    assert terminal.shown()[0].startswith("kitchen: build: 0 of 2, 4")
    assert terminal.shown()[1].startswith("  ramen  packages, 3")
    assert terminal.shown()[2] == "  + 1 waiting"
    _watch.Reporter("kitchen", "build").done()
    until(lambda: not terminal.shown())


def test_the_next_task_finds_a_clean_terminal(terminal, callback):
    callback.v2_playbook_on_task_start(Task("pyhost.platform.build"), False)
    work()
    until(terminal.shown)
    callback.v2_playbook_on_task_start(Task("ansible.builtin.debug"), False)
    assert terminal.shown() == []


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_dumb_terminal_has_plain_lines(terminal, callback, monkeypatch, term):
    monkeypatch.delenv("TERM")
    if term:
        monkeypatch.setenv("TERM", term)
    lines = []
    monkeypatch.setattr(progress.Display, "display", lambda _self, text: lines.append(text))
    callback.v2_playbook_on_task_start(Task("pyhost.platform.build"), False)
    work()
    until(lambda: lines)
    assert re.fullmatch(r"kitchen: build: ramen: packages \(0 of 2, 4\d s\)", lines[0])
    assert "\x1b" not in terminal.getvalue()


def test_tasks_of_others_are_not_watched(terminal, callback):
    callback.v2_playbook_on_task_start(Task("ansible.builtin.apt"), False)
    assert not _watch.Reporter("kitchen", "build").watched
