# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import stat

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _boundhere, _stage_services
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import Kind


class Server(Kind):
    """A server in memory; it breaks before the step whose number is ``breaks``."""

    port = 5432

    def __init__(self):
        self.data, self.logins, self.address = set(), {}, None
        self.up, self.there, self.breaks = True, True, ""

    def _step(self, name):
        if self.breaks == name:
            raise PyhostError(f"{name} failed")

    def installed(self):
        return self.there

    def look(self, rows):
        self._step("look")
        names = {row["name"] for row in rows}
        return {"running": self.up, "data": sorted(self.data & names), "logins": dict(self.logins)}

    def serve(self, address):
        self._step("serve")
        self.address = address
        return False

    def bind(self, rows):
        for row in rows:
            self.data.add(row["name"])
            self._step("bind")
            self.logins.update(row["logins"])

    def forbid(self, row, logins):
        self._step("forbid")
        for login in logins:
            self.logins.pop(login, None)

    def purge(self, row):
        self._step("purge")
        self.data.discard(row["name"])

    def places(self, row):
        return {"port": 5433, "socket": "/run/sql"}


@pytest.fixture
def server(tmp_path, monkeypatch):
    one = Server()
    monkeypatch.setattr(_boundhere, "KINDS", {"postgresql": one})
    monkeypatch.setattr(_boundhere, "RECORD", tmp_path / "lib" / "services.json")
    monkeypatch.setattr(_boundhere, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(_boundhere, "TRUST", str(tmp_path / "trust"))
    return one


def wanted(login="ramen_db.1", verifier="v1", host="web1", **changes):
    row = {
        "app": "ramen", "owner": "ramen", "service": "db", "type": "postgresql", "name": "ramen_db", "host": host,
        "login": login, "verifier": verifier, "memory": 0, "user": "", "remote": False, "address": "",
    }  # fmt: skip
    return {**row, **changes}


def gone(host="web1", **changes):
    return {"name": "ramen_db", "host": host, "logins": [], "leave": [], "purge": False, **changes}


def seen():
    return _boundhere.look([])["bindings"]["ramen_db"]


def test_nothing_is_known_before(server):
    assert _boundhere.look(["postgresql"]) == {
        "types": {"postgresql": {"installed": True, "running": False, "error": ""}}, "bindings": {}, "trust": {},
    }  # fmt: skip


def test_what_is_bound_is_there(server):
    assert _boundhere.bind([wanted()]) == {"ramen_db": {"ok": True}}
    assert seen() == {
        "app": "ramen", "service": "db", "type": "postgresql", "apps": {"ramen": ["web1"]}, "remote": False, "memory": 0,
        "user": "", "made": True, "port": 5433, "elsewhere": 5433, "socket": "/run/sql", "there": True,
        "logins": {"ramen_db.1": _boundhere.digest("v1")}, "known": ["ramen_db.1"],
    }  # fmt: skip


def test_the_record_is_roots_and_the_look_tells_no_verifier(server):
    _boundhere.bind([wanted(verifier="SCRAM-secret")])
    assert stat.S_IMODE(_boundhere.RECORD.stat().st_mode) == 0o600
    assert "SCRAM-secret" not in json.dumps(_boundhere.look([]))


@pytest.mark.parametrize("step", ["serve", "bind"])
def test_what_was_interrupted_is_known_and_repeated(server, step):
    server.breaks = step
    assert _boundhere.bind([wanted()]) == {"ramen_db": {"ok": False, "error": f"{step} failed"}}
    assert seen()["made"] is False
    server.breaks = ""
    assert _boundhere.bind([wanted()]) == {"ramen_db": {"ok": True}}
    assert seen()["made"] is True


def test_what_somebody_changed_is_seen(server):
    _boundhere.bind([wanted()])
    server.logins["ramen_db.1"] = "other"
    assert seen()["logins"] == {"ramen_db.1": _boundhere.digest("other")}
    server.logins.clear()
    assert (seen()["logins"], seen()["known"]) == ({}, ["ramen_db.1"])
    server.data.clear()
    assert seen()["there"] is False


def test_a_server_that_is_down_says_so(server):
    _boundhere.bind([wanted()])
    server.breaks = "look"
    found = _boundhere.look([])
    assert found["types"]["postgresql"]["error"] == "look failed"
    assert found["bindings"]["ramen_db"]["there"] is False


def test_a_rotation_keeps_both_until_the_old_one_is_retired(server):
    _boundhere.bind([wanted()])
    _boundhere.bind([wanted("ramen_db.2", "v2")])
    assert set(server.logins) == {"ramen_db.1", "ramen_db.2"}
    assert _boundhere.retire([gone(logins=["ramen_db.1"])]) == {
        "ramen_db": {"ok": True, "did": ["old password removed"]}
    }
    assert (set(server.logins), seen()["known"]) == ({"ramen_db.2"}, ["ramen_db.2"])


def test_two_hosts_share_until_both_have_left(server):
    _boundhere.bind([wanted()])
    _boundhere.bind([wanted(host="web2", remote=True, address="10.0.0.5")])
    assert (seen()["apps"]["ramen"], seen()["remote"], server.address) == (["web1", "web2"], True, "10.0.0.5")
    assert _boundhere.retire([gone("web1", leave=["ramen"], purge=True)]) == {"ramen_db": {"ok": True, "did": []}}
    assert set(server.logins) == {"ramen_db.1"}
    assert _boundhere.retire([gone("web2", leave=["ramen"])])["ramen_db"]["did"] == ["access removed"]
    assert (server.logins, server.data) == ({}, {"ramen_db"})


def test_data_goes_when_it_is_purged_and_an_end_can_be_repeated(server):
    _boundhere.bind([wanted()])
    for step in ("forbid", "purge"):
        server.breaks = step
        assert _boundhere.retire([gone(leave=["ramen"], purge=True)])["ramen_db"]["error"] == f"{step} failed"
        assert "ramen_db" in _boundhere.record()
    server.breaks = ""
    assert _boundhere.retire([gone(leave=["ramen"], purge=True)])["ramen_db"]["did"] == ["data removed"]
    assert (server.logins, server.data, _boundhere.record()) == ({}, set(), {})
    assert _boundhere.retire([gone(purge=True)]) == {"ramen_db": {"ok": True, "did": []}}


def test_what_comes_back_finds_its_data(server):
    _boundhere.bind([wanted()])
    _boundhere.retire([gone(leave=["ramen"])])
    _boundhere.bind([wanted("ramen_db.2", "v2")])
    assert (server.data, set(server.logins), seen()["apps"]) == ({"ramen_db"}, {"ramen_db.2"}, {"ramen": ["web1"]})


def worker(login="ramen-worker_db.1", verifier="w1"):
    return wanted(login, verifier, app="ramen-worker")


def test_two_apps_share_what_is_one_apps(server):
    assert _boundhere.bind([wanted(user="root"), worker()]) == {"ramen_db": {"ok": True}}
    assert (server.data, server.logins) == ({"ramen_db"}, {"ramen_db.1": "v1", "ramen-worker_db.1": "w1"})
    assert (seen()["app"], seen()["apps"]) == ("ramen", {"ramen": ["web1"], "ramen-worker": ["web1"]})
    assert seen()["user"] == "root"


def test_one_of_two_leaves_alone(server):
    _boundhere.bind([wanted(), worker()])
    assert _boundhere.retire([gone(leave=["ramen"], purge=True)])["ramen_db"]["did"] == ["access removed"]
    assert (server.data, set(server.logins)) == ({"ramen_db"}, {"ramen-worker_db.1"})
    assert _boundhere.retire([gone(leave=["ramen-worker"], purge=True)])["ramen_db"]["did"] == [
        "access removed", "data removed",
    ]  # fmt: skip
    assert (server.data, server.logins) == (set(), {})


def test_a_rotation_of_one_is_none_of_the_others(server):
    _boundhere.bind([wanted(), worker()])
    _boundhere.bind([worker("ramen-worker_db.2", "w2")])
    assert _boundhere.retire([gone(logins=["ramen-worker_db.1"])])["ramen_db"]["did"] == ["old password removed"]
    assert set(server.logins) == {"ramen_db.1", "ramen-worker_db.2"}


def test_a_record_of_before_is_read(server):
    _boundhere.bind([wanted()])
    found = json.loads(_boundhere.RECORD.read_text())
    row = found["bindings"]["ramen_db"]
    row["hosts"] = row.pop("apps")["ramen"]
    _boundhere.RECORD.write_text(json.dumps(found))
    assert seen()["apps"] == {"ramen": ["web1"]}


def test_a_server_that_is_missing_is_named(server):
    server.there = False
    error = _boundhere.bind([wanted()])["ramen_db"]["error"]
    assert error == "postgresql is not installed on the host of this service"
    assert _boundhere.record() == {}


def test_one_server_has_one_address(server):
    first = wanted(remote=True, address="10.0.0.5")
    other = wanted("a_db.1", app="a", owner="a", name="a_db", remote=True, address="10.0.0.6")
    _boundhere.bind([first])
    error = _boundhere.bind([other])["a_db"]["error"]
    assert error == "postgresql of one host cannot listen on 10.0.0.5 and 10.0.0.6; write the same address"


def test_the_stage(server):
    answer = _stage_services.services({"do": "look", "types": ["postgresql"]})
    assert (answer["changed"], answer["outcomes"], answer["certificates"]) == (False, {}, {})
    assert _stage_services.services({"do": "bind", "types": [], "rows": [wanted()]})["changed"] is True
    assert (
        _stage_services.services({"do": "retire", "types": [], "rows": [gone("web9", leave=["ramen"])]})["changed"]
        is False
    )
    assert _stage_services.services({"do": "trust", "files": {"db": "PEM"}}) == {"changed": True}
    assert _boundhere.trusted() == {"db": _boundhere.digest("PEM")}
