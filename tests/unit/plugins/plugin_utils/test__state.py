# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import stat

import pytest
from ansible import constants
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _state


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    return tmp_path


def row(name, state="present", failed=None):
    return {"app": {"name": name, "state": state}, "failed": failed, "stages": {}}


def test_round_trip_for_each_host():
    assert _state.exists("web1") is False
    _state.save("web1", {"apps": {"ü": 1}})
    _state.save("../web2", {"apps": {}})
    assert (_state.load("web1"), _state.load("../web2")) == ({"apps": {"ü": 1}}, {"apps": {}})
    assert (_state.exists("web1"), _state.exists("web3")) == (True, False)


def test_only_its_user_reads_it(directory):
    _state.save("web1", {"secret": "geheim"})
    (path,) = directory.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_planted_link_is_not_followed(directory):
    _state.save("web1", {})
    (path,) = directory.iterdir()
    path.unlink()
    path.symlink_to("victim")
    _state.save("web1", {"secret": "geheim"})
    assert [one.name for one in directory.iterdir()] == [path.name]
    assert (path.is_symlink(), _state.load("web1")) == (False, {"secret": "geheim"})


def test_a_reader_sees_the_old_state_or_the_new_one(directory):
    _state.save("web1", {"n": 1})
    (path,) = directory.iterdir()
    with path.open() as reader:
        _state.save("web1", {"n": 2})
        assert reader.read() == '{"n": 1}'


def test_found():
    _state.save("web1", {"n": 1})
    _state.save("web3", {"n": 3})
    assert _state.found(["web3", "web2", "web1"]) == {"web3": {"n": 3}, "web1": {"n": 1}}


@pytest.mark.parametrize("text", [None, "", "{"])
def test_no_resolve_before(directory, text):
    if text is not None:
        _state.save("web1", {})
        (path,) = directory.iterdir()
        path.write_text(text)
    with pytest.raises(PyhostError) as caught:
        _state.load("web1")
    assert str(caught.value) == "pyhost.platform.resolve has to run before this stage"


def test_working():
    rows = [row("b"), row("a"), row("gone", "absent"), row("broken", failed={"stage": "build", "error": "x"})]
    state = {"order": [one["app"]["name"] for one in rows], "apps": {one["app"]["name"]: one for one in rows}}
    assert [one["app"]["name"] for one in _state.working(state)] == ["b", "a"]


def test_take():
    state = {"apps": {"good": row("good"), "bad": row("bad"), "mute": row("mute"), "other": row("other")}}
    _state.take(state, "build", {"good": {"ok": True, "n": 1}, "bad": {"ok": False, "error": "no"}, "mute": {}})
    assert {name: one["failed"] for name, one in state["apps"].items()} == {
        "good": None,
        "bad": {"stage": "build", "error": "no"},
        "mute": {"stage": "build", "error": "no answer"},
        "other": None,
    }
    assert state["apps"]["good"]["stages"] == {"build": {"ok": True, "n": 1}}
    assert os.listdir(constants.DEFAULT_LOCAL_TMP) == []


def test_states_of_killed_runs_go_after_a_day(tmp_path, monkeypatch):
    """Not those of runs that live, nor files that are not ours."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path / f"ansible-local-{os.getpid()}abcd1234"))
    dead = 4194304  # above what the kernel gives
    for place, name, age in (
        (f"ansible-local-{dead}x_2y4z6a", "pyhost-old.json", 90000),
        (f"ansible-local-{dead}x_2y4z6a", "pyhost-young.json", 60),
        (f"ansible-local-{dead}x_2y4z6a", "other.json", 90000),
        (f"ansible-local-{os.getpid()}abcd1234", "pyhost-mine.json", 90000),
    ):
        path = tmp_path / place / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    _state.forget_killed()
    left = sorted(path.name for path in tmp_path.glob("*/*.json"))
    assert left == ["other.json", "pyhost-mine.json", "pyhost-young.json"]
