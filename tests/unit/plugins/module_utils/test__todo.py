# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import copy
import hashlib

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._access import keys_text
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._entrycheck import unchecked
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Limits, Source
from ansible_collections.pyhost.platform.plugins.module_utils._network import unit_text as network_text
from ansible_collections.pyhost.platform.plugins.module_utils._todo import (
    build_todo,
    cell_todo,
    configure_todo,
    environment_changes,
    hook_todo,
    owner_notes,
    rollout_todo,
    virtualenv_reasons,
    with_digests,
)
from ansible_collections.pyhost.platform.plugins.module_utils._unit import slice_text, tmpfiles_text, unit_text

SYSTEM = make_cell("ramen", "system")
PRIVATE = make_cell("ramen", "system", network="private")
ACCOUNT = make_cell("ramen", "account", "/home/me/pyhost", "me")
APP = App("ramen", Source("path", "../ramen"))
GONE = App("ramen", Source("path", ""), state="absent")
PURGED = App("ramen", Source("path", ""), state="absent", purge=True)
UNIT, TMPFILES, SLICE = unit_text(SYSTEM), tmpfiles_text(SYSTEM), slice_text(SYSTEM, Limits())


def root(user=True, foreign=False, unit=UNIT, tmpfiles=TMPFILES, limits=SLICE, network="", keys=""):
    texts = {"unit": unit, "tmpfiles": tmpfiles, "slice": limits, "network": network, "keys": keys}
    return {"root": {"user": user, "uid": 1001 if user else None, "foreign": foreign, **texts}}


CELLS = [
    # app, cell, look, todo
    (APP, ACCOUNT, {}, ["new"]),
    (APP, ACCOUNT, {"home": False}, ["new"]),
    (APP, ACCOUNT, {"home": True}, []),
    (APP, SYSTEM, root(user=False, unit="", tmpfiles=""), ["new"]),
    (APP, SYSTEM, root(), []),
    (APP, SYSTEM, root(unit=UNIT.replace("PrivateTmp=yes", "PrivateTmp=no")), ["unit changed"]),
    (APP, SYSTEM, root(unit=""), ["unit changed"]),
    (APP, SYSTEM, root(unit="", tmpfiles=""), ["unit changed", "directory of the front's socket changed"]),
    (APP, PRIVATE, root(), ["network changed", "unit changed"]),
    (APP, PRIVATE, root(unit=unit_text(PRIVATE), network=network_text(PRIVATE, 1001)), []),
    (APP, SYSTEM, root(network="[Service]"), ["network changed"]),
    (App("ramen", APP.source, limits=Limits("1G")), SYSTEM, root(), ["limits changed"]),
    (App("ramen", APP.source, ssh_keys=("ssh-ed25519 AAAA",)), SYSTEM, root(), ["ssh keys changed"]),
    (App("ramen", APP.source, ssh_keys=("k",)), SYSTEM, root(keys=keys_text(["k"])), []),
    (APP, SYSTEM, root(keys=keys_text(["k"])), ["ssh keys changed"]),
    # absent: what was made goes, data and user stay
    (GONE, ACCOUNT, {"home": False}, []),
    (GONE, ACCOUNT, {"home": True}, []),
    (GONE, ACCOUNT, {"home": True, "current": "ab", "releases": [], "supervisord": False}, ["removed"]),
    (GONE, ACCOUNT, {"home": True, "current": "", "releases": [{"name": "1-a"}]}, ["removed"]),
    (GONE, ACCOUNT, {"home": True, "supervisord": True}, ["removed"]),
    (GONE, SYSTEM, root(), ["removed"]),
    (GONE, SYSTEM, root(unit=""), []),
    (GONE, SYSTEM, {**root(unit=""), "current": "ab"}, ["removed"]),
    (GONE, SYSTEM, root(user=False, unit="", tmpfiles=""), []),
    (GONE, SYSTEM, {**root(foreign=True), "current": "ab"}, []),
    # purge: everything goes
    (PURGED, ACCOUNT, {"home": False}, []),
    (PURGED, ACCOUNT, {"home": True}, ["purged"]),
    (PURGED, SYSTEM, root(unit=""), ["purged"]),
    (PURGED, SYSTEM, root(user=False, unit="", tmpfiles=""), []),
    (PURGED, SYSTEM, root(foreign=True), []),
]


