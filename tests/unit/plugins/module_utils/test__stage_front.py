# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _front_upkeep, _stage_front, _workers
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Finished

OLD, LEAVING = b"nginx: worker process", b"nginx: worker process is shutting down"


class Nginx:
    """The host's nginx, as systemctl and a look at its workers show it."""

    def __init__(self):
        self.master = 7
        self.workers = {1: OLD}
        self.reload = Finished(0, "")
        self.against = {}
        self.after = {2: OLD}
        self.master_after = 7
        self.calls = []

    def run(self, words, deadline, **more):
        self.calls.append(" ".join(words))
        if words[0] == "systemd-run":
            return self._test(words)
        if words[1] in ("daemon-reload", "--quiet"):
            return Finished(0, "")
        if words[1] == "show":
            return Finished(0, f"{self.master}\n")
        if self.reload.status == 0:
            self.workers, self.master = self.after, self.master_after
        return self.reload

    def _test(self, words):
        """As nobody, with the new set in the place of the one in force, and without Debian's welcome page."""
        assert words[-3:] == ["nginx", "-t", "-q"]
        assert "--property=User=nobody" in words
        binds = [word.partition("=BindReadOnlyPaths=")[2].split(":") for word in words if "=BindReadOnlyPaths=" in word]
        (texts, _live), *others = binds
        assert [place.rpartition("/")[2] for _file, place in others] == ["default"] * _stage_front.WELCOME.exists()
        bad = [
            self.against[one]
            for one in sorted(path.read_text() for path in Path(texts).iterdir())
            if one in self.against
        ]
        return Finished(1, bad[0]) if bad else Finished(0, "")


@pytest.fixture
def nginx(tmp_path, monkeypatch):
    for name, place in (
        ("BASE", "pyhost"),
        ("LIVE", "pyhost/live"),
        ("LOADED", "pyhost/loaded"),
        ("NOTHING", "pyhost/nothing"),
        ("PAIRS", "pyhost/tls"),
        ("ENTRY", "pyhost.conf"),
        ("WELCOME", "default"),
        ("LOG", "error.log"),
    ):
        monkeypatch.setattr(_stage_front, name, tmp_path / place)
    monkeypatch.setattr(_front_upkeep, "ROOT", tmp_path / "root")
    monkeypatch.setattr(_front_upkeep, "allow_files", lambda master: None)
    monkeypatch.setattr(_front_upkeep.shutil, "chown", lambda path, owner, group: None)
    nginx = Nginx()
    monkeypatch.setattr(_stage_front, "SECONDS", 0.1)
    monkeypatch.setattr(_workers, "POLL", 0.001)
    monkeypatch.setattr(_stage_front, "run", nginx.run)
    monkeypatch.setattr(_front_upkeep, "run", nginx.run)
    monkeypatch.setattr(_stage_front, "workers", lambda master: nginx.workers if master == nginx.master else {})
    monkeypatch.setattr(_workers, "workers", lambda master: nginx.workers if master == nginx.master else {})
    (tmp_path / "welcome").write_text("welcome")
    (tmp_path / "default").symlink_to("welcome")
    return nginx


def in_force(tmp_path):
    """The texts that nginx reads, and whether it is told to."""
    live = tmp_path / "pyhost" / "live"
    texts = {path.name: path.read_text() for path in live.iterdir()} if live.exists() else {}
    return texts, (tmp_path / "pyhost.conf").exists(), (tmp_path / "default").is_symlink()


def put(tmp_path, files, pairs=None):
    """Have exactly ``files`` in force."""
    gone = sorted(set(in_force(tmp_path)[0]) - set(files))
    return _stage_front.front({"files": files, "gone": gone, "pairs": pairs or {}})


ONE, TWO = {"01-a.conf": "a"}, {"01-a.conf": "b", "02-b.conf": "b"}


def test_one_set_after_the_other(nginx, tmp_path):
    assert put(tmp_path, ONE) == {"changed": True, "names": ["01-a.conf"], "refused": {}}
    assert in_force(tmp_path) == (ONE, True, False)
    for number, files in enumerate(({}, TWO), 3):
        nginx.after = {number: OLD}
        assert put(tmp_path, files)["changed"] is True
        assert in_force(tmp_path) == (files, True, False)
    assert len(list((tmp_path / "pyhost").glob("set-*"))) == 1
    nginx.calls.clear()
    assert put(tmp_path, TWO) == {"changed": False, "names": ["01-a.conf", "02-b.conf"], "refused": {}}
    assert nginx.calls == []


