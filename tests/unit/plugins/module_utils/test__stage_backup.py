# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Backups and restores of an app whose supervisord and nginx are real, through the stage and the agent.
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _lock, _pump, _stage_backup
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _backup_run
from ansible_collections.pyhost.platform.plugins.plugin_utils._backup_file import Reader
from living.cell import NGINX, OURS, PYTHON, Living, wait

pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

AGENT = f"""{OURS}
import os, pathlib
rpc = importlib.import_module(f"{{UTILS}}._rpc")
call, kill = rpc.Supervisor._call, pathlib.Path("run/kill")
def watched(self, name, *args, **more):
    if kill.exists() and " ".join([name, *map(str, args)]).startswith(kill.read_text()):
        kill.unlink()
        os._exit(9)
    return call(self, name, *args, **more)
rpc.Supervisor._call = watched
sys.exit(importlib.import_module(f"{{UTILS}}._agent").main(*sys.argv[1:]))
"""
"""The agent, which ends before a call of supervisord's that fits what is in ``run/kill``."""

ORDER = {"hook": "", "build_timeout": 60, "bytes": 0, "files": 0}


class Site:
    """The app, and what the controller has of it: an archive's folder and a way to ask the host."""

    def __init__(self, folder: Path) -> None:
        self.cell = Living()
        tools = self.cell.root / "tools" / "bin"
        (tools / "agent.py").write_text(AGENT)
        words = " ".join([*PYTHON, "-X", f"pycache_prefix={self.cell.root}/cache", f"{tools}/agent.py"])
        self.cell._script(tools / "pyhost-agent", f'{words} "$1"')
        self.plan = self.cell.plan(1)
        assert self.cell.roll(self.plan)["ok"]
        self.folder, self.data = folder, self.cell.home / "data"
        self.asked: list[dict] = []
        self.before_step = lambda step: None

    def ask(self, step):
        self.asked.append(step)
        self.before_step(step)
        claim = {"who": "anna on laptop", "wait": 0}
        where = {"scope": "account", "root": str(self.cell.root), "name": "ramen"}
        return _stage_backup.backup({**where, "claim": claim, **step})

    @property
    def place(self):
        return _backup_run.Place("ramen", "web1", "anna on laptop", self.ask, self._send, lambda text: None)

    def _send(self, path):
        target = self.folder / "sent"
        shutil.copy(path, target)
        return str(target)

    def backup(self):
        look = self.ask({"step": "look"})["apps"]["ramen"]
        return _backup_run.take(self.place, self.folder, look)

    def restore(self, path, **order):
        reader = Reader(Path(path), "ramen")
        try:
            reader.verify(lambda count: None)
            return _backup_run.bring_back(self.place, reader, {**ORDER, **order}, self.folder)["did"]
        finally:
            reader.close()

    def names(self):
        return sorted(str(path.relative_to(self.data)) for path in self.data.rglob("*"))

    def at_rest(self):
        """Whether nothing of a backup is left, and the app runs as it did."""
        wait(lambda: not _lock.holder(self.cell.home), "the app's lock is held")
        left = [name for name in os.listdir(self.cell.home) if name.startswith(".stage-")]
        left += [name for name in os.listdir(self.cell.home / "run") if name.startswith("backup")]
        return not left and self.cell.answers() and not self.cell.unrest(self.plan)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("controller"))
    yield made
    made.cell.close()


@pytest.fixture(autouse=True)
def fresh(site):
    """Some data, and no archive."""
    for path in site.data.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    (site.data / "sub").mkdir()
    (site.data / "sub" / "big").write_bytes(os.urandom(9_000_000))
    (site.data / "a").write_text("one")
    shutil.rmtree(site.folder / "ramen", ignore_errors=True)
    site.before_step = lambda step: None
    site.asked.clear()


def steps(did):
    return [one.rpartition(" (")[0] for one in did]


DONE = [
    "4 entries of the data directory unpacked", "programs stopped", "data directory switched",
    "programs started, the app answers",
]  # fmt: skip


def test_there_and_back(site):
    found = site.backup()
    assert site.at_rest()
    assert found["members"]["data.tar.gz"]["files"] == 2
    big = (site.data / "sub" / "big").read_bytes()
    (site.data / "a").write_text("two")
    (site.data / "new").touch()
    shutil.rmtree(site.data / "sub")
    with site.cell.load():
        assert steps(site.restore(found["path"])) == DONE
    assert site.names() == ["a", "sub", "sub/big"]
    assert ((site.data / "a").read_text(), (site.data / "sub" / "big").read_bytes()) == ("one", big)
    assert site.at_rest()
    assert steps(site.restore(found["path"])) == DONE


def test_what_is_said_of_the_app_has_no_secret(site):
    found = site.backup()
    reader = Reader(Path(found["path"]), "ramen")
    reader.close()
    about = {
        name: reader.manifest[name] for name in ("app", "host", "by", "release", "source", "python", "environment")
    }
    assert about == {
        "app": "ramen", "host": "web1", "by": "anna on laptop", "release": "1-000000000001", "source": "000000000001",
        "python": "3.13.5", "environment": ["PATH"],
    }  # fmt: skip


