# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible import constants as C
from ansible_collections.pyhost.platform.plugins.plugin_utils import _watch


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The temporary directory of a run, and a clock that stands at 100 seconds."""
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(_watch, "CLOCK", lambda: 100.0)
    return tmp_path


PROGRESS = {"seconds": 30.0, "rows": [["ramen", "packages", 4.0, 9.0], ["bento", "waiting", 30.0, 0.0]]}


def test_nobody_watches(run):
    reporter = _watch.Reporter("kitchen", "build")
    reporter(PROGRESS)
    assert not reporter.watched
    assert not list(run.iterdir())


def test_what_a_stage_tells_is_read_by_who_watches(run):
    _watch.begin()
    reporter = _watch.Reporter("kitchen", "build")
    reporter(PROGRESS)
    assert reporter.watched
    assert _watch.works() == [
        _watch.Work(
            "kitchen",
            "build",
            70.0,
            (_watch.Doing("ramen", "packages", 96.0, 9.0), _watch.Doing("bento", "waiting", 70.0, 0.0)),
        )
    ]
    reporter.done()
    assert _watch.works() == []


def test_hosts_in_order(run):
    _watch.begin()
    for host in ("b", "../c", "a"):
        _watch.Reporter(host, "build")(PROGRESS)
    assert [work.host for work in _watch.works()] == ["../c", "a", "b"]


def test_the_files_are_for_their_user_alone_and_go(run):
    _watch.begin()
    _watch.Reporter("kitchen", "build")(PROGRESS)
    (folder,) = run.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600]
    _watch.end()
    assert not list(run.iterdir())


def test_a_host_that_sends_what_a_terminal_would_obey():
    progress = {"seconds": 1, "rows": [["ra\x1b[2Jmen", "packages\r\nTASK [forged]", 1, 1]]}
    (row,) = _watch.read({"host": "kitchen", "stage": "build", "at": 100.0, "progress": progress}).rows
    assert (row.name, row.what) == ("ra?[2Jmen", "packages??TASK [forged]")


@pytest.mark.parametrize(
    "progress", [None, [], {}, {"seconds": "x", "rows": []}, {"seconds": 1, "rows": [["ramen"]]}, {"rows": 7}]
)
def test_a_host_that_talks_nonsense_is_not_shown(run, progress):
    _watch.begin()
    reporter = _watch.Reporter("kitchen", "build")
    reporter(progress)
    (path,) = next(run.iterdir()).iterdir()
    assert json.loads(path.read_text())["progress"] == progress
    assert _watch.works() == []