REFUSALS = [
    ({"against": {"b": "emerg: x"}}, "the host's nginx refuses the generated files:\nemerg: x"),
    ({"reload": Finished(1, "Job failed")}, "the host's nginx does not reload:\nJob failed"),
    ({"after": {1: OLD}}, "the host's nginx did not take over the generated files:\nb\nc\nd\ne\nbind() failed"),
    ({"after": {1: OLD, 2: OLD}}, "the host's nginx did not take over the generated files:\nb\nc\nd\ne\nbind() failed"),
    ({"after": {1: LEAVING}}, "the host's nginx did not take over the generated files:\nb\nc\nd\ne\nbind() failed"),
]


@pytest.mark.parametrize(("state", "error"), REFUSALS)
@pytest.mark.parametrize("before", [{}, ONE])
def test_what_nginx_does_not_take_is_taken_back(nginx, tmp_path, before, state, error):
    (tmp_path / "error.log").write_text("a\nb\nc\nd\ne\nbind() failed\n")
    if before:
        put(tmp_path, before)
        nginx.workers = {1: OLD}
    vars(nginx).update(state)
    with pytest.raises(PyhostError) as caught:
        put(tmp_path, TWO)
    assert str(caught.value) == error
    assert in_force(tmp_path) == (before, True, not before)


def test_certificates_are_roots_and_go_when_nothing_leads_to_them(nginx, tmp_path):
    def leading(stem):
        return {"app-a.conf": f"ssl_certificate /etc/nginx/pyhost/tls/{stem}.pem;"}

    def there():
        return {
            path.name: (path.read_text(), path.stat().st_mode & 0o777)
            for path in (tmp_path / "pyhost" / "tls").iterdir()
        }

    put(tmp_path, leading("a-1"), {"a-1.pem": "one"})
    assert there() == {"a-1.pem": ("one", 0o600)}
    assert (tmp_path / "pyhost" / "tls").stat().st_mode & 0o777 == 0o700
    nginx.after = {3: OLD}
    put(tmp_path, leading("a-2"), {"a-2.pem": "two"})
    assert set(there()) == {"a-2.pem"}
    (tmp_path / "pyhost" / "tls" / "a-2.pem").unlink()
    assert put(tmp_path, leading("a-2"), {"a-2.pem": "two"})["changed"] is True
    assert set(there()) == {"a-2.pem"}


@pytest.mark.parametrize("first", [True, False])
def test_the_trouble_of_one_app_is_its_own(nginx, tmp_path, first):
    """It stays on the file it had, and every other app has its new one."""
    before = {} if first else {"00-common.conf": "old", "app-a.conf": "a1", "app-b.conf": "b1", "app-c.conf": "c"}
    if before:
        put(tmp_path, before)
        nginx.workers = {1: OLD}
    nginx.against = {"a2": "emerg: a", "d1": "emerg: d"}
    new = {"00-common.conf": "new", "app-a.conf": "a2", "app-b.conf": "b2", "app-d.conf": "d1", "app-e.conf": "e1"}
    answer = _stage_front.front({"files": new, "gone": [], "pairs": {}})
    assert answer["refused"] == {
        "app-a.conf": "the host's nginx refuses the app's file:\nemerg: a",
        "app-d.conf": "the host's nginx refuses the app's file:\nemerg: d",
    }
    assert answer["changed"] is True
    kept = {"app-a.conf": "a1", "app-c.conf": "c"} if before else {}
    now = {"00-common.conf": "new", "app-b.conf": "b2", "app-e.conf": "e1", **kept}
    assert in_force(tmp_path)[0] == now


@pytest.mark.parametrize("change", [{"master": 0, "workers": {}, "after": {}}, {"master_after": 8, "after": {1: OLD}}])
def test_one_that_was_started_has_read_the_files(nginx, tmp_path, change):
    vars(nginx).update(change)
    assert put(tmp_path, ONE)["changed"] is True
    assert in_force(tmp_path)[0] == ONE


