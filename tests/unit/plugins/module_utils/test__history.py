# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import re
import stat

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _history

ROW = {"time": "2026-11-21T12:00:00Z", "what": "deployed", "release": "1-a", "launch": "l1", "who": "anna on laptop"}


@pytest.fixture
def path(home):
    (home / "run").mkdir()
    return home / "run" / "history.jsonl"


def test_what_is_appended_is_read_in_its_order(home, path):
    assert _history.read(home) == []
    _history.append(home, "deployed", "1-a", "l1", "anna on laptop")
    _history.append(home, "rolled back", "2-ü", "l2", "bob\non desk")
    one, two = _history.read(home)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one.pop("time"))
    two.pop("time")
    assert one == {"what": "deployed", "release": "1-a", "launch": "l1", "who": "anna on laptop"}
    assert two == {"what": "rolled back", "release": "2-ü", "launch": "l2", "who": "bob\non desk"}
    assert len(path.read_text().splitlines()) == 2
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0


def test_times_are_utc(home, path, monkeypatch):
    monkeypatch.setattr(_history.time, "gmtime", lambda: (2026, 11, 21, 12, 30, 1, 5, 325, 0))
    _history.append(home, "deployed", "1-a", "l1", "anna")
    assert _history.read(home)[0]["time"] == "2026-11-21T12:30:01Z"


@pytest.mark.parametrize(
    "line",
    [
        "",
        '{"time": "2026-1',
        "[1]",
        "7",
        "\ufffd",
        "{}",
        json.dumps({**ROW, "who": 7}),
        json.dumps({**ROW, "launch": None}),
        json.dumps({name: value for name, value in ROW.items() if name != "what"}),
    ],
)
def test_a_line_that_is_none_of_ours(home, path, line):
    path.write_text(f"{json.dumps(ROW)}\n{line}\n{json.dumps(ROW)}\n")
    assert _history.read(home) == [ROW, ROW]


def test_bytes_that_are_no_text(home, path):
    path.write_bytes(b"\xff\xfe\n" + json.dumps(ROW).encode() + b"\n")
    assert _history.read(home) == [ROW]


def test_what_the_owner_put_there_instead(home, path):
    path.mkdir()
    assert _history.read(home) == []
    path.rmdir()
    os.mkfifo(path)
    assert _history.read(home) == []
    path.unlink()
    path.symlink_to("victim")
    with pytest.raises(OSError, match="symbolic links"):
        _history.append(home, "deployed", "1-a", "l1", "anna")
    assert not (home / "run" / "victim").exists()


def test_it_does_not_grow_for_ever(home, path, monkeypatch):
    monkeypatch.setattr(_history, "KEPT", 3)
    lengths = []
    for number in range(14):
        _history.append(home, "deployed", f"{number}-a", f"l{number}", "anna")
        lengths.append(len(_history.read(home)))
    assert lengths == [1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6, 4, 5]
    assert [row["launch"] for row in _history.read(home)] == ["l9", "l10", "l11", "l12", "l13"]


def test_the_line_after_one_that_a_power_cut_left_half(home, path):
    path.write_text(f"{json.dumps(ROW)}\n" + '{"time": "2026-1')
    _history.append(home, "deployed", "2-b", "l2", "anna")
    assert [row["launch"] for row in _history.read(home)] == ["l1", "l2"]
