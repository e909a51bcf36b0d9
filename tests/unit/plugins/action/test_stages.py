# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# The controller halves of all stages, against a host whose answers are made up.
import json
from datetime import UTC, datetime, timedelta

import pytest
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.plugin_utils import _acme, _toolbox
from ansible_collections.pyhost.platform.plugins.plugin_utils._certificates import SELF_SIGNED_DAYS, self_signed

SECRET = "geheim-0815"


def cell(name, scope="account"):
    return make_cell(name, scope, "/home/me/pyhost", "me").to_dict()


def apps(ramen, **changes):
    return [{"name": "ramen", "source": {"path": str(ramen)}, "environment": {"KEY": SECRET}, **changes}]


def inspected(host, looks=None):
    """The host's answer to inspect, with these looks by app."""

    def answer(job):
        cells = {row["name"]: {"cell": cell(row["name"], job["scope"])} for row in job["apps"]}
        for name, look in (looks or {}).items():
            cells[name].update(look)
        return {"changed": False, "host": host, "cells": cells}

    return answer


def released(job):
    rows = {}
    for row in job["apps"]:
        digest = row["digest"] or "d" * 64
        name = f"1-{digest[:12]}"
        rows[row["name"]] = {
            "ok": True, "changed": True, "name": name, "digest": digest, "prepared": "", "checked": {}, "origin": "",
            "facts": None,
        }  # fmt: skip
    return {"changed": True, "apps": rows}


def prepare(run, ramen, host, check=False, looks=None, **changes):
    """Resolve, inspect, cells, release and plan of a first deploy."""
    found = run.stage("resolve", check, apps=apps(ramen, **changes), scope="account", root="/home/me/pyhost")
    assert found == {"changed": False, "apps": ["ramen"]}
    run.answers["inspect"] = inspected(host, looks)
    run.answers["cells"] = {"changed": True, "apps": {"ramen": {"ok": True, "changed": True}}}
    run.answers["release"] = released
    return run.stage("inspect", check)


def remember_release(run):
    """As the stage release leaves it; sending files needs a connection."""
    state = run.state
    row = state["apps"]["ramen"]
    digest = row["local"]["digest"]
    row["release"] = {"name": f"1-{digest[:12]}", "digest": digest, "prepared": "", "checked": {}}
    run.save(state)


def test_resolve_reads_sources_and_asks_nobody(run, ramen):
    run.stage("resolve", apps=apps(ramen), scope="account", root="/r", jobs="2")
    state = run.state
    assert run.jobs == []
    assert state["settings"]["jobs"] == 2
    row = state["apps"]["ramen"]
    assert (row["local"]["kind"], row["local"]["names"]) == ("tree", ["requirements.txt", "wsgi.py"])
    assert row["facts"]["texts"]["requirements.txt"] == "flask\n"
    assert (row["todo"], row["stages"], row["failed"]) == ({}, {}, None)


def test_no_apps(run):
    assert run.stage("resolve") == {"changed": False, "apps": []}
    run.stage("resolve", apps=None)
    assert run.state["order"] == []


def test_every_problem_of_every_app_in_one_message(run, ramen, tmp_path):
    (tmp_path / "empty").mkdir()
    entries = [
        {"name": "one", "source": {"path": str(tmp_path / "none")}},
        {"name": "two", "source": {"path": str(tmp_path / "empty")}},
        *apps(ramen, server="uvicorn"),
    ]
    found = run.stage("resolve", apps=entries)
    assert (found["failed"], found["changed"]) == (True, False)
    head, *lines = found["msg"].splitlines()
    assert head == "3 problems found, nothing was changed:"
    assert [line.split(":")[0].strip() for line in lines if line.startswith("  ") and line[2] != " "] == [
        "one", "two", "ramen",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "stage", ["inspect", "cells", "release", "plan", "build", "configure", "hook", "rollout", "front", "report"]
)
def test_every_stage_needs_a_resolve(run, stage):
    assert run.stage(stage) == {
        "failed": True, "changed": False, "msg": "pyhost.platform.resolve has to run before this stage",
    }  # fmt: skip


def test_inspect_tells_what_to_prepare(run, ramen, host):
    found = prepare(run, ramen, host)
    assert found == {
        "changed": False,
        "prepare": {
            "nginx": False,
            "tools": True,
            "extras": [],
            "packages": [],
            "branches": ["3.11"],
            "any": True,
            "lists": False,
        },
        "services": {"any": False, "elsewhere": []},
    }
    assert run.jobs[0] == (
        "inspect",
        {
            "scope": "account",
            "root": "/home/me/pyhost",
            "python_paths": [],
            "services": [],
            "system_packages": [],
            "branches": [],
            "apps": [
                {
                    "name": "ramen",
                    "network": "shared",
                    "views": [],
                    "listen": ["127.0.0.1:8000"],
                    "digest": run.state["apps"]["ramen"]["local"]["digest"],
                    "web_root": "",
                }
            ],
        },
    )
    assert run.state["apps"]["ramen"]["todo"] == {"cells": ["new"]}


