# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell

SECRET = "geheim-0815"
COMMAND = "python manage.py migrate"
ROLLED = {"changed": True, "apps": {"ramen": {"ok": True, "did": ["switched"], "seconds": 1}}}


def row(old="p1", failed=None, hook=COMMAND, planned=True):
    """The app ramen as the stage configure leaves it; it runs the process ``old`` and shall run p2."""
    process = {
        "release": "2-d2", "virtualenv": "v1", "argv": ["gunicorn"], "server": "gunicorn",
        "environment": {"KEY": SECRET}, "cwd": "/srv/releases/2-d2",
    }  # fmt: skip
    launch = {"process": process, "process_digest": "p2", "python": "3.13.5", "conf": "c1"}
    before = {**launch, "process": {**process, "environment": {}}, "process_digest": old}
    found = {
        "app": {"name": "ramen", "state": "present", "hooks": {"release": hook}, "limits": {}},
        "cell": make_cell("ramen", "system").to_dict(),
        "look": {"launch": before if old else {}, "current": "l1" if old else ""},
        "stages": {},
        "todo": {"rollout": ["new code"] if old != "p2" else []},
        "reasons": [],
        "failed": failed and {"stage": failed, "error": "no"},
    }
    if planned:
        found["plan"] = {
            "app": "ramen", "digest": "d2", "release": "2-d2", "launch": launch, "address": "",
            "virtualenv": {"version": "3.13.5", "fingerprint": "v1"}, "steps": [],
        }  # fmt: skip
    return found


def state(one):
    settings = {"jobs": 4, "keep_releases": 5, "lock_wait": 0, "report_path": ""}
    return {"settings": settings, "order": ["ramen"], "apps": {"ramen": one}}


def ran(ok=True, **more):
    return {"changed": ok, "apps": {"ramen": {"ok": ok, "seconds": 2.0, **more}}}


def on(run, host):
    run.host = host
    return run


ONE_HOST = [
    # row, whether the hook runs
    (row(), True),
    (row(old=""), True),
    (row(old="p2"), False),
    (row(hook=""), False),
    (row(failed="build"), False),
    (row(planned=False), False),
]


@pytest.mark.parametrize(("one", "runs"), ONE_HOST)
def test_when_it_runs(run, one, runs):
    run.save(state(one))
    run.answers["hook"] = ran(did=["release hook ran (2.0 s)"])
    found = run.stage("hook")
    assert (found["changed"], [name for name, _job in run.jobs]) == (runs, ["hook"] if runs else [])
    run.answers["rollout"] = ROLLED
    assert run.stage("rollout")["changed"] is (not one["failed"] and "plan" in one and one["todo"]["rollout"] != [])


def test_what_the_host_is_told_and_what_is_reported(run):
    run.save(state(row()))
    run.answers["hook"] = ran(did=["release hook ran (2.0 s)"])
    found = run.stage("hook")
    assert found == {"changed": True, "apps": {"ramen": "new version"}}
    ((_name, job),) = run.jobs
    (order,) = job["apps"]
    assert (job["jobs"], order["command"]) == (4, COMMAND)
    assert order["plan"]["launch"]["process"]["environment"] == {"KEY": SECRET}
    run.answers["rollout"] = ROLLED
    run.stage("rollout")
    (line,) = run.stage("report")["report"]
    assert line["did"] == ["release hook ran (2.0 s)", "switched"]
    assert line["seconds"] == {"hook": 2.0, "rollout": 1}
    assert line["reasons"] == ["rollout: new code", "hook: new version"]
    assert SECRET not in json.dumps([found, line])


def test_a_failure_stops_the_app_there(run):
    run.save(state(row()))
    error = f"release hook failed with exit status 3: {COMMAND}; its last lines:\nno such table"
    run.answers["hook"] = ran(ok=False, error=error)
    assert run.stage("hook") == {"changed": False, "apps": {"ramen": f"failed: {error}"}}
    assert run.stage("rollout")["changed"] is False
    assert [name for name, _job in run.jobs] == ["hook"]
    assert run.stage("report")["msg"] == (
        "ramen on web1 FAILED at hook; the old version serves:\n"
        f"  release hook failed with exit status 3: {COMMAND}; its last lines:\n  no such table"
    )