@pytest.mark.parametrize(("app", "cell", "look", "todo"), CELLS)
def test_cell(app, cell, look, todo):
    assert cell_todo(app, cell, look) == todo


@pytest.mark.parametrize(
    ("disk", "there", "todo"),
    [("", 0, []), ("2G", 2 << 20, []), ("2G", 0, ["disk quota changed"]), ("", 5, ["disk quota changed"])],
)
def test_a_quota(disk, there, todo):
    app = App("ramen", APP.source, limits=Limits(disk=disk))
    assert cell_todo(app, SYSTEM, root(), quota=there) == todo


def test_a_host_that_lets_owners_out_of_their_cells():
    assert cell_todo(APP, SYSTEM, root(), guarded=False) == ["rules for logins changed"]
    assert cell_todo(APP, ACCOUNT, {"home": True}, guarded=False) == []
    assert cell_todo(GONE, SYSTEM, root(unit=""), guarded=False) == []


def sha(value):
    return hashlib.sha256(value.encode()).hexdigest()[:8]


PARTS = {"python": "3.11.2", "requirements": "r1", "packages": "pip"}
LAUNCH = {
    "process": {
        "argv": ["/srv/virtualenvs/v1/bin/gunicorn"],
        "environment": {"A": "1", "PATH": "/srv/virtualenvs/v1/bin"},
        "release": "1-aa",
        "virtualenv": "v1",
        "server": "gunicorn",
    },
    "process_digest": "p1",
    "processes": {"worker": "celery"},
    "conf": "c1",
    "python": "3.11.2",
    "digest": "d1",
}
PLAN = {
    "launch": LAUNCH,
    "launch_digest": "l1",
    "conf_digest": "c1",
    "virtualenv": {"fingerprint": "v1", "components": PARTS},
    "target": "wsgi:application",
    "manage": "",
}
CHECKED = {"v1": "wsgi:application"}
RUNS = {"state": "RUNNING", "pid": 9, "record": {"process": "p1"}}
LOOK = {
    "current": "l1",
    "launch": with_digests(PLAN)["launch"],
    "virtualenv": {"components": PARTS},
    "virtualenvs": ["v1"],
    "conf": {"digest": "c1", "texts": {}},
    "links": True,
    "rolling": False,
    "supervisord": True,
    "programs": {"app": {**RUNS}, "nginx": {**RUNS, "record": {}}, "worker": {**RUNS}},
}


def changed(value, **changes):
    """A copy with changes; ``a__b`` is the key b of the mapping a."""
    new = copy.deepcopy(value)
    for name, one in changes.items():
        *path, last = name.split("__")
        place = new
        for step in path:
            place = place[step]
        place[last] = one
    return new


def rollout(look=None, **changes):
    plan = changed(PLAN, **changes)
    return rollout_todo(with_digests(plan), LOOK if look is None else look)


def test_digests_hide_values_and_leave_the_plan_alone():
    before = copy.deepcopy(PLAN)
    hashed = with_digests(PLAN)
    assert hashed["launch"]["process"]["environment"] == {"A": sha("1"), "PATH": sha("/srv/virtualenvs/v1/bin")}
    assert hashed == changed(PLAN, launch__process__environment=hashed["launch"]["process"]["environment"])
    assert before == PLAN


def test_nothing_to_do():
    assert rollout() == []
    assert build_todo(PLAN, LOOK, "v1", CHECKED) == []
    assert build_todo(PLAN, LOOK, "any", CHECKED) == []
    assert configure_todo(PLAN, LOOK) == []


@pytest.mark.parametrize("look", [{}, {"launch": {}}, {"launch": None, "current": ""}])
def test_first_deploy(look):
    assert rollout(look) == ["first deploy"]
    assert build_todo(PLAN, look, "", {}) == ["first build", "release to prepare"]
    assert configure_todo(PLAN, look) == ["files to write"]


