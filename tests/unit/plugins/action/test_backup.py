# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Backup and restore on the controller, against a host whose agent's words are made up.
import base64
import io
import json
import time
from pathlib import Path

import pytest
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._frames import Member
from ansible_collections.pyhost.platform.plugins.plugin_utils._backup_file import Reader

ABOUT = {"release": "3-abc", "environment": ["PGPASSWORD"]}
LOOK = {"deployed": True, "files": 2, "bytes": 10, "databases": ["db"], "packages": [], "about": ABOUT}


class Host:
    """An agent that says what a backup is, and listens to a restore; ``fail`` is its error."""

    def __init__(self, folder):
        self.apps = {"ramen": dict(LOOK)}
        self.folder = folder
        self.fail = ""
        self.steps, self.orders = [], []
        self.said = b""
        self.texts = []

    def __call__(self, job):
        self.steps.append(job["step"])
        if job["step"] == "look":
            return {"changed": False, "apps": {app: one for app, one in self.apps.items() if job["name"] in ("", app)}}
        if job["step"] == "begin":
            self.orders.append((job["verb"], job["order"]))
            self.said = self._backup() if job["verb"] == "backup" else self._last({"did": ["switched (1 s)"]})
            return {"token": f"token {len(self.orders)}"}
        assert job["token"] == f"token {len(self.orders)}"
        if job["step"] == "give":
            return {"taken": True, "end": False}
        if job["step"] == "take":
            part, self.said = self.said[:50], self.said[50:]
            return {"data": base64.b64encode(part).decode(), "end": not part}
        return {}

    def _last(self, answer):
        return json.dumps({"ok": False, "error": self.fail} if self.fail else {"ok": True, **answer}).encode() + b"\n"

    def _backup(self):
        out = io.BytesIO()
        member = Member(out, "data.tar.gz")
        member.write(b"data")
        if not self.fail:
            member.finish(files=2, bytes=10, left_out=["pipe"], changed=[])
            member = Member(out, "database-db.sql.gz", service="db", type="postgresql", server="17.6")
            member.write(b"sql")
            member.finish(bytes=3)
        return out.getvalue() + self._last({"about": ABOUT})

    def archives(self):
        return sorted(path.name for path in (self.folder / "ramen").iterdir())


@pytest.fixture
def host(run, tmp_path, monkeypatch):
    found = Host(tmp_path / "backups")
    monkeypatch.setattr(Display, "display", lambda self, text, *more, **named: found.texts.append(text))
    monkeypatch.setattr(Display, "warning", lambda self, text, *more, **named: found.texts.append(f"warning: {text}"))
    moments = iter(range(1_795_343_400, 1_795_400_000, 60))
    monkeypatch.setattr(time, "time", lambda: next(moments))
    run.answers["backup"] = run.answers["restore"] = found
    return found


def stage(run, host, verb, check=False, **args):
    return run.stage(verb, check=check, **{"path": str(host.folder), "name": "ramen", **args})


def test_backup(run, host):
    found = stage(run, host, "backup", keep=7)
    (row,) = found["backups"]
    assert (found["changed"], found["found"], host.archives()) == (True, True, ["ramen_web1_20261122T103000Z.tar"])
    assert (row["databases"], row["files"], row["removed"]) == (["db"], 2, [])
    assert host.steps == ["look", "begin", *["take"] * (len(host.steps) - 3), "stop"]
    reader = Reader(Path(row["path"]), "ramen")
    reader.verify(lambda count: None)
    reader.close()
    told = {name: reader.manifest[name] for name in ("host", "time", "release", "environment")}
    assert told == {"host": "web1", "time": "2026-11-22T10:30:00Z", **ABOUT}
    assert reader.manifest["members"]["database-db.sql.gz"]["server"] == "17.6"
    assert host.texts[0] == "warning: ramen on web1: neither a file nor a directory nor a link, so left out: pipe"
    assert "ramen_web1_20261122T103000Z.tar" in host.texts[1]
    assert run.claims[0]["wait"] == 0


def test_old_ones_go_and_those_of_other_hosts_stay(run, host):
    (host.folder / "ramen").mkdir(parents=True)
    other = host.folder / "ramen" / "ramen_web2_20200101T000000Z.tar"
    other.touch()
    for _number in range(3):
        found = stage(run, host, "backup", keep=2)
    assert host.archives() == ["ramen_web1_20261122T103100Z.tar", "ramen_web1_20261122T103200Z.tar", other.name]
    assert found["backups"][0]["removed"] == ["ramen_web1_20261122T103000Z.tar"]