def test_check_mode_says_it_and_asks_nobody(run):
    run.save(state(row()))
    found = run.stage("hook", check=True)
    assert found == {"changed": True, "apps": {"ramen": "would run the release hook"}}
    assert run.stage("rollout", check=True)["changed"] is True
    (line,) = run.stage("report", check=True)["report"]
    assert line["rollout"] == "to do (new code; would run the release hook)"
    assert run.jobs == []


def two_hosts(run, first, second, check=False, answer=None):
    """Both hosts do the stage hook, then the second rolls out, as the strategy linear has it."""
    run.hosts = ["web1", "web2"]
    on(run, "web1").save(state(first))
    on(run, "web2").save(state(second))
    run.answers = {"hook": answer or ran(), "rollout": ROLLED}
    for host in run.hosts:
        on(run, host).stage("hook", check)
        run.jobs.append(("done on", host))
    return run.stage("rollout", check)


def test_only_the_first_host_runs_it(run):
    assert two_hosts(run, row(), row())["changed"] is True
    assert [name for name, _job in run.jobs] == ["hook", "done on", "done on", "rollout"]


def test_the_second_host_alone_has_the_app_with_a_hook(run):
    assert two_hosts(run, row(hook=""), row())["changed"] is True
    assert [name for name, _job in run.jobs] == ["done on", "hook", "done on", "rollout"]


def test_the_first_host_has_the_version_already(run):
    assert two_hosts(run, row(old="p2"), row())["changed"] is True
    assert [name for name, _job in run.jobs] == ["done on", "done on", "rollout"]


def test_check_mode_of_two_hosts(run):
    assert two_hosts(run, row(), row(), check=True)["changed"] is True
    assert run.state["apps"]["ramen"]["failed"] is None
    assert two_hosts(run, row(failed="build"), row(), check=True)["changed"] is False
    assert [name for name, _job in run.jobs] == ["done on"] * 4


REFUSED = [
    # the first host, its answer to the hook, why the second one stays as it is
    (row(), ran(ok=False, error="no"), "the release hook failed on web1"),
    (row(failed="build"), None, "the release hook did not run on web1, where the app failed at build"),
    (row(), {"failed": True, "msg": "MODULE FAILURE"}, "which left the run; mend that host"),
    (row(), {"unreachable": True, "msg": "no route"}, "or leave it out with --limit 'all:!web1'"),
]


@pytest.mark.parametrize(("first", "answer", "why"), REFUSED)
def test_the_second_host_stays_as_it_is(run, first, answer, why):
    assert two_hosts(run, first, row(), answer=answer) == {"changed": False, "apps": {}}
    failed = run.state["apps"]["ramen"]["failed"]
    assert (failed["stage"], why in failed["error"]) == ("hook", True)
    assert "rollout" not in [name for name, _job in run.jobs]
    assert run.stage("report")["msg"].startswith("ramen on web2 FAILED at hook; the old version serves:\n")


def test_rules_alone_heed_no_hook(run):
    mended = row(old="p2")
    mended["todo"]["rollout"] = ["rules changed"]
    assert two_hosts(run, row(), mended, answer=ran(ok=False, error="no"))["changed"] is True


@pytest.mark.parametrize("strategy", ["free", "ansible.builtin.free", "host_pinned"])
def test_a_strategy_under_which_nobody_waits(run, strategy):
    run.strategy = strategy
    assert two_hosts(run, row(), row())["changed"] is False
    assert run.jobs == [("done on", "web1"), ("done on", "web2")]
    assert run.state["apps"]["ramen"]["failed"] == {
        "stage": "hook",
        "error": f"hooks.release: it runs on one host while the others wait, and the strategy {strategy} of this play "
        "lets none of them wait; use the strategy linear, or one host in each run",
    }
    run.hosts = []
    run.save(state(row()))
    assert run.stage("hook")["changed"] is True