def old_python(host):
    row = {"branch": "2.7", "real": "/opt/p27/bin/python", "path": "/opt/p27/bin/python"}
    host["interpreters"] = [*host["interpreters"], {**host["interpreters"][0], **row, "version": "2.7.18"}]


def test_what_an_old_branch_cannot_have_is_an_objection(run, ramen, host):
    old_python(host)
    found = prepare(run, ramen, host, python="2.7", installer="uv")
    assert (found["failed"], found["changed"]) == (True, False)
    assert found["msg"] == (
        "1 problem found, nothing was changed:\n"
        "  ramen: installer: uv does not serve Python 2.7; write pip, or leave the key out, which means pip there"
    )


def test_an_old_branch(run, ramen, host):
    old_python(host)
    assert prepare(run, ramen, host, python="2.7")["prepare"]["branches"] == ["2.7"]


def test_inspect_of_a_prepared_host(run, ramen, host):
    adopted = {**host["interpreters"][0], "path": "/home/me/pyhost/python/3.11/bin/python"}
    host["interpreters"] = [adopted]
    host["tools"] = {"digest": _toolbox.digest(), "agent": _toolbox.agent_digest()}
    assert prepare(run, ramen, host)["prepare"]["any"] is False


NO_ROOTS = {
    "user": False,
    "foreign": False,
    "unit": "",
    "tmpfiles": "",
    "slice": "",
    "network": "",
    "keys": "",
    "uid": None,
}
"""Root's part of a cell that is not there yet."""

REFUSED = [
    ({"taken": {"127.0.0.1:8000": True}}, {}, {},
     ['ramen: listen[0]: "127.0.0.1:8000" is already used by another program on this host; choose a free port']),
    ({}, {}, {"python": "3.8"},
     ['ramen: python: "3.8" cannot be had on this host; it has or can install: 3.11. '
      "Write one of these, or let pyhost_python_sources say where it comes from"]),
    ({"root_directory": "/home/me/a b"}, {}, {},
     ['pyhost_root: "/home/me/a b" contains " ", which would need quotes in the files of nginx and Supervisor; '
      "choose a path of letters, digits and . _ + @ ~ = , / -"]),
    ({}, {"ramen": {"cell": make_cell("ramen", "account", "/" + "x" * 80, "me").to_dict()}}, {},
     [f"ramen: socket paths below /{'x' * 80}/apps/ramen exceed 107 bytes; set pyhost_root to a shorter path"]),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "looks", "app", "lines"), REFUSED)
def test_what_the_host_cannot_do_is_said_before_anything_is_touched(run, ramen, host, changes, looks, app, lines):
    found = prepare(run, ramen, {**host, **changes}, looks=looks, **app)
    assert found["failed"] is True
    assert [line.strip() for line in found["msg"].splitlines()[1:]] == lines


def test_an_address_that_is_the_apps_own_is_not_taken(run, ramen, host):
    host["taken"] = {"127.0.0.1:8000": True}
    text = "server {\n    listen 127.0.0.1:8000;\n}\n"
    looks = {"ramen": {"home": True, "conf": {"texts": {"nginx.d/app.conf": text}}}}
    assert "failed" not in prepare(run, ramen, host, looks=looks)


def test_git_in_account_scope_has_to_be_there(run, host):
    entries = [{"name": "ramen", "source": {"git": "https://example.com/ramen.git"}}]
    run.stage("resolve", apps=entries, scope="account", root="/r")
    run.answers["inspect"] = inspected({**host, "git": ""})
    assert run.stage("inspect")["msg"].endswith("ramen: source.git: git is not installed on this host")


def test_system_scope_needs_root_and_systemd(run, ramen, host):
    for changes, why in (
        ({}, '"system" needs root on the host; use become, or write "account"'),
        ({"root": True}, '"system" needs systemd on the host; write "account"'),
    ):
        run.stage("resolve", apps=apps(ramen))
        run.answers["inspect"] = inspected({**host, **changes}, {"ramen": {"root": NO_ROOTS}})
        assert run.stage("inspect")["msg"].endswith(f"pyhost_scope: {why}")


def test_a_user_of_somebody_else(run, ramen, host):
    run.stage("resolve", apps=apps(ramen))
    run.answers["inspect"] = inspected(
        {**host, "root": True, "systemd": True}, {"ramen": {"root": {**NO_ROOTS, "user": True, "foreign": True}}}
    )
    assert run.stage("inspect")["msg"].endswith(
        "ramen: name: the user ramen exists on this host and was not made by pyhost; choose another name"
    )