MOVES = [
    ({"launch__digest": "d2", "launch__process__release": "2-bb"}, ["new code"]),
    ({"launch__process__release": "2-aa"}, ["release prepared anew"]),
    ({"launch__python": "3.13.5", "launch__process__virtualenv": "v2"}, ["Python 3.11.2 → 3.13.5"]),
    (
        {
            "launch__process__virtualenv": "v2",
            "launch__process__environment": {"A": "1", "PATH": "/srv/virtualenvs/v2/bin"},
        },
        ["virtualenv changed"],
    ),
    ({"launch__process__environment__A": "2"}, ["environment changed"]),
    ({"launch__process__environment__B": ""}, ["environment changed"]),
    ({"launch__process__environment": {"PATH": "/srv/virtualenvs/v1/bin"}}, ["environment changed"]),
    ({"launch__process__server": "uwsgi"}, ["server gunicorn → uwsgi"]),
    ({"launch__process_digest": "p2"}, ["command line changed"]),
    ({"launch__conf": "c2"}, ["rules changed"]),
    ({"launch__processes": {}}, ["processes changed"]),
    ({"launch__processes": {"worker": "celery -v"}}, ["processes changed"]),
    ({"launch__processes": {"worker": {"command": "celery", "stop_wait": 9}}}, ["processes changed"]),
    ({"launch__health": {}}, ["settings changed"]),
    (
        {
            "launch__digest": "d2",
            "launch__python": "3.13.5",
            "launch__process__environment__A": "2",
            "launch__conf": "c",
        },
        ["new code", "Python 3.11.2 → 3.13.5", "environment changed", "rules changed"],
    ),
]


@pytest.mark.parametrize(("changes", "todo"), MOVES)
def test_moves(changes, todo):
    assert rollout(launch_digest="l2", **changes) == todo


DRIFT = [
    ({"supervisord": False, "programs": {}, "rolling": True}, ["supervisord is not running"]),
    ({"rolling": True}, ["an interrupted rollout"]),
    ({"conf__digest": "edited"}, ["generated files were edited"]),
    ({"conf": {"digest": "", "texts": {}}}, ["generated files were edited"]),
    ({"links": False}, ["links are missing"]),
    ({"programs__app__state": "STARTING"}, []),
    ({"programs__app__state": "FATAL"}, ["app is fatal"]),
    ({"programs__nginx__state": "STOPPED"}, ["nginx is stopped"]),
    ({"programs__worker__state": "BACKOFF"}, ["worker is backoff"]),
    ({"programs": {"app": RUNS, "nginx": RUNS}}, ["worker is missing"]),
    ({"programs": {}}, ["app is missing", "nginx is missing", "worker is missing"]),
    ({"programs__app__record": {}}, ["app runs something else"]),
    ({"programs__worker__record": {"process": "p0"}}, ["worker runs something else"]),
    # the owner's own programs are the owner's
    ({"programs__own": {"state": "FATAL", "pid": 0, "record": {}}}, []),
]


@pytest.mark.parametrize(("changes", "todo"), DRIFT)
def test_drift(changes, todo):
    assert rollout(changed(LOOK, **changes)) == todo


def test_a_move_and_drift_together():
    look = changed(LOOK, programs__app__state="EXITED")
    assert rollout(look, launch_digest="l2", launch__digest="d2") == ["new code", "app is exited"]


BUILDS = [
    # plan's virtualenv, look, prepared, todo
    ({"fingerprint": "v2", "components": {**PARTS, "python": "3.13.5"}}, LOOK, "v1",
     ["Python 3.11.2 → 3.13.5", "requirements unchanged", "release to prepare"]),
    ({"fingerprint": "v2", "components": {**PARTS, "requirements": "r2"}}, LOOK, "any", ["requirements changed"]),
    # it was built already, for an earlier launch
    ({"fingerprint": "v2", "components": {**PARTS, "requirements": "r2"}}, {**LOOK, "current": "", "virtualenvs": ["v1", "v2"]},
     "any", ["entry point to check"]),
    # the one in force lost its marker, or its directory
    (PLAN["virtualenv"], {**LOOK, "virtualenvs": []}, "any", ["virtualenv missing or incomplete"]),
    (PLAN["virtualenv"], {**LOOK, "virtualenvs": [], "virtualenv": {}}, "any", ["virtualenv missing or incomplete"]),
    (PLAN["virtualenv"], LOOK, "", ["release to prepare"]),
    (PLAN["virtualenv"], LOOK, "v0", ["release to prepare"]),
]  # fmt: skip


@pytest.mark.parametrize(("order", "look", "prepared", "todo"), BUILDS)
def test_build(order, look, prepared, todo):
    assert build_todo({**PLAN, "virtualenv": order}, look, prepared, CHECKED) == todo