def test_a_backup_in_check_mode_asks_and_writes_nothing(run, host):
    found = stage(run, host, "backup", check=True)
    assert (found["changed"], host.steps, host.folder.exists()) == (True, ["look"], False)


def test_one_app_that_fails_does_not_keep_the_others_from_theirs(run, host):
    host.apps = {"soup": dict(LOOK), "ramen": dict(LOOK)}
    host.fail = "another deploy of this app is at work"
    found = stage(run, host, "backup", name="")
    assert found["failed"]
    assert found["msg"] == (
        "soup on web1: another deploy of this app is at work\nramen on web1: another deploy of this app is at work"
    )
    assert host.archives() == []


def test_what_is_not_deployed_is_not_backed_up(run, host):
    host.apps = {"ramen": {**LOOK, "deployed": False}}
    assert stage(run, host, "backup") == {"changed": False, "found": False, "backups": []}
    host.apps = {"ramen": {"error": "no answer within 300 s"}}
    assert stage(run, host, "backup")["msg"] == "ramen on web1 cannot be read: no answer within 300 s"


def test_the_packages_that_dumps_need(run, host):
    host.apps = {"ramen": {**LOOK, "packages": ["postgresql-client"]}, "soup": dict(LOOK)}
    assert stage(run, host, "backup", look=True, name="") == {"changed": False, "packages": ["postgresql-client"]}


def test_restore(run, host):
    stage(run, host, "backup")
    apps = [{"name": "soup"}, {"name": "ramen", "hooks": {"release": "python manage.py migrate"}}]
    found = stage(run, host, "restore", apps=apps)
    before = host.folder / "ramen" / "ramen_web1_20261122T103100Z.tar"
    assert (found["changed"], found["did"], found["before"]) == (True, ["switched (1 s)"], str(before))
    assert [verb for verb, _order in host.orders] == ["backup", "backup", "restore"]
    assert host.orders[-1][1] == {"hook": "python manage.py migrate", "build_timeout": 900, "bytes": 10, "files": 2}
    assert run.sent[0][1] == "/host/tmp/piece"
    assert found["msg"].startswith("ramen: the backup of web1 of 2026-11-22T10:30:00Z (0.0 MB) is in force on web1")
    assert found["msg"].endswith(f"ansible-playbook pyhost.platform.restore -e app=ramen -e archive={before}")


def test_restore_without_a_backup_before(run, host):
    stage(run, host, "backup")
    found = stage(run, host, "restore", safety=False)
    assert (found["before"], len(host.archives()), "takes it back" in found["msg"]) == ("", 1, False)
    assert host.orders[-1][1]["hook"] == ""


def test_a_restore_in_check_mode_proves_the_archive_and_nothing_else(run, host):
    stage(run, host, "backup")
    host.steps.clear()
    found = stage(run, host, "restore", check=True)
    assert (found["changed"], host.steps, len(host.archives())) == (True, ["look"], 1)
    assert found["msg"].endswith("would replace the data on web1")


def test_a_restore_that_fails_says_where_the_data_before_are(run, host, monkeypatch):
    stage(run, host, "backup")
    host._last = lambda answer: (
        b'{"ok": false, "error": "db: psql failed"}\n' if "did" in answer else Host._last(host, answer)
    )
    found = stage(run, host, "restore")
    before = host.folder / "ramen" / "ramen_web1_20261122T103100Z.tar"
    assert (
        found["msg"] == f"ramen on web1: db: psql failed\nrun the restore again; what was there before is in {before}"
    )


REFUSALS = [
    ({"databases": []}, "has the database of db, to which ramen is not bound on web1; nothing was changed"),
    ({"deployed": False}, "ramen is not on web1; deploy it first"),
]


@pytest.mark.parametrize(("look", "text"), REFUSALS)
def test_a_restore_that_cannot_be(run, host, look, text):
    stage(run, host, "backup")
    host.apps["ramen"].update(look)
    host.steps.clear()
    found = stage(run, host, "restore")
    assert found["msg"].endswith(text)
    assert (found.get("found"), host.steps) == (False if "deployed" in look else None, ["look"])


def test_a_restore_of_no_archive(run, host):
    found = stage(run, host, "restore")
    assert found["msg"] == (
        f"no backup of ramen is in {host.folder}/ramen; -e archive=FILE names one that is elsewhere"
    )
