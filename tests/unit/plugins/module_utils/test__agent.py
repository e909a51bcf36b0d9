# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import os
import socket
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import (
    _agent,
    _files,
    _home,
    _journal,
    _lock,
    _verb_build,
    _verb_release,
    _verb_settle,
)
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Committed, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._lock import held
from ansible_collections.pyhost.platform.plugins.module_utils._progress import Record
from ansible_collections.pyhost.platform.plugins.module_utils._release import find


def launch(home, protocol, **links):
    process = {"argv": [], "cwd": "", "environment": {}, "release": "1-a", "virtualenv": "v1", "server": "x"}
    value = {"process": {**process, "protocol": protocol}, "process_digest": "p1", "processes": {}, "ports": {}}
    value.update({"health": {}, "conf": "c1", "python": "3.13.5", "digest": "a"})
    (home / "launches" / "l1").mkdir(parents=True)
    (home / "launches" / "l1" / "launch.json").write_text(json.dumps(value))
    (home / "current").symlink_to("launches/l1")
    for name, target in links.items():
        (home / "launches" / "l1" / name.replace("_", ".")).symlink_to(f"../../run/{target}")


SETTLED = [
    ("http", {"sock": "a-p1.sock"}, {"sock": "a-p1.sock"}),
    # the second instance served when everything ended, and it will not be started again
    ("http", {"sock": "n-p1.sock"}, {"sock": "a-p1.sock"}),
    ("http", {"sock": "app-next.port.sock"}, {"sock": "app.port.sock"}),
    ("uwsgi", {"uwsgi_sock": "n-p1.sock", "sock": "a-p0.sock"}, {"uwsgi.sock": "a-p1.sock", "sock": "a-p0.sock"}),
]


@pytest.mark.parametrize(("protocol", "before", "after"), SETTLED)
def test_settle_leads_traffic_to_the_one_that_will_run(home, protocol, before, after):
    launch(home, protocol, **before)
    (home / "run" / "supervisor.d").mkdir(parents=True)
    _home.next_conf(home).write_text("")
    (home / "run" / "next").symlink_to("../launches/l1")
    assert _verb_settle.settle(home, {}) == {}
    there = {name: os.path.basename(_files.link_target(home / "launches" / "l1" / name)) for name in after}
    assert there == after
    assert (_home.next_conf(home).exists(), (home / "run" / "next").is_symlink()) == (False, False)
    assert (home / "data").is_dir()


def test_settle_before_the_first_deploy_and_over_a_broken_one(home):
    assert _verb_settle.settle(home, {}) == {}
    (home / "current").symlink_to("launches/none")
    assert _verb_settle.settle(home, {}) == {}


def test_settle_removes_sockets_that_nobody_listens_on(home):
    (home / "run").mkdir()
    (home / "run" / "file.sock").write_text("")
    (home / "run" / "link.sock").symlink_to("live.sock")
    with socket.socket(socket.AF_UNIX) as stale, socket.socket(socket.AF_UNIX) as live:
        stale.bind(str(home / "run" / "stale.sock"))
        live.bind(str(home / "run" / "live.sock"))
        live.listen()
        _verb_settle.settle(home, {})
    assert sorted(path.name for path in (home / "run").glob("*.sock")) == ["file.sock", "link.sock", "live.sock"]


JOURNALS = [
    # the launch in force, the journal, what settle leaves in force
    ("l2", ("unproved", "l1", "l2"), "l1"),
    ("l2", ("unproved", "", "l2"), ""),
    ("l1", ("unproved", "l1", "l2"), "l1"),
    ("l1", ("beside", "l1", "l2"), "l1"),
    ("l2", ("handing", "l1", "l2"), "l2"),
    ("l2", None, "l2"),
]


@pytest.mark.parametrize(("now", "row", "after"), JOURNALS)
def test_settle_takes_back_what_had_not_proved_itself(home, now, row, after):
    """What is under way stays in the journal: the next rollout ends it."""
    _home.make_directories(home)
    (home / "current").symlink_to(f"launches/{now}")
    if row:
        _journal.write(home, *row)
    assert _verb_settle.settle(home, {}) == {}
    assert _home.current(home) == after
    assert _journal.there(home) is (row is not None)