def test_a_cell_that_cannot_be_looked_at_fails_alone(run, ramen, host):
    found = prepare(run, ramen, host, looks={"ramen": {"error": "no answer within 30 s"}})
    assert "failed" not in found
    assert run.state["apps"]["ramen"]["failed"] == {
        "stage": "inspect", "error": "its cell cannot be looked at: no answer within 30 s",
    }  # fmt: skip
    for stage in ("cells", "release", "plan", "build", "configure", "hook", "rollout"):
        assert run.stage(stage)["changed"] is False
    assert [name for name, _job in run.jobs] == ["inspect"]
    assert run.stage("report")["msg"].endswith("its cell cannot be looked at: no answer within 30 s")


def planned(run, ramen, host, check=False, **changes):
    prepare(run, ramen, host, check, **changes)
    run.stage("cells", check)
    remember_release(run)
    return run.stage("plan", check)


def test_plan(run, ramen, host):
    found = planned(run, ramen, host)
    plan = found["plans"]["ramen"]
    assert found["changed"] is False
    assert {name: plan[name] for name in ("python", "server", "todo")} == {
        "python": "3.11.2",
        "server": "gunicorn",
        "todo": {
            "build": ["first build", "release to prepare"],
            "configure": ["files to write"],
            "rollout": ["first deploy"],
        },
    }
    assert SECRET not in json.dumps(found)


def test_a_procfile_completes_the_app_and_the_entry_wins(run, ramen, host):
    (ramen / "Procfile").write_text("web: python serve.py\nworker: python -m jobs\nrelease: python -m migrate\n")
    found = planned(run, ramen, host, processes={"worker": {"count": 2}})
    row = run.state["apps"]["ramen"]
    launch = row["plan"]["launch"]
    assert found["plans"]["ramen"]["how"] == "Procfile: web"
    assert launch["process"]["argv"] == ["/bin/sh", "-c", "exec python serve.py"]
    assert sorted(launch["ports"]) == ["app", "app-next"]
    assert list(launch["processes"]) == ["worker_00", "worker_01"]
    assert {one["command"] for one in launch["processes"].values()} == {"python -m jobs"}
    assert row["app"]["hooks"]["release"] == "python -m migrate"


def test_what_the_tree_says_wrong_is_among_the_problems(run, ramen):
    (ramen / "Procfile").write_text("python -m jobs\n")
    more = {"name": "udon", "source": {"path": str(ramen)}, "processes": {"mail": {"count": 2}}}
    found = run.stage("resolve", apps=[*apps(ramen), more], scope="account", root="/r")
    assert found["failed"] is True
    assert found["msg"].splitlines()[1].startswith('  ramen: Procfile: line 1: "python -m jobs" is no process; ')
    (ramen / "Procfile").write_text("worker: python -m jobs\n")
    found = run.stage("resolve", apps=[*apps(ramen), more], scope="account", root="/r")
    assert found["msg"].splitlines()[1].startswith("  udon: processes.mail.command: missing; ")


@pytest.mark.parametrize(("given", "wait"), [({}, 0), ({"lock_wait": "90"}, 90)])
def test_every_job_says_who_asks_and_how_long_it_waits_for_a_lock(run, ramen, host, monkeypatch, given, wait):
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    monkeypatch.setattr("socket.gethostname", lambda: "laptop")
    run.stage("resolve", apps=apps(ramen), scope="account", root="/r", **given)
    run.answers["inspect"] = inspected(host)
    run.answers["cells"] = {"changed": True, "apps": {"ramen": {"ok": True, "changed": True}}}
    for stage in ("inspect", "cells"):
        run.stage(stage)
    assert run.claims == [{"who": "anna on laptop", "wait": wait}] * 2


HELD = "anna on laptop, rollout, since 2026-11-21 12:00:00 UTC"
BUSY = (
    f"another deploy of this app is at work: {HELD}; run again when it has ended, "
    "or let pyhost_lock_wait say how many seconds to wait for it"
)


@pytest.mark.parametrize(
    ("state", "wait", "error"),
    [("present", 0, BUSY), ("present", 5, None), ("absent", 0, BUSY), ("absent", 5, BUSY)],
)
def test_an_app_that_another_deploy_works_at_fails_before_anything_is_touched(run, ramen, host, state, wait, error):
    entries = [*apps(ramen, state=state), {"name": "soup", "source": {"path": str(ramen)}}]
    run.stage("resolve", apps=entries, scope="account", root="/r", lock_wait=wait)
    run.answers["inspect"] = inspected(host, {"ramen": {"home": True, "current": "l1", "held": HELD}})
    assert "failed" not in run.stage("inspect")
    rows = run.state["apps"]
    assert rows["ramen"]["failed"] == (error and {"stage": "inspect", "error": error})
    assert rows["soup"]["failed"] is None
    asked = []
    run.answers["cells"] = lambda job: asked.extend(one["name"] for one in job["apps"]) or {"changed": True, "apps": {}}
    run.stage("cells")
    assert "soup" in asked
    if error:
        assert "ramen" not in asked
        assert run.stage("report")["msg"].startswith("ramen on web1 FAILED at inspect; ")


