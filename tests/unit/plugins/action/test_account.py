# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only account scope has, stage by stage: its ports, its start at boot, its web roots."""

from __future__ import annotations

import json

import pytest
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.module_utils import _boot, _webroot
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell

ROOT = "/home/me/pyhost"
OPEN = {"systemd": "", "cron": "", "lingers": True, "line": False, "others": [], "units": {}}
NO_LINGER = {**OPEN, "systemd": "the user does not linger, and may not"}
CLOSED = {**NO_LINGER, "cron": "cron is not installed"}
CELL = json.loads(json.dumps(make_cell("ramen", "account", ROOT, "me").to_dict()))
NOWHERE = {"there": None, "recorded": "", "place": ""}


def cell(name):
    return make_cell(name, "account", ROOT, "me")


def begun(run, tree, host, looks=None, names=("ramen",), check=False, settings=None, **changes):
    """Resolve and inspect some apps of one tree; the answer of inspect."""
    entries = [{"name": name, "source": {"path": str(tree)}, **changes.get(name, {})} for name in names]
    found = run.stage("resolve", check, apps=entries, scope="account", root=ROOT, **(settings or {}))
    if found.get("failed"):
        return found

    def answer(job):
        rows = {one["name"]: {"cell": cell(one["name"]).to_dict(), "web_root": NOWHERE} for one in job["apps"]}
        for name, look in (looks or {}).items():
            rows[name].update(look)
        return {"changed": False, "host": {"taken": {}, **host}, "cells": rows}

    run.answers["inspect"] = answer
    return run.stage("inspect", check)


def listens(*addresses):
    return {"home": True, "conf": {"texts": {"nginx.d/app.conf": "".join(f"    listen {one};\n" for one in addresses)}}}


def chosen(run):
    return {name: row["app"]["listen"] for name, row in run.state["apps"].items()}


def test_ports_are_chosen_among_those_that_are_free_on_the_host(run, ramen, host):
    found = begun(
        run, ramen, {**host, "listening": [8000, 8002]}, names=("a", "b", "c"), b={"listen": ["0.0.0.0:8001"]}
    )
    assert "failed" not in found
    assert chosen(run) == {"a": ["127.0.0.1:8003"], "b": ["0.0.0.0:8001"], "c": ["127.0.0.1:8004"]}
    notes = run.state["apps"]["a"]["notes"]
    assert notes == [
        "127.0.0.1:8003 is the first port from 8000 up that is free, and stays with the app; listen names another"
    ]


def test_a_port_is_kept_whatever_comes_before_it(run, ramen, host):
    own = listens("unix:/x", "127.0.0.1:8000")
    begun(run, ramen, {**host, "listening": [8000]}, {"old": own}, names=("new", "old"))
    assert chosen(run) == {"new": ["127.0.0.1:8001"], "old": ["127.0.0.1:8000"]}
    assert run.state["apps"]["old"]["notes"] == []


def test_a_port_of_an_app_that_does_not_run_and_is_not_of_this_run_is_not_taken(run, ramen, host):
    begun(run, ramen, {**host, "claimed": {"127.0.0.1:8000": "other"}})
    assert chosen(run) == {"ramen": ["127.0.0.1:8001"]}


def test_who_has_a_port_is_named(run, ramen, host):
    more = {"taken": {"127.0.0.1:80": True, "0.0.0.0:9000": True}, "holders": {"0.0.0.0:9000": "www-data"}}
    claims = {"claimed": {"127.0.0.1:9001": "other"}}
    found = begun(run, ramen, {**host, **more, **claims}, ramen={"listen": ["0.0.0.0:9000", "0.0.0.0:9001"]})
    assert found["msg"].splitlines()[1:] == [
        '  ramen: listen[0]: "0.0.0.0:9000" is already used by another program on this host (of the user www-data); '
        "choose a free port",
        '  ramen: listen[1]: "0.0.0.0:9001" is that of the app other; choose a free port',
    ]


@pytest.mark.parametrize(
    ("look", "way", "todo"),
    [
        (OPEN, "systemd", ["start at boot"]),
        (NO_LINGER, "cron", ["start at boot"]),
        ({**NO_LINGER, "line": True}, "cron", []),
        (CLOSED, "none", []),
    ],
)
def test_the_start_at_boot_is_compared_with_what_is_there(run, ramen, host, look, way, todo):
    begun(run, ramen, {**host, "boot": look}, {"ramen": {"home": True}})
    assert (run.state["boot"]["way"], run.state["apps"]["ramen"]["todo"]["cells"]) == (way, todo)


def test_cells_are_told_how_to_start_at_boot_and_the_difference_is_shown(run, ramen, host):
    begun(run, ramen, {**host, "boot": NO_LINGER})
    run.answers["cells"] = {"changed": True, "apps": {"ramen": {"ok": True, "changed": True}}}
    found = run.stage("cells")
    assert run.jobs[-1][1]["boot"] == "cron"
    assert [(one["after_header"], one["before"], one["after"]) for one in found["diff"]] == [
        (f"{ROOT}/apps/ramen", "", "directory\n"),
        ("crontab of me", "", f"@reboot {ROOT}/tools/bin/pyhost-boot\n"),
    ]


def test_the_difference_of_units(run, ramen, host):
    begun(run, ramen, {**host, "boot": OPEN}, check=True)
    found = run.stage("cells", check=True)
    assert found["diff"][1]["after"] == _boot.unit_text(cell("ramen"))
    assert [name for name, _job in run.jobs] == ["inspect"]


