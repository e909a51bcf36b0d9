# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The controller's half of the stage services, against hosts whose answers are made up.
import json
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._boundhere import digest
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, login_name
from ansible_collections.pyhost.platform.plugins.module_utils._verifiers import verifier

PASSWORD = "geheim-0815"
LOGIN = login_name("ramen", "db", "")
DB = {"type": "postgresql"}


def empty(*types, installed=False):
    found = {type_: {"installed": installed, "running": False, "error": ""} for type_ in types}
    return {"types": found, "bindings": {}, "trust": {}}


def bound(**changes):
    secret = digest(verifier("postgresql", LOGIN, PASSWORD))
    one = {
        "app": "ramen", "service": "db", "type": "postgresql", "apps": {"ramen": ["web1"]}, "remote": False, "memory": 0,
        "user": "ramen", "made": True, "there": True, "logins": {LOGIN: secret}, "known": [LOGIN], "port": 5432,
        "elsewhere": 5432, "socket": "/var/run/postgresql", **changes,
    }  # fmt: skip
    types = {"postgresql": {"installed": True, "running": True, "error": ""}}
    return {"types": types, "bindings": {"ramen_db": one}, "trust": {}}


@pytest.fixture
def given(run, tmp_path):
    """A run whose app ``ramen`` is bound to ``db``; ``look`` is what there is on its own host."""

    def prepared(look, app=(), on="web1", failed=None, **settings):
        whole = {
            "name": "ramen", "state": "present", "purge": False, "services": ["db"], "services_of": "",
            "network": "shared",
        }  # fmt: skip
        whole.update(app)
        row = {"app": whole, "failed": failed, "cell": {"user": "ramen"}, "look": {}, "todo": {}, "stages": {}}
        address = "" if on == "web1" else "10.0.0.5"
        run.save({
            "settings": {
                "rehearse": "", "base": str(tmp_path), "services_passwords": "passwords", "lock_wait": 0,
                "services_secrets": {"ramen_db": PASSWORD}, "scope": "system", "root": "", **settings,
            },
            "order": ["ramen"],
            "apps": {"ramen": row},
            "services": {"db": Service("db", "postgresql", on, address).to_dict()},
            "host": {"services": look},
        })  # fmt: skip
        return run

    return prepared


def answered(look, **results):
    return {"changed": True, "outcomes": results, "look": look, "certificates": {"postgresql": "PEM"}}


def test_todo_of_a_bare_host(given):
    run = given(empty("postgresql"))
    assert run.stage("services") == {
        "changed": False, "install": [{"host": "web1", "types": ["postgresql"]}], "bind": ["web1"], "retire": [],
        "trust": False,
    }  # fmt: skip
    assert run.state["apps"]["ramen"]["todo"]["services"] == ["db (postgresql on web1): new"]
    assert run.jobs == []


def test_nothing_to_do(given):
    found = given(bound()).stage("services", step="todo")
    assert (found["install"], found["bind"], found["retire"]) == ([], [], [])


def test_the_service_gets_a_verifier_and_never_the_password(given):
    run = given(empty("postgresql", installed=True))
    run.answers["services"] = answered(bound(), ramen_db={"ok": True})
    found = run.stage("services", step="bind", host="web1")
    assert found["changed"] is True
    [(name, job)] = run.jobs
    [row] = job["rows"]
    assert (name, job["do"], row["name"], row["login"], row["user"]) == ("services", "bind", "ramen_db", LOGIN, "ramen")
    assert row["verifier"].startswith("SCRAM-SHA-256$")
    assert PASSWORD not in json.dumps([job, found])
    [diff] = found["diff"]
    assert (diff["before"], diff["after"]) == ("", f"login {LOGIN}\n")


def test_a_type_that_fails_is_the_trouble_of_its_apps(given):
    run = given(empty("postgresql", installed=True))
    run.answers["services"] = answered(empty("postgresql"), ramen_db={"ok": False, "error": "psql: down"})
    run.stage("services", step="bind", host="web1")
    failed = run.state["apps"]["ramen"]["failed"]
    assert failed == {"stage": "services", "error": "the service db (postgresql on web1): psql: down"}


def test_check_mode_asks_nobody(given, tmp_path):
    run = given(empty("postgresql"), services_secrets={})
    assert run.stage("services", check=True, step="bind", host="web1")["changed"] is True
    assert run.jobs == []
    assert not (tmp_path / "passwords").exists()


def test_another_host_is_looked_at_bound_and_trusted(given):
    run = given(empty(), on="db1")
    run.answers["services"] = answered(empty("postgresql"))
    assert run.stage("services", step="look", host="db1") == {"changed": False}
    found = run.stage("services", step="todo")
    assert (found["install"], found["bind"], found["trust"]) == (
        [{"host": "db1", "types": ["postgresql"]}], ["db1"], True,
    )  # fmt: skip
    run.answers["services"] = answered(bound(remote=True), ramen_db={"ok": True})
    run.stage("services", step="bind", host="db1")
    [row] = run.jobs[-1][1]["rows"]
    assert (row["remote"], row["address"], row["user"]) == (True, "10.0.0.5", "")
    run.answers["services"] = {"changed": True}
    assert run.stage("services", step="trust") == {"changed": True}
    assert run.jobs[-1][1]["files"] == {"db": "PEM"}
    assert run.stage("services", step="trust") == {"changed": False}


def test_an_old_login_ends_after_the_rollout(given):
    old = {LOGIN: bound()["bindings"]["ramen_db"]["logins"][LOGIN], "ramen_db.old": "x"}
    run = given(bound(logins=old, known=[*old]))
    assert run.stage("services", step="todo")["retire"] == ["web1"]
    run.answers["services"] = answered(bound(), ramen_db={"ok": True, "did": ["old password removed"]})
    assert run.stage("services", step="retire", host="web1")["changed"] is True
    [row] = run.jobs[-1][1]["rows"]
    assert row == {"name": "ramen_db", "host": "web1", "logins": ["ramen_db.old"], "leave": [], "purge": False}
    assert run.state["apps"]["ramen"]["todo"]["services"][-1] == "db: old password removed"


def test_an_app_whose_rollout_failed_keeps_its_access(given):
    run = given(bound(), app={"services": []}, failed={"stage": "rollout", "error": "x"})
    assert run.stage("services", step="retire", host="web1")["changed"] is False
    assert run.jobs == []


def test_what_is_kept_is_told(given):
    run = given(bound(), app={"services": []})
    left = bound(apps={}, known=[], logins={})
    run.answers["services"] = answered(left, ramen_db={"ok": True, "did": ["access removed"]})
    found = run.stage("services", step="retire", host="web1")
    assert [(one["before"], one["after"]) for one in found["diff"]] == [("access\n", "no access\n")]
    assert run.state["kept"] == {
        "web1": ["ramen: its data of the service db (postgresql) is kept on web1; purge: true removes it"]
    }


def test_a_rehearsal_binds_and_ends_nothing(given, tmp_path):
    run = given(bound(), app={"services": []}, rehearse="3.13")
    found = run.stage("services", step="todo")
    assert (found["install"], found["bind"], found["retire"]) == ([], [], [])
    assert not Path(tmp_path, "passwords").exists()