@pytest.mark.parametrize("check", ["refuse", "warn"])
def test_aliases_of_an_owner_are_the_trouble_of_one_app(run, ramen, host, check):
    entries = [*apps(ramen, nginx_alias_check=check), {"name": "soup", "source": {"path": str(ramen)}}]
    run.stage("resolve", apps=entries, scope="account", root="/r")
    bad = "conf/nginx.d/own.conf:3: location /s with alias /srv/s/ serves what is beside /srv/s/"
    run.answers["inspect"] = inspected(host, {"ramen": {"home": True, "aliases": [bad]}})
    run.stage("inspect")
    error = f"{bad}\n(the owner's own nginx text; nginx_alias_check: warn lets it be)"
    failed = {name: row["failed"] for name, row in run.state["apps"].items()}
    assert failed == {"ramen": {"stage": "inspect", "error": error} if check == "refuse" else None, "soup": None}
    found = run.stage("report")
    assert bad in (found["report"][0]["owner"] if check == "warn" else found["msg"])


def test_a_certificate_is_read_and_checked_before_anything_is_touched(run, ramen, host, tmp_path):
    now = datetime.now(UTC)
    one, other = self_signed(["a.de"], now), self_signed(["a.de"], now)
    for name, text in (("a.pem", one.certificate), ("a.key", one.key), ("b.key", other.key)):
        (tmp_path / name).write_text(text)

    def resolved(**tls):
        entries = apps(ramen, domains=["a.de", "b.de"][: tls.pop("domains", 1)], tls=tls)
        return run.stage("resolve", apps=entries, scope="system", base=str(tmp_path))

    assert "failed" not in resolved(certificate="a.pem", key=str(tmp_path / "a.key"))
    assert run.state["apps"]["ramen"]["pair"] == {"certificate": one.certificate, "key": one.key}
    for tls, said in (
        ({"certificate": "c.pem", "key": "a.key"}, f"tls.certificate: {tmp_path}/c.pem cannot be read: No such file"),
        ({"certificate": "a.pem", "key": "b.key"}, "tls.key: is not that of the certificate"),
        ({"certificate": "a.pem", "key": "a.key", "domains": 2}, "tls.certificate: does not name b.de; it names a.de"),
    ):
        found = resolved(**tls)
        assert found["failed"]
        assert f"ramen: {said}" in found["msg"]