CHECKS = [
    # plan, what the release's record says, to check
    ({}, CHECKED, False),
    ({}, {}, True),
    ({}, {"v0": "wsgi:application"}, True),
    ({"target": "wsgi:app"}, CHECKED, True),
    ({"target": ""}, {}, False),
    # a command runs what it likes, and Django checks itself all the same
    ({"target": "", "manage": "manage.py"}, {}, True),
    ({"target": "", "manage": "manage.py"}, {"v1": ""}, False),
    # its owner can write the record
    ({}, ["v1"], True),
    ({}, {"v1": 3}, True),
    ({}, None, True),
]


@pytest.mark.parametrize(("changes", "checked", "wanted"), CHECKS)
def test_entry_point_to_check(changes, checked, wanted):
    plan = {**PLAN, **changes}
    assert unchecked(plan, checked) is wanted
    idle = changed(LOOK, current="")
    assert build_todo(plan, idle, "any", checked) == (["entry point to check"] if wanted else [])


@pytest.mark.parametrize(
    ("changes", "todo"),
    [
        ({}, []),
        ({"launch__process__release": "2-aa"}, ["entry point to check"]),
        ({"launch__process__argv": ["gunicorn", "wsgi:other"]}, ["entry point to check"]),
    ],
)
def test_what_serves_needs_no_check(changes, todo):
    """As after an upgrade of the collection, when no record says that anything was checked."""
    assert build_todo(changed(PLAN, **changes), LOOK, "any", {}) == todo


def test_reasons():
    assert virtualenv_reasons(PLAN, LOOK) == []
    assert virtualenv_reasons(PLAN, {}) == ["first build"]
    assert virtualenv_reasons(PLAN, {**LOOK, "virtualenv": {}}) == ["virtualenv missing or incomplete"]
    assert virtualenv_reasons(PLAN, {**LOOK, "current": ""}) == ["first build"]


def test_a_note_comes_with_a_reason_only():
    noted = changed(PLAN, virtualenv__note="installed by pip")
    assert virtualenv_reasons(noted, LOOK) == []
    assert virtualenv_reasons(noted, {}) == ["first build", "installed by pip"]


@pytest.mark.parametrize(
    ("look", "todo"),
    [(LOOK, []), ({"conf": {"digest": "c0"}}, ["files to write"]), ({"conf": {}}, ["files to write"])],
)
def test_configure(look, todo):
    assert configure_todo(PLAN, look) == todo


HOOKS = [
    # plan, look, why the release hook is due
    (PLAN, {}, ["first deploy"]),
    (PLAN, {"launch": {}}, ["first deploy"]),
    (PLAN, {"launch": None, "current": ""}, ["first deploy"]),
    (PLAN, LOOK, []),
    (changed(PLAN, launch__process_digest="p2"), LOOK, ["new version"]),
    # rules, settings and further programs are no new version, and neither is what has to be mended
    (changed(PLAN, launch__conf="c2", launch_digest="l2"), LOOK, []),
    (changed(PLAN, launch__health={}, launch_digest="l2"), LOOK, []),
    (changed(PLAN, launch__processes={}, launch_digest="l2"), LOOK, []),
    (PLAN, changed(LOOK, supervisord=False, programs={}, rolling=True), []),
    (PLAN, changed(LOOK, programs__app__state="STOPPED", links=False), []),
]


@pytest.mark.parametrize(("plan", "look", "todo"), HOOKS)
def test_hook(plan, look, todo):
    assert hook_todo(plan, look) == todo
    assert hook_todo(with_digests(plan), look) == todo


@pytest.mark.parametrize(
    ("new", "old", "names"),
    [
        ({}, {}, []),
        ({"A": "1"}, {"A": "1"}, []),
        ({"C": "1", "B": "1"}, {}, ["+B", "+C"]),
        ({}, {"A": "1"}, ["-A"]),
        ({"A": "2", "N": "0"}, {"A": "1", "O": "0"}, ["+N", "-O", "~A"]),
    ],
)
def test_environment_changes(new, old, names):
    assert environment_changes(new, old) == names


NOTES = [
    ({}, []),
    ({"own": ["conf/nginx.d/a.conf"], "programs": {}}, ["conf/nginx.d/a.conf"]),
    (
        {
            "launch": {"processes": {"worker": "x"}},
            "programs": {name: {"state": "FATAL"} for name in ("app", "app-next", "nginx", "worker", "queue")}
            | {"mail": {"state": "RUNNING"}},
        },
        ["program queue is fatal"],
    ),
]


@pytest.mark.parametrize(("look", "notes"), NOTES)
def test_owner_notes(look, notes):
    assert owner_notes(look) == notes