@pytest.mark.parametrize(("others", "after"), [([], ""), (["soup"], f"@reboot {ROOT}/tools/bin/pyhost-boot\n")])
def test_the_line_goes_with_the_last_app(run, ramen, host, others, after):
    look = {**NO_LINGER, "line": True, "others": others}
    begun(run, ramen, {**host, "boot": look}, {"ramen": {"home": True, "current": "x"}}, ramen={"state": "absent"})
    found = run.stage("cells", check=True)
    lines = [one["after"] for one in found["diff"] if one["after_header"] == "crontab of me"]
    assert lines == ([] if others else [after])


def test_lingering_that_a_killed_removal_left_is_ended_by_the_next(run, ramen, host):
    begun(run, ramen, {**host, "boot": {**OPEN, "left": True}}, {"ramen": {"home": False}}, ramen={"state": "absent"})
    assert run.state["apps"]["ramen"]["todo"]["cells"] == ["start at boot ends"]


def test_a_way_that_is_closed_is_refused(run, ramen, host):
    found = begun(run, ramen, {**host, "boot": CLOSED}, settings={"boot": "cron"})
    says = 'pyhost_boot: "cron" cannot be had: cron is not installed; write "auto" for what the host allows'
    assert found["msg"].splitlines()[1] == f"  {says}"


def test_a_unit_of_the_users_is_not_replaced(run, ramen, host):
    units = {"pyhost-ramen.service": {"text": "[Service]\n", "enabled": True}}
    found = begun(run, ramen, {**host, "boot": {**OPEN, "units": units}})
    assert "  ramen: name: pyhost-ramen.service in ~/.config/systemd/user was not made for this app" in found["msg"]


def test_the_report_says_how_apps_come_back(run, ramen, host, monkeypatch):
    said = []
    monkeypatch.setattr(Display, "display", lambda self, text, *more, **named: said.append(text))
    begun(run, ramen, {**host, "boot": CLOSED})
    run.stage("report")
    why = "the user does not linger, and may not; cron is not installed"
    assert f"WARNING: nothing starts at boot ({why})" in "".join(said)


WEB = {"front": {"web_root": "~/www"}}
FILES = _webroot.texts(cell("ramen"), "fastcgi", "127.0.0.1:8000")


def looked(there, recorded=""):
    return {"ramen": {"home": True, "web_root": {"there": there, "recorded": recorded, "place": "/home/me/www"}}}


@pytest.mark.parametrize(
    ("there", "recorded", "changed"),
    [
        ({}, "", True),
        (FILES, "/home/me/www", False),
        (FILES, "/home/me/old", True),
        ({".htaccess": FILES[".htaccess"]}, "/home/me/www", True),
    ],
)
def test_web_roots_are_settled_where_they_differ(run, ramen, host, there, recorded, changed):
    begun(run, ramen, host, looked(there, recorded), ramen=WEB)
    assert run.jobs[0][1]["apps"][0]["web_root"] == "~/www"
    run.answers["front"] = {"changed": True, "apps": {"ramen": {"ok": True, "changed": True}}}
    assert run.stage("front")["changed"] is changed
    rows = [job["web_roots"] for name, job in run.jobs if name == "front"]
    row = {"cell": CELL, "directory": "/home/me/www", "texts": FILES}
    assert rows == ([[row]] if changed else [])


def test_a_web_root_that_is_left_is_cleaned(run, ramen, host):
    left = {"ramen": {"home": True, "web_root": {**NOWHERE, "recorded": "/home/me/www"}}}
    begun(run, ramen, host, left)
    run.answers["front"] = {"changed": True, "apps": {"ramen": {"ok": True, "changed": True}}}
    assert run.stage("front")["changed"]
    assert run.jobs[-1][1]["web_roots"] == [{"cell": CELL, "directory": "", "texts": {}}]


def test_check_mode_shows_the_files_and_asks_nobody(run, ramen, host):
    begun(run, ramen, host, looked({}), check=True, ramen=WEB)
    found = run.stage("front", check=True)
    assert [one["after_header"] for one in found["diff"]] == ["/home/me/www/.htaccess", "/home/me/www/pyhost.fcgi"]
    assert [name for name, _job in run.jobs] == ["inspect"]


def test_two_apps_cannot_have_one_web_root(run, ramen, host):
    web = {"web_root": {"there": {}, "recorded": "", "place": "/home/me/www"}}
    found = begun(run, ramen, host, {"a": web, "b": web}, names=("a", "b"), a=WEB, b=WEB)
    assert found["msg"].splitlines()[1:] == [
        "  b: front.web_root: ~/www leads to the app a; write another directory, such as one below it"
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"front": {}}, "ramen: front.web_root: missing; write what the host's Apache serves, such as ~/public_html"),
        ({"front": {"web_root": "www"}}, 'ramen: front.web_root: "www" is no path of a web root; '),
        ({"limits": {"memory": "1G"}}, "ramen: limits.memory: needs root, and pyhost_scope is account; remove it"),
    ],
)
def test_keys_that_do_not_fit(run, ramen, host, change, says):
    assert begun(run, ramen, host, ramen=change)["msg"].splitlines()[1].startswith(f"  {says}")


def test_system_scope_has_domains_instead(run, ramen):
    found = run.stage("resolve", apps=[{"name": "ramen", "source": {"path": str(ramen)}, **WEB}])
    says = "ramen: front: is for pyhost_scope account; here domains lead to the app; remove it"
    assert found["msg"].splitlines()[1] == f"  {says}"