def test_a_given_certificate_that_ends_soon_is_told(run, ramen, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(Display, "warning", lambda self, text, **more: told.append(text))
    for days in (SELF_SIGNED_DAYS - 31, SELF_SIGNED_DAYS - 29):
        one = self_signed(["a.de"], datetime.now(UTC) - timedelta(days=days))
        (tmp_path / "a.pem").write_text(one.certificate)
        (tmp_path / "a.key").write_text(one.key)
        tls = {"certificate": "a.pem", "key": "a.key"}
        entries = apps(ramen, domains=["a.de"], tls=tls)
        assert "failed" not in run.stage("resolve", apps=entries, scope="system", base=str(tmp_path))
    end = datetime.now(UTC) + timedelta(days=29)
    assert told == [f"ramen: tls.certificate ends on {end:%Y-%m-%d}; give a new one"]


@pytest.mark.parametrize("there", [True, False])
def test_what_asks_for_certificates_has_to_be_on_the_controller(run, ramen, monkeypatch, there):
    monkeypatch.setattr(_acme, "available", lambda: there)
    found = run.stage("resolve", apps=apps(ramen, domains=["a.de"], tls={"acme": True}), scope="system")
    assert found.get("msg", "").endswith(
        ""
        if there
        else "ramen: tls.acme: needs the collection community.crypto on the controller: "
        "ansible-galaxy collection install community.crypto"
    )
    assert found.get("failed", False) is not there


def test_what_only_some_apps_need(run, ramen, host):
    host.update(root=True, systemd=True, git="", network=False, acme=False, front={})
    entries = [
        {"name": "a", "source": {"git": "https://example.com/a.git"}, "domains": ["a.de"], "network": "private"},
        {"name": "b", "source": {"path": str(ramen)}, "domains": ["b.de"], "tls": {"self_signed": True}},
    ]
    for changes, extras in (({}, ["git", "iproute2", "nftables"]), ({"git": "/usr/bin/git", "network": True}, [])):
        run.stage("resolve", apps=entries, scope="system")
        run.answers["inspect"] = inspected({**host, **changes}, {"a": {"root": NO_ROOTS}, "b": {"root": NO_ROOTS}})
        assert run.stage("inspect")["prepare"]["extras"] == extras


def test_packages_of_a_platform_and_a_server_come_before_the_code_is_seen(run, host):
    host.update(root=True, systemd=True, front={})
    git = {"source": {"git": "https://example.com/a.git"}}
    entries = [
        {"name": "a", **git, "domains": ["a.de"], "platform": "site5"},
        {"name": "b", **git, "domains": ["b.de"], "server": "mod_wsgi"},
    ]
    run.stage("resolve", apps=entries, scope="system")
    run.answers["inspect"] = inspected(host, {"a": {"root": NO_ROOTS}, "b": {"root": NO_ROOTS}})
    run.stage("inspect")
    asked = run.jobs[-1][1]["system_packages"]
    assert {"apache2-bin", "libapache2-mod-fcgid", "apache2-dev"} <= set(asked)


def test_a_server_that_is_built_with_packages_of_the_host_needs_root(run, ramen):
    said = run.stage("resolve", apps=apps(ramen, server="mod_wsgi"), scope="account")["msg"]
    assert 'ramen: server: "mod_wsgi" is built with packages of the host (apache2-dev, ' in said
    assert "or write another server, such as gunicorn" in said


def test_a_whole_run(run, ramen, host, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(Display, "display", lambda self, text, **more: shown.append(text))
    planned(run, ramen, {**host, "tools": {"digest": "x"}})
    run.answers["build"] = {
        "changed": True,
        "apps": {
            "ramen": {
                "ok": True,
                "built": True,
                "packages": {"flask": "3.1", "pip": "25"},
                "warnings": ["security.W018 You should not have DEBUG set to True in deployment."],
                "seconds": 3.0,
            }
        },
    }
    found = run.stage("build")
    assert found["changed"] is True
    assert found["apps"] == {"ramen": "first build; release to prepare"}
    assert found["diff"] == [
        {
            "before_header": "ramen: packages",
            "after_header": "ramen: packages",
            "before": "",
            "after": "flask==3.1\npip==25\n",
        }
    ]
    run.answers["configure"] = {"changed": True, "apps": {"ramen": {"ok": True, "changed": True}}}
    found = run.stage("configure")
    assert [one["after_header"].rpartition("/conf/")[2] for one in found["diff"]] == [
        "logs.json", "nginx.conf", "nginx.d/app.conf", "pages/502.html", "pages/503.html", "pages/504.html", "supervisor.d/app.conf",
    ]  # fmt: skip
    run.answers["rollout"] = {
        "changed": True,
        "apps": {"ramen": {"ok": True, "did": ["started (1.0 s)"], "seconds": 1}},
    }
    found = run.stage("rollout")
    assert found["apps"] == {"ramen": "first deploy"}
    assert "environment: KEY=(hidden)\n" in found["diff"][0]["after"]
    assert SECRET not in json.dumps(found)
    assert run.stage("front") == {"changed": False}
    state = run.state
    state["settings"]["report_path"] = str(tmp_path / "reports" / "report.json")
    run.save(state)
    (row,) = run.stage("report")["report"]
    assert (row["virtualenv"], row["rollout"]) == ("built (first build)", "done (first deploy)")
    assert row["warnings"] == ["security.W018 You should not have DEBUG set to True in deployment."]
    assert "\nramen: 1 warning of manage.py check --deploy: security.W018\n" in shown[0]
    written = json.loads((tmp_path / "reports" / "report.json").read_text())
    assert (written["format"], written["hosts"]["web1"]["apps"]) == (1, [row])
    assert SECRET not in (tmp_path / "reports" / "report.json").read_text()
    jobs = dict(run.jobs)
    assert jobs["build"]["apps"][0]["plan"]["virtualenv"]["packages"] == ["gunicorn>=23", "pip"]
    assert jobs["rollout"]["apps"][0]["plan"]["launch"]["process"]["environment"]["KEY"] == SECRET
    assert jobs["rollout"]["keep"] == 5


ACCOUNT = {"scope": "account", "root": "/home/me/pyhost"}


def test_a_profile_tells_where_the_time_of_a_run_went(run, ramen, host, tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr("ansible.utils.display.Display.display", lambda self, text: shown.append(text))
    look = inspected(host)
    run.answers["inspect"] = lambda job: {**look(job), "profile": {"seconds": 0.5, "apps": {"ramen": {"looking": 0.4}}}}
    path = tmp_path / "report.json"
    run.stage("resolve", apps=apps(ramen), **ACCOUNT, profile=True, report_path=str(path))
    found = run.stage("inspect")
    assert "profile" not in found, found
    assert not found.get("failed"), found
    assert dict(run.jobs)["inspect"]["profile"] is True
    run.stage("report")
    found = json.loads(path.read_text())["hosts"]["web1"]["profile"]
    assert [row["stage"] for row in found["stages"]] == ["resolve", "inspect"]
    assert found["stages"][1]["host"] == 0.5
    assert found["stages"][1]["slowest"] == [{"app": "ramen", "seconds": 0.4, "parts": {"looking": 0.4}}]
    assert found["seconds"] >= found["stages"][0]["seconds"]
    assert "where the time went on web1, in seconds:" in shown[-1]


def test_nothing_is_measured_unless_it_is_asked_for(run, ramen, host, tmp_path):
    run.answers["inspect"] = inspected(host)
    path = tmp_path / "report.json"
    run.stage("resolve", apps=apps(ramen), **ACCOUNT, report_path=str(path))
    assert not run.stage("inspect").get("failed")
    assert "profile" not in dict(run.jobs)["inspect"]
    run.stage("report")
    assert "profile" not in json.loads(path.read_text())["hosts"]["web1"]


def test_check_mode_asks_the_host_only_to_look(run, ramen, host, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name, path=None: None)
    planned(run, ramen, host, check=True)
    changed = {stage: run.stage(stage, check=True)["changed"] for stage in ("cells", "build", "configure", "rollout")}
    assert changed == {"cells": True, "build": True, "configure": True, "rollout": True}
    state = run.state
    state["settings"]["report_path"] = str(tmp_path / "report.json")
    run.save(state)
    (row,) = run.stage("report", check=True)["report"]
    assert (row["virtualenv"], row["rollout"]) == ("to build (first build)", "to do (first deploy)")
    assert [name for name, _job in run.jobs] == ["inspect"]
    assert not (tmp_path / "report.json").exists()


def test_check_mode_resolves_nothing_where_no_virtualenv_is_to_be_made(run, ramen, host):
    """New code with the same requirements: a newer version of a package is nothing that a run would bring."""
    planned(run, ramen, {**host, "tools": {"digest": "x"}}, check=True)
    state = run.state
    state["apps"]["ramen"]["todo"]["build"] = ["release to prepare"]
    state["apps"]["ramen"]["reasons"] = []
    run.save(state)
    assert run.stage("build", check=True) == {"changed": True, "apps": {"ramen": "release to prepare"}}
    assert [name for name, _job in run.jobs] == ["inspect"]
    (row,) = run.stage("report", check=True)["report"]
    assert row["virtualenv"] == "unchanged"


def test_check_mode_plans_with_the_release_and_the_python_that_a_run_would_make(run, ramen, host):
    system = {**host, "root": True, "systemd": True, "interpreters": []}
    run.stage("resolve", True, apps=apps(ramen))
    run.answers["inspect"] = inspected(system, {"ramen": {"root": NO_ROOTS}})
    found = run.stage("inspect", True)["prepare"]
    assert (found["packages"], found["branches"]) == (["python3.11"], ["3.11"])
    assert run.stage("release", True)["changed"] is True
    plan = run.stage("plan", True)["plans"]["ramen"]
    digest = run.state["apps"]["ramen"]["local"]["digest"]
    assert (plan["release"], plan["python"]) == (f"1-{digest[:12]}", "3.11")


def test_an_app_that_fails_stops_there_and_is_reported(run, ramen, host):
    planned(run, ramen, {**host, "tools": {"digest": "x"}})
    error = "numba==0.53 cannot be installed; the last lines of the installer:\n  no"
    run.answers["build"] = {"changed": False, "apps": {"ramen": {"ok": False, "error": error, "seconds": 1}}}
    assert run.stage("build")["apps"] == {"ramen": f"failed: {error}"}
    for stage in ("configure", "rollout"):
        assert run.stage(stage) == {"changed": False, "apps": {}}
    found = run.stage("report")
    assert found["failed"] is True
    assert found["msg"] == (
        "ramen on web1 FAILED at build; nothing serves:\n"
        "  numba==0.53 cannot be installed; the last lines of the installer:\n    no"
    )


def test_an_app_that_cannot_be_planned_fails_alone(run, ramen, host):
    prepare(run, ramen, host)
    remember_release(run)
    state = run.state
    state["apps"]["ramen"]["facts"]["texts"]["requirements.txt"] = "-e ../../etc\n"
    run.save(state)
    assert run.stage("plan")["apps"]["ramen"].startswith("failed: requirements.txt, line 1: ")


def test_a_module_that_fails_is_ansibles_own_failure(run, ramen, host):
    run.stage("resolve", apps=apps(ramen), scope="account", root="/r")
    run.answers["inspect"] = {"failed": True, "msg": "MODULE FAILURE", "rc": 1}
    assert run.stage("inspect") == {"failed": True, "msg": "MODULE FAILURE", "rc": 1}
    run.answers["inspect"] = {"unreachable": True, "msg": "no route"}
    assert run.stage("inspect")["unreachable"] is True


def test_the_second_run_changes_nothing(run, ramen, host):
    """What a look finds after a first run is what the next plan wants."""
    planned(run, ramen, {**host, "tools": {"digest": "x"}})
    plan = run.state["apps"]["ramen"]["plan"]
    from ansible_collections.pyhost.platform.plugins.module_utils._todo import with_digests

    runs = {"state": "RUNNING", "pid": 7, "record": {"process": plan["process"]}}
    checked = {plan["virtualenv"]["fingerprint"]: "wsgi:application"}
    look = {
        "home": True,
        "releases": [{"name": plan["release"], "digest": plan["digest"], "prepared": "any", "checked": checked}],
        "virtualenvs": [plan["virtualenv"]["fingerprint"]],
        "current": plan["launch_digest"],
        "launch": with_digests(plan)["launch"],
        "virtualenv": {"components": plan["virtualenv"]["components"]},
        "conf": {"digest": plan["conf_digest"], "texts": plan["conf"]},
        "links": True,
        "rolling": False,
        "supervisord": True,
        "programs": {"app": runs, "nginx": runs},
    }
    run.jobs.clear()
    prepare(run, ramen, {**host, "taken": {"127.0.0.1:8000": True}}, looks={"ramen": json.loads(json.dumps(look))})
    stages = ("cells", "release", "plan", "build", "configure", "hook", "rollout", "front")
    assert [run.stage(stage)["changed"] for stage in stages] == [False] * 8
    (row,) = run.stage("report")["report"]
    assert (row["virtualenv"], row["rollout"], row["reasons"]) == ("unchanged", "unchanged", [])
    assert [name for name, _job in run.jobs] == ["inspect"]


FOUND = {"path": "/opt/mine/bin/python3.13", "real": "/opt/mine/bin/python3.13", "branch": "3.13", "version": "3.13.5"}


def rehearsing(run, ramen, host, releases, deployed=True, **settings):
    """The row of an app whose release 3 runs on Python 3.11, at the end of stage plan, with 3.13 beside it."""
    host["interpreters"].append({**host["interpreters"][0], **FOUND})
    found = run.stage("resolve", apps=apps(ramen, python="3.11"), scope="account", root="/home/me/pyhost", **settings)
    assert found["changed"] is False
    process = {"release": "3-x", "virtualenv": "old", "argv": [], "environment": {}, "server": "gunicorn"}
    digest = run.state["apps"]["ramen"]["local"]["digest"]
    launch = {
        "digest": digest, "python": "3.11.2", "process": process, "process_digest": "p", "conf": "c", "processes": {},
        "ports": {},
    }  # fmt: skip
    look = {
        "releases": [{**one, "name": f"{one['name']}-{digest[:12]}", "digest": digest} for one in releases],
        "current": "l1" if deployed else "", "launch": launch, "virtualenv": {}, "virtualenvs": [], "conf": {},
        "links": True, "rolling": False, "supervisord": False, "programs": {},
    }  # fmt: skip
    run.answers["inspect"] = inspected(host, {"ramen": look})
    for stage in ("inspect", "release", "plan"):
        found = run.stage(stage)
        assert "failed" not in found, found
    return run.state["apps"]["ramen"]


def of_the_tree(ramen):
    (ramen / "requirements.txt").write_text("./part\n")
    (ramen / "part").mkdir()
    (ramen / "part" / "pyproject.toml").write_text("[project]\nname = 'part'\nversion = '1'\n")


def number(row):
    return row["plan"]["release"].partition("-")[0]


def test_a_rehearsal_is_on_its_branch_and_in_the_release_that_is_there(run, ramen, host):
    row = rehearsing(run, ramen, host, [{"name": "3", "prepared": "old"}], rehearse="3.13")
    assert row["plan"]["virtualenv"]["version"] == "3.13.5"
    assert (number(row), row["copy_of"], row["declared"]) == ("3", "", "3.11")


def test_a_rehearsal_of_what_is_installed_from_the_tree_has_a_copy(run, ramen, host):
    of_the_tree(ramen)
    row = rehearsing(run, ramen, host, [{"name": "3", "prepared": "old"}], rehearse="3.13")
    assert (number(row), row["copy_of"].partition("-")[0]) == ("4", "3")


def test_the_copy_of_a_rehearsal_is_its_changes_alone(run, ramen, host):
    of_the_tree(ramen)
    there = {"name": "3", "prepared": ""}
    rehearsed = rehearsing(run, ramen, host, [there], rehearse="3.13")["plan"]["virtualenv"]["fingerprint"]
    releases = [there, {"name": "4", "prepared": "", "rehearsed": rehearsed}]
    # a deploy on the old branch, the same rehearsal again, and the change itself
    assert number(rehearsing(run, ramen, host, releases)) == "3"
    again = rehearsing(run, ramen, host, releases, rehearse="3.13")
    assert (number(again), again["copy_of"]) == ("4", "")
    host["interpreters"].reverse()
    change = rehearsing(run, ramen, host, releases, python_aliases={"3.11": "3.13"})
    assert (number(change), change["plan"]["virtualenv"]["fingerprint"]) == ("4", rehearsed)


def test_an_app_that_is_not_deployed_takes_no_part(run, ramen, host, monkeypatch):
    texts = []
    monkeypatch.setattr(Display, "display", lambda self, text, *more, **named: texts.append(text))
    row = rehearsing(run, ramen, host, [], deployed=False, rehearse="3.13")
    assert "plan" not in row
    run.jobs.clear()
    (told,) = run.stage("rehearse")["rehearsal"]
    assert (told["result"], told["ready"], run.jobs) == ("left out", None, [])
    assert "is not deployed yet" in texts[0]


def test_a_rehearsal_that_fails(run, ramen, host, monkeypatch):
    monkeypatch.setattr(Display, "display", lambda self, text, *more, **named: None)
    rehearsing(run, ramen, host, [{"name": "3", "prepared": "old"}], rehearse="3.13")
    run.answers["rehearse"] = {"changed": False, "apps": {"ramen": {"ok": False, "error": "no wheel\nat all"}}}
    found = run.stage("rehearse")
    assert (found["failed"], found["msg"]) == (
        True, "ramen on web1 would fail on Python 3.13.5:\n  no wheel\n  at all",
    )  # fmt: skip
    name, job = run.jobs[-1]
    assert (name, job["verb"], job["check"], len(job["apps"])) == ("rehearse", "rehearse", False, 1)


def test_a_branch_for_a_rehearsal_that_cannot_be_had(run, ramen, host):
    two = [*apps(ramen), {"name": "soup", "source": {"path": str(ramen)}}]
    run.stage("resolve", apps=two, scope="account", root="/home/me/pyhost", rehearse="3.99")
    look = {"current": "l1", "launch": {}}
    run.answers["inspect"] = inspected(host, {"ramen": look, "soup": look})
    said = run.stage("inspect")["msg"]
    assert said.startswith('1 problem found, nothing was changed:\n  python: "3.99" cannot be had on this host')


def test_release_prepared_for_another_virtualenv_is_copied(run, ramen, host):
    (ramen / "manage.py").write_text('import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n')
    (ramen / "shop").mkdir()
    (ramen / "shop" / "settings.py").write_text("")
    prepare(run, ramen, host)
    digest = run.state["apps"]["ramen"]["local"]["digest"]
    there = [{"name": f"3-{digest[:12]}", "digest": digest, "prepared": "0123456789abcdef"}]
    prepare(run, ramen, host, looks={"ramen": {"releases": there}})
    assert run.stage("release")["changed"] is False
    assert run.stage("plan")["plans"]["ramen"]["release"] == f"4-{digest[:12]}"
    row = run.state["apps"]["ramen"]
    assert (row["copy_of"], row["todo"]["build"][-1]) == (f"3-{digest[:12]}", "release to prepare")


CELL = {"name": "ramen", "scope": "account", "user": "me", "home": "/h", "inside": "/h", "tools": "/t"}


def reported(run, tmp_path, check=False, **more):
    row = {
        "app": {"name": "ramen", "state": "present"}, "cell": CELL, "stages": {}, "todo": {}, "failed": None, "look": {}, "reasons": [],
        **more,
    }  # fmt: skip
    run.save({"settings": {"report_path": ""}, "order": ["ramen"], "apps": {"ramen": row}})
    run.stage("report", check=check)
    return [job["apps"] for name, job in run.jobs if name == "report"]


PLAN = {"release": "1-a", "virtualenv": {}}


@pytest.mark.parametrize("stage", ["cells", "build", "hook", "rollout", "front"])
def test_an_app_remembers_that_its_change_failed(run, tmp_path, stage):
    failed = {"stage": stage, "error": "no wheel"}
    assert reported(run, tmp_path, failed=failed) == [[{"cell": CELL, "failed": failed}]]


@pytest.mark.parametrize(
    "failed",
    [
        {"stage": "inspect", "error": "refused"},
        {"stage": "rollout", "error": "another deploy of this app is at work: anna, rollout, since noon; run again"},
    ],
)
def test_a_refusal_is_no_failed_change(run, tmp_path, failed):
    assert reported(run, tmp_path, failed=failed) == []


def test_a_good_run_without_a_rollout_forgets_the_failure(run, tmp_path):
    assert reported(run, tmp_path, look={"failed": True}, plan=PLAN) == [[{"cell": CELL, "failed": {}}]]


@pytest.mark.parametrize(
    "more",
    [
        {"look": {"failed": False}, "plan": PLAN},
        {"look": {"failed": True}},
        {"look": {"failed": True}, "plan": PLAN, "stages": {"rollout": {"ok": True}}},
        {"look": {"failed": True}, "plan": PLAN, "app": {"name": "ramen", "state": "absent"}},
        {"look": {"failed": True}, "plan": PLAN, "check": True},
    ],
)
def test_no_host_is_asked_for_nothing(run, tmp_path, more):
    assert reported(run, tmp_path, **more) == []


def test_a_host_that_is_lost_hides_no_report(run, tmp_path):
    run.answers["report"] = {"unreachable": True, "msg": "gone"}
    row = {"failed": {"stage": "build", "error": "no wheel"}}
    assert reported(run, tmp_path, **row)
    assert run.stage("report")["msg"].endswith("no wheel")
