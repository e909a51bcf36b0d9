# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import pwd
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _asuser
from ansible_collections.pyhost.platform.plugins.module_utils._asuser import as_users

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")


def who():
    return {"uid": os.getuid(), "euid": os.geteuid(), "gid": os.getgid(), "groups": os.getgroups()}


@root_only
def test_as_the_user_with_the_groups_of_the_user():
    nobody = pwd.getpwnam("nobody")
    ids = {"uid": nobody.pw_uid, "euid": nobody.pw_uid, "gid": nobody.pw_gid}
    assert as_users([("nobody", who)]) == [{**ids, "groups": os.getgrouplist("nobody", nobody.pw_gid)}]
    assert os.geteuid() == 0


@root_only
def test_there_is_no_way_back():
    def try_it():
        try:
            os.setuid(0)
        except OSError as error:
            return {"errno": error.errno}
        return {}

    assert as_users([("nobody", try_it)]) == [{"errno": 1}]


@root_only
def test_a_user_that_does_not_exist():
    found = as_users([("no-such-user", who), ("nobody", lambda: {"ok": 1})])
    assert list(found[0]) == ["error"]
    assert found[1] == {"ok": 1}


def test_without_root_everything_is_this_user(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert as_users([("no-such-user", lambda: {"uid": os.getuid()})]) == [{"uid": os.getuid()}]


def failing():
    raise OSError(13, "Permission denied")


def test_results_in_order_whatever_each_does():
    def slow(number):
        time.sleep(0.001 * (20 - number))
        return {"number": number}

    calls = [("root", lambda number=number: slow(number)) for number in range(20)]
    assert as_users([*calls[:3], ("root", failing), *calls[3:]]) == [
        *({"number": number} for number in range(3)),
        {"error": "PermissionError: [Errno 13] Permission denied"},
        *({"number": number} for number in range(3, 20)),
    ]


def test_nothing_to_do():
    assert as_users([]) == []


def test_a_large_answer():
    assert as_users([("root", lambda: {"text": "x" * 3_000_000})]) == [{"text": "x" * 3_000_000}]


def test_no_mapping():
    assert as_users([("root", lambda: [1])]) == [{}]


def test_one_that_waits_for_ever_is_ended(monkeypatch):
    monkeypatch.setattr(_asuser, "SECONDS", 0.2)
    begun = time.monotonic()
    found = as_users([("root", lambda: time.sleep(60)), ("root", lambda: {"ok": 1}), ("root", lambda: time.sleep(60))])
    assert time.monotonic() - begun < 30
    assert found == [{"error": "no answer within 0 s"}, {"ok": 1}, {"error": "no answer within 0 s"}]


def test_one_that_is_killed():
    assert list(as_users([("root", lambda: os.kill(os.getpid(), 9))])[0]) == ["error"]
