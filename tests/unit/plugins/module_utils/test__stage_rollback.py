# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import getpass
import re
from types import SimpleNamespace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _stage_rollback
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

LAUNCH = {"health": {"timeout": 30}, "drain": 10}
ANSWER = {"ok": True, "changed": True, "before": "2-b", "after": "1-a", "what": ["code", "rules"], "did": ["x (1 s)"]}
ANSWER["hooks"] = []


@pytest.fixture
def host(home, monkeypatch):
    """An account with the app ramen, whose agent answers what a test says."""
    found = SimpleNamespace(root=str(home), look={"launch": LAUNCH}, answer=dict(ANSWER), calls=[], started=[])

    def call(cell, verb, order, seconds):
        found.calls.append((cell, verb, order, seconds))
        return dict(found.answer)

    (home / "apps" / "ramen").mkdir(parents=True)
    monkeypatch.setattr(_stage_rollback, "look", lambda path: found.look)
    monkeypatch.setattr(_stage_rollback, "call", call)
    monkeypatch.setattr(_stage_rollback, "start_daemon", found.started.append)
    return found


def job(host, **more):
    claim = {"who": "anna on laptop", "wait": 7}
    return {
        "name": "ramen", "scope": "account", "root": host.root, "release": 0, "keep": 5, "check": False, "claim": claim, **more,
    }  # fmt: skip


NEXT = "the next deploy brings the declared version"
MESSAGES = [
    (False, {}, f"ramen: rolled back from release 2-b to 1-a (code, rules); {NEXT}"),
    (True, {}, f"ramen: would roll back from release 2-b to 1-a (code, rules); {NEXT}"),
    (False, {"what": []}, f"ramen: rolled back from release 2-b to 1-a (nothing); {NEXT}"),
    (False, {"changed": False, "after": "2-b"}, "ramen: release 2-b is in force already"),
    (True, {"changed": False, "after": "2-b"}, "ramen: release 2-b is in force already"),
]


@pytest.mark.parametrize(("check", "answer", "message"), MESSAGES)
def test_what_was_done_is_said(host, check, answer, message):
    host.answer.update(answer)
    found = _stage_rollback.roll_back(job(host, check=check))
    told = {name: value for name, value in host.answer.items() if name != "ok"}
    assert found == {**told, "found": True, "msg": message}
    assert bool(host.started) is not check


def test_the_agent_is_asked_in_the_cell(host):
    _stage_rollback.roll_back(job(host, release=12))
    cell = make_cell("ramen", "account", host.root, getpass.getuser())
    order = {
        "cell": cell.to_dict(), "release": 12, "keep": 5, "check": False, "claim": {"who": "anna on laptop", "wait": 7},
    }  # fmt: skip
    ((used, verb, sent, seconds),) = host.calls
    assert (used, verb, sent, host.started) == (cell, "rollback", order, [cell])
    assert seconds > 3 * (30 + 10)


def test_an_app_that_is_not_on_this_host(host):
    assert _stage_rollback.roll_back(job(host, name="soup")) == {
        "changed": False, "found": False, "msg": "soup is not on this host",
    }  # fmt: skip
    assert host.calls == []


UNITS = [
    ({"user": True, "unit": "[Service]", "foreign": False}, True),
    ({"user": False, "unit": "", "foreign": False}, False),
    ({"user": True, "unit": "", "foreign": False}, False),
    ({"user": True, "unit": "[Service]", "foreign": True}, False),
]


@pytest.mark.parametrize(("unit", "ours"), UNITS)
def test_in_system_scope_its_unit_tells(host, monkeypatch, unit, ours):
    monkeypatch.setattr(_stage_rollback._hostlook, "unit", lambda cell: unit)
    monkeypatch.setattr(_stage_rollback, "as_users", lambda calls: [host.look for _one in calls])
    assert _stage_rollback.roll_back(job(host, scope="system"))["found"] is ours


ERRORS = [
    ({"name": "../x"}, None, None, r'app: "\.\./x" cannot name an app; .*'),
    ({}, {"launch": {}}, None, "ramen: nothing is deployed that could be rolled back"),
    ({}, {}, None, "ramen: nothing is deployed that could be rolled back"),
    ({}, None, {"ok": False, "error": "release 9 is not kept"}, "ramen: release 9 is not kept"),
]


@pytest.mark.parametrize(("more", "look", "answer", "error"), ERRORS)
def test_errors_name_the_app(host, more, look, answer, error):
    host.look = host.look if look is None else look
    host.answer = answer or host.answer
    with pytest.raises(PyhostError) as caught:
        _stage_rollback.roll_back(job(host, **more))
    assert re.fullmatch(error, str(caught.value))