def test_a_look_counts_and_changes_nothing(site):
    found = site.ask({"step": "look"})["apps"]["ramen"]
    assert {name: found[name] for name in ("deployed", "files", "bytes", "databases", "packages")} == {
        "deployed": True, "files": 2, "bytes": 9_000_003, "databases": [], "packages": [],
    }  # fmt: skip


def test_while_the_app_is_deployed_a_backup_says_who_is_at_it(site):
    with (
        _lock.held(site.cell.home, {"who": "bert on server", "wait": 0}, "rollout"),
        pytest.raises(PyhostError, match="at work: bert on server, rollout, since"),
    ):
        site.backup()
    assert list((site.folder / "ramen").iterdir()) == []
    assert site.at_rest()


def test_what_cannot_be_read_fails_the_backup_and_leaves_no_archive(site, monkeypatch):
    (site.data / "sub").rename(site.data / "gone")
    os.rename(site.data, site.cell.home / "moved")
    os.symlink("moved", site.data)
    try:
        with pytest.raises(PyhostError, match="data is no directory any more"):
            site.backup()
    finally:
        site.data.unlink()
        os.rename(site.cell.home / "moved", site.data)
    assert list((site.folder / "ramen").iterdir()) == []
    assert site.at_rest()


def agents(site):
    return [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and f"{site.cell.root}/tools/bin/agent.py".encode() in _command(path)
    ]


def _command(path):
    try:
        return (path / "cmdline").read_bytes()
    except OSError:
        return b""


def kill_at(site, wanted, count):
    """Kill the agent on the host before the ``count``-th step of that name."""
    seen = []

    def before(step):
        if step["step"] == wanted:
            seen.append(step)
            if len(seen) == count:
                wait(lambda: agents(site), "no agent was started")
                for pid in agents(site):
                    os.kill(pid, signal.SIGKILL)

    site.before_step = before


@pytest.mark.parametrize("count", [1, 2])
def test_a_backup_that_is_killed_on_the_host_leaves_no_archive_and_the_next_one_is_whole(site, count):
    kill_at(site, "take", count)
    with pytest.raises(PyhostError, match="cut off|without an answer"):
        site.backup()
    assert list((site.folder / "ramen").iterdir()) == []
    assert site.at_rest()
    site.before_step = lambda step: None
    Reader(Path(site.backup()["path"]), "ramen").close()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_restore_that_is_killed_on_the_host_leaves_the_old_data_and_the_next_one_is_whole(site, count):
    path = site.backup()["path"]
    (site.data / "a").write_text("two")
    kill_at(site, "give", count)
    with pytest.raises(PyhostError, match="cut off|without an answer|has ended"):
        site.restore(path)
    assert ((site.data / "a").read_text(), bool(site.cell.answers())) == ("two", True)
    site.before_step = lambda step: None
    assert steps(site.restore(path)) == DONE
    assert (site.data / "a").read_text() == "one"
    assert site.at_rest()


def test_a_controller_that_dies_in_the_middle_of_a_restore_leaves_the_old_data(site, monkeypatch):
    path = site.backup()["path"]
    (site.data / "a").write_text("two")
    gone = []

    def before(step):
        gone.append(step) if step["step"] == "give" or gone else None
        if len(gone) > 1:
            raise PyhostError("the connection is gone")

    site.before_step = before
    with pytest.raises(PyhostError, match="the connection is gone"):
        site.restore(path)
    assert (site.data / "a").read_text() == "two"
    monkeypatch.setattr(_pump, "TAKEN_OVER", 0.0)
    site.before_step = lambda step: None
    time.sleep(0.1)
    assert steps(site.restore(path)) == DONE
    assert site.at_rest()


KILLS = ["stopProcessGroup app", "stopProcessGroup worker", "startProcess app", "startProcess worker"]


@pytest.mark.parametrize("kill", KILLS)
def test_a_restore_that_is_killed_while_the_app_is_stopped_is_mended_by_the_next_one(site, kill):
    path = site.backup()["path"]
    (site.data / "a").write_text("two")
    (site.cell.home / "run" / "kill").write_text(kill)
    with pytest.raises(PyhostError, match="cut off|without an answer"):
        site.restore(path)
    assert not (site.cell.home / "run" / "kill").exists()
    assert (site.data / "a").read_text() == ("two" if kill.startswith("stop") else "one")
    assert steps(site.restore(path)) == DONE
    assert (site.data / "a").read_text() == "one"
    assert site.at_rest()


def test_a_hook_runs_for_databases_alone(site):
    path = site.backup()["path"]
    assert steps(site.restore(path, hook="false")) == DONE


def test_an_app_that_is_not_there(site):
    with pytest.raises(PyhostError, match="^soup is not on this host any more$"):
        site.ask({"step": "begin", "name": "soup"})
    with pytest.raises(PyhostError, match="cannot name an app|name"):
        site.ask({"step": "begin", "name": "../x"})
    assert site.ask({"step": "look", "name": "soup"})["apps"] == {}