def test_settle_shows_no_files_of_the_version_before(home):
    launch(home, "http", sock="a-p1.sock")
    (home / "releases" / "0-a").mkdir(parents=True)
    (home / "launches" / "l1" / "before").symlink_to("../../releases/0-a")
    _verb_settle.settle(home, {})
    assert not (home / "launches" / "l1" / "before").is_symlink()


CLAIM = {"who": "anna on laptop", "wait": 0}
JOB = json.dumps({"claim": CLAIM}).encode() + b"\n"


@pytest.fixture
def answer(home, monkeypatch, capsys):
    """The agent's answer when a verb does ``work``."""

    def run(work, job=JOB, verb="build"):
        monkeypatch.chdir(home)
        monkeypatch.setattr(_agent, "_function", {verb: work}.get)
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(job)))
        before = os.umask(0o022)
        try:
            assert _agent.main(verb) == 0
            assert os.umask(before) == 0o027
        finally:
            os.umask(before)
        return json.loads(capsys.readouterr().out)

    return run


def failing(error):
    def work(home, job):
        raise error

    return work


def test_main(answer, home):
    assert answer(lambda place, job: {"home": str(place), "job": job}, JOB + b"rest") == {
        "ok": True,
        "home": str(home),
        "job": {"claim": CLAIM},
    }


ALONE = [
    ("settle", False),
    ("predict", False),
    ("release", True),
    ("build", True),
    ("rehearse", True),
    ("configure", True),
    ("hook", True),
    ("rollout", True),
    ("rollback", True),
    ("backup", True),
    ("restore", True),
    ("fetch", False),
    ("wheel", False),
    ("check", False),
]


def test_every_verb_is_alone_or_not():
    assert {verb for verb, _alone in ALONE} == set(_agent.VERBS)


@pytest.mark.parametrize(("verb", "alone"), ALONE)
def test_verbs_that_change_the_home_are_alone(answer, home, verb, alone):
    found = answer(lambda place, job: {"holder": _lock.holder(place)}, JOB if alone else b"{}\n", verb)
    assert found["ok"] is True
    assert found["holder"].startswith(f"anna on laptop, {verb}, since 2") is alone
    assert _lock.holder(home) == ""
    with _lock.held(home, {"who": "bob on desk", "wait": 0}, "build"):
        found = answer(lambda place, job: {}, JOB if alone else b"{}\n", verb)
        assert found["ok"] is not alone
        assert not alone or found["error"].startswith(
            "another deploy of this app is at work: bob on desk, build, since 2"
        )


@pytest.mark.parametrize(("verb", "function"), [(verb, name) for verb, (_file, name) in sorted(_agent.VERBS.items())])
def test_every_verb_has_its_function(verb, function):
    assert _agent._function(verb).__name__ == function


@pytest.mark.parametrize(("verb", "told"), [("build", ["doing: packages"]), ("backup", []), ("predict", [])])
def test_what_is_done_is_told_before_the_answer(home, monkeypatch, capfd, verb, told):
    """Not by verbs whose output is a stream of its own."""
    record = Record()
    monkeypatch.setattr(_agent, "NOW", record)
    monkeypatch.setattr(_agent, "_function", lambda _verb: lambda place, job: record.doing("", "packages") or {})
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(JOB)))
    monkeypatch.chdir(home)
    monkeypatch.setattr(os, "umask", lambda mask: 0o022)
    assert _agent.main(verb) == 0
    assert capfd.readouterr().out.splitlines() == [*told, '{"ok": true}']


def test_every_failure_is_a_sentence(answer):
    assert answer(failing(PyhostError("no such package"))) == {
        "ok": False,
        "error": "no such package",
        "committed": False,
    }
    assert answer(failing(Committed("worker does not stay up"))) == {
        "ok": False,
        "error": "worker does not stay up",
        "committed": True,
    }
    missing = FileNotFoundError(2, "No such file or directory", "/srv/x")
    assert answer(failing(missing)) == {"ok": False, "error": "build: /srv/x: No such file or directory"}
    error = answer(failing(KeyError("packages")))["error"]
    assert error.startswith("build: KeyError: 'packages' (line ")
    assert error.endswith("test__agent.py)")