def test_deploys_at_once_keep_what_the_others_put_there(nginx, tmp_path):
    """Each knows the files as they were when it looked, and says only what it changes."""
    put(tmp_path, ONE)
    for number, job in enumerate(({"files": {"app-a.conf": "a"}, "gone": []}, {"files": {}, "gone": ["01-a.conf"]}), 3):
        nginx.after = {number: OLD}
        assert _stage_front.front({**job, "pairs": {}})["changed"] is True
    assert in_force(tmp_path)[0] == {"app-a.conf": "a"}


def test_what_nginx_was_never_told_is_told_again(nginx, tmp_path):
    """A kill came between the files and the reload."""
    put(tmp_path, ONE)
    (tmp_path / "pyhost" / "loaded").unlink()
    nginx.after = {3: OLD}
    nginx.calls.clear()
    assert put(tmp_path, ONE)["changed"] is True
    assert "systemctl reload-or-restart nginx" in nginx.calls
    assert put(tmp_path, ONE)["changed"] is False


def test_nginx_comes_back_and_its_logs_are_turned_over(nginx, tmp_path):
    put(tmp_path, ONE)
    files = sorted(path for path in (tmp_path / "root").rglob("*") if path.is_file())
    assert [path.name for path in files] == [
        "logrotate.conf",
        "pyhost.conf",
        "pyhost-logs.service",
        "pyhost-logs.timer",
    ]
    for path in files:
        path.unlink()
        nginx.calls.clear()
        assert put(tmp_path, ONE)["changed"] is True
        assert nginx.calls == ["systemctl daemon-reload", "systemctl --quiet enable --now pyhost-logs.timer"]
        assert path.exists()
    nginx.calls.clear()
    assert put(tmp_path, ONE)["changed"] is False
    assert nginx.calls == []


def test_nginx_has_room_for_slow_clients(nginx, tmp_path):
    put(tmp_path, ONE)
    (tmp_path / "root/etc/nginx/nginx.conf").write_text("events {\n    worker_connections 768;\n}\n")
    nginx.after = {3: OLD}
    nginx.calls.clear()
    assert put(tmp_path, ONE)["changed"] is True
    assert "worker_connections 8192;" in (tmp_path / "root/etc/nginx/nginx.conf").read_text()
    assert "systemctl reload-or-restart nginx" in nginx.calls
    nginx.calls.clear()
    assert put(tmp_path, ONE)["changed"] is False
    assert nginx.calls == []


def test_a_domain_of_another_app_is_not_taken(nginx, tmp_path):
    texts = {"app-b.conf": "    server_name x.de;\n"}
    put(tmp_path, texts)
    nginx.after = {4: OLD}
    texts |= {"app-a.conf": "    server_name x.de;\n", "app-c.conf": "    server_name c.de;\n"}
    found = put(tmp_path, texts)
    assert found["refused"] == {"app-a.conf": "x.de belongs to the app b; remove it there first"}
    assert found["names"] == ["app-b.conf", "app-c.conf"]


def test_no_tenant_can_read_the_log_of_another(nginx, tmp_path):
    put(tmp_path, {"app-a.conf": "    server_name x.de;\n"})
    log = tmp_path / "root/var/log/nginx/pyhost-a.log"
    assert log.stat().st_mode & 0o777 == 0o640
    log.write_text("visits\n")
    log.chmod(0o644)
    nginx.after = {3: OLD}
    put(tmp_path, {"app-a.conf": "    server_name y.de;\n"})
    assert (log.read_text(), log.stat().st_mode & 0o777) == ("visits\n", 0o640)


def test_a_running_nginx_may_open_more_files():
    with subprocess.Popen(["sh", "-c", "ulimit -Sn 100; echo; read line; ulimit -n"], stdin=-1, stdout=-1) as master:
        master.stdout.readline()
        _front_upkeep.allow_files(master.pid)
        allowed = int(master.communicate(b"\n")[0])
    assert allowed == min(65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    _front_upkeep.allow_files(master.pid)
    _front_upkeep.allow_files(0)