def test_a_copy_is_made_unless_it_is_whole(home, monkeypatch):
    copied = []
    monkeypatch.setattr(_verb_build, "copy", lambda *words: copied.append(words))
    monkeypatch.setattr(_verb_build, "build", lambda place, job: {"built": True})
    (home / "releases" / "2-a").mkdir(parents=True)
    job = {"plan": {"release": "2-a", "cell": {"home": "/home/ramen"}}, "copy_of": "1-a"}
    assert _verb_build.make(home, job) == {"built": True}
    assert copied == [(home, "1-a", "2-a", "")]
    (home / "releases" / "2-a.json").write_text('{"digest": "a"}')
    _verb_build.make(home, job)
    _verb_build.make(home, {**job, "copy_of": ""})
    assert len(copied) == 1


def test_unpack_takes_the_rest_of_the_input(home, monkeypatch):
    seen = []

    def release(place, job):
        with open(job["archive"], "rb") as stream:
            seen.append(stream.read())
        return {"changed": True}

    monkeypatch.setattr(_verb_release, "release", release)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"the archive")))
    (home / "run").mkdir()
    (home / "run" / "archive-1").write_text("of a run that was killed")
    job = {"archive": True, "size": 11, "cell": {"home": "/home/ramen"}}
    assert _verb_release.unpack(home, job) == {"changed": True}
    assert (seen, list((home / "run").glob("archive-*"))) == ([b"the archive"], [])
    monkeypatch.setattr(_verb_release, "release", lambda place, job: job)
    assert _verb_release.unpack(home, {"archive": ""}) == {"archive": ""}


def test_a_hook_and_another_change_exclude_each_other(home, monkeypatch, capsys):
    process = {"cwd": str(home), "virtualenv": "v1", "environment": {"PATH": "/usr/bin:/bin"}}
    plan = {"release": "1-a", "launch": {"process": process}, "launch_digest": "l1", "build_timeout": 30, "steps": []}
    job = {"plan": plan, "command": "echo ran >> data/log", "claim": {"who": "cook on desk", "wait": 0}}
    monkeypatch.chdir(home)

    def hook():
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(job).encode() + b"\n")))
        before = os.umask(0o022)
        try:
            _agent.main("hook")
        finally:
            os.umask(before)
        return json.loads(capsys.readouterr().out)

    with held(home, {"who": "waiter on till", "wait": 0}, "rollout"):
        refused = hook()
    assert refused["ok"] is False
    assert refused["error"].startswith("another deploy of this app is at work: waiter on till, rollout, since ")
    assert not (home / "data" / "log").exists()
    assert hook()["ok"] is True
    assert (home / "data" / "log").read_text() == "ran\n"


def test_a_rehearsal_marks_what_it_built(home, monkeypatch):
    prefix = home / "virtualenvs" / "v1"
    prefix.mkdir(parents=True)
    seen = []

    def build(home, job):
        seen.append(job["rehearsal"])
        (prefix / _home.MARKER).write_text("{}")
        raise PyhostError("no entry point")

    monkeypatch.setattr(_verb_build, "build", build)
    plan = {"virtualenv": {"fingerprint": "v1"}, "release": "1-a"}
    with pytest.raises(PyhostError):
        _verb_build.rehearse(home, {"plan": plan, "copy_of": ""})
    assert seen == [True]
    assert (prefix / _home.REHEARSED).exists()


def test_a_rehearsal_that_built_nothing_marks_nothing(home, monkeypatch):
    monkeypatch.setattr(_verb_build, "build", lambda home, job: {})
    _verb_build.rehearse(home, {"plan": {"virtualenv": {"fingerprint": "v1"}, "release": "1-a"}, "copy_of": ""})
    assert not (home / "virtualenvs").exists()


def test_a_copy_for_a_rehearsal_says_so(home, monkeypatch):
    (home / "releases" / "1-a").mkdir(parents=True)
    (home / "releases" / "1-a.json").write_text('{"digest": "a", "prepared": "v0"}')
    monkeypatch.setattr(_verb_build, "build", lambda home, job: {})
    plan = {"virtualenv": {"fingerprint": "v1"}, "release": "2-a", "cell": {"home": "/home/ramen"}}
    _verb_build.rehearse(home, {"plan": plan, "copy_of": "1-a"})
    assert json.loads((home / "releases" / "2-a.json").read_text()) == {"digest": "a", "rehearsed": "v1"}
    assert find(home, "a") == "1-a"
