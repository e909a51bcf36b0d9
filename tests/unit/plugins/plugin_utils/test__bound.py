# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._boundhere import digest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, login_name
from ansible_collections.pyhost.platform.plugins.plugin_utils import _bound

DB = Service("db", "postgresql", "web1")
WISH = _bound.Wish("ramen", DB, "ramen", False, "verifier")
LOGIN = login_name("ramen", "db", "")


def binding(**changes):
    found = {
        "app": "ramen", "service": "db", "type": "postgresql", "apps": {"ramen": ["web1"]}, "remote": False, "memory": 0,
        "user": "ramen", "made": True, "there": True, "logins": {LOGIN: digest("verifier")}, "known": [LOGIN],
        "port": 5432, "elsewhere": 5432, "socket": "/var/run/postgresql",
    }  # fmt: skip
    return {**found, **changes}


def look(*names, **changes):
    types = {"postgresql": {"installed": True, "running": True, "error": changes.pop("error", "")}}
    return {"types": types, "bindings": {name: binding(**changes) for name in names or ("ramen_db",)}, "trust": {}}


def state(failed=None, **app):
    whole = {"name": "ramen", "state": "present", "purge": False, "services": ["db"], "services_of": "",
             "network": "shared", **app}  # fmt: skip
    row = {"app": whole, "failed": failed, "cell": {"user": "ramen"}, "look": {}}
    return {"order": ["ramen"], "apps": {"ramen": row}, "services": {"db": DB.to_dict()}}


def test_what_is_as_it_should_be_needs_nothing():
    assert _bound.bind_todo(WISH, look(), "web1") == ""


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"known": [], "logins": {}}, "new"),
        ({"made": False}, "not finished"),
        ({"there": False}, "does not run"),
        ({"there": False, "error": "psql: no"}, "does not run: psql: no"),
        ({"known": ["ramen_db.old"], "logins": {"ramen_db.old": "x"}}, "new password"),
        ({"logins": {}}, "password changed"),
        ({"logins": {LOGIN: "other"}}, "password changed"),
        ({"apps": {"ramen": ["web2"]}}, "for web1, too"),
        ({"memory": 64}, "settings changed"),
    ],
)
def test_reasons(changes, reason):
    assert _bound.bind_todo(WISH, look(**changes), "web1") == reason


def test_an_app_elsewhere_makes_a_binding_of_this_host_reachable():
    assert _bound.bind_todo(WISH, look(apps={"ramen": ["web1", "web2"]}), "web2") == "for web2, too"
    assert _bound.bind_todo(WISH, {"types": {}, "bindings": {}}, "web1") == "new"


def test_failed_and_absent_apps_wish_for_nothing():
    assert [one.name for one in _bound.wishes(state(), lambda app, service, owner: "v")] == ["ramen_db"]
    assert _bound.wishes(state(state="absent"), lambda app, service, owner: "v") == []
    assert _bound.wishes(state(failed={"stage": "build"}), lambda app, service, owner: "v") == []


def gone(given, wanted=(), **changes):
    return _bound.retire_rows(given, wanted, look(**changes), "web1")


def test_nothing_ends_while_it_is_wanted():
    assert gone(state(), [WISH]) == []


def test_the_old_password_ends_after_a_rotation():
    both = {LOGIN: digest("verifier"), "ramen_db.old": "x"}
    assert gone(state(), [WISH], logins=both, known=[*both]) == [
        {"name": "ramen_db", "host": "web1", "logins": ["ramen_db.old"], "leave": [], "purge": False}
    ]


@pytest.mark.parametrize(
    ("app", "purge"), [({"services": []}, False), ({"services": [], "purge": True}, True), ({"state": "absent"}, False)]
)
def test_unbinding_ends_access_and_purge_the_data(app, purge):
    assert gone(state(**app)) == [
        {"name": "ramen_db", "host": "web1", "logins": [], "leave": ["ramen"], "purge": purge}
    ]


def test_data_that_was_kept_can_be_purged_later():
    left = {"apps": {}, "known": [], "logins": {}}
    assert gone(state(services=[]), **left) == []
    assert [row["purge"] for row in gone(state(services=[], purge=True), **left)] == [True]


def test_an_app_that_failed_keeps_its_access():
    assert gone(state(failed={"stage": "rollout"}, services=[])) == []


def test_apps_that_this_run_does_not_know_keep_theirs():
    assert gone(state(), [WISH], app="udon", apps={"udon": ["web1"]}) == []


def test_kept_data_is_named():
    text = "ramen: its data of the service db (postgresql) is kept on web1; purge: true removes it"
    assert _bound.kept(state(services=[]), [], look(), "web1") == [text]
    assert _bound.kept(state(), [WISH], look(), "web1") == []


def reach(wish=WISH, found=None, own="web1", check=False):
    return _bound.reach(wish, look() if found is None else found, own, "geheim", check)


def test_loopback_for_apps_of_the_host():
    one = reach()
    assert (one.host, one.port, one.socket, one.trust) == ("127.0.0.1", 5432, "", "")
    assert (one.user, one.name, one.password) == (LOGIN, "ramen_db", "geheim")


def test_a_private_network_uses_the_socket():
    assert reach(_bound.Wish("ramen", DB, "ramen", True)).socket == "/var/run/postgresql"


def test_another_host_is_reached_with_tls():
    service = Service("db", "postgresql", "db1", "10.0.0.5")
    one = reach(_bound.Wish("ramen", service, "ramen", True), own="web1")
    assert (one.host, one.port, one.socket, one.trust) == ("10.0.0.5", 5432, "", "/etc/pyhost/services/db.pem")


def test_what_is_not_ready_is_refused_with_the_cause():
    with pytest.raises(PyhostError, match=r"^the service db \(postgresql on web1\) is not ready: psql: it is down$"):
        reach(found=look(there=False, error="psql: it is down"))
    with pytest.raises(PyhostError, match="its host could not be looked at"):
        reach(found={})
    assert reach(found={}, check=True).port == 5432


def test_hosts_to_look_at():
    given = state()
    assert _bound.hosts(given, "web1") == []
    given["services"]["far"] = Service("far", "redis", "db1", "10.0.0.5").to_dict()
    assert _bound.hosts(given, "web1") == []
    given["apps"]["ramen"]["look"] = {"launch": {"services": {"far": "redis"}}}
    assert _bound.hosts(given, "web1") == ["db1"]
    given["apps"]["ramen"].update(look={}, app={**given["apps"]["ramen"]["app"], "state": "absent"})
    assert _bound.hosts(given, "web1") == ["db1"]


WORKER = _bound.Wish("ramen-worker", DB, "ramen-worker", False, "other", owner="ramen")
BOTH = {
    "apps": {"ramen": ["web1"], "ramen-worker": ["web1"]},
    "logins": {LOGIN: digest("verifier"), WORKER.login: digest("other")},
    "known": [LOGIN, WORKER.login],
}


def two(worker=None, **app):
    found = state(**app)
    mine = {"name": "ramen-worker", "services_of": "ramen", **(worker or {})}
    found["apps"]["ramen-worker"] = {
        **found["apps"]["ramen"], "app": {**found["apps"]["ramen"]["app"], "state": "present", "purge": False, **mine},
    }  # fmt: skip
    return {**found, "order": ["ramen", "ramen-worker"]}


def test_an_app_that_shares_logs_in_by_its_own_name_into_the_part_of_the_owner():
    assert (WORKER.name, WORKER.login.partition(".")[0]) == ("ramen_db", "ramen-worker_db")
    assert WORKER.login != login_name("ramen-worker", "db", "")
    one = reach(WORKER, look(**BOTH))
    assert (one.name, one.user) == ("ramen_db", WORKER.login)
    assert [(one.app, one.name) for one in _bound.wishes(two(), lambda *_whom: "v")] == [
        ("ramen", "ramen_db"), ("ramen-worker", "ramen_db"),
    ]  # fmt: skip


def test_what_one_of_two_needs_is_no_news_to_the_other():
    assert _bound.bind_todo(WORKER, look(), "web1") == "new"
    assert [_bound.bind_todo(one, look(**BOTH), "web1") for one in (WISH, WORKER)] == ["", ""]
    assert _bound.bind_todo(WISH, look(**{**BOTH, "apps": {"ramen-worker": ["web1"]}}), "web1") == "for web1, too"


def test_a_socket_is_that_of_the_owner():
    cache = Service("cache", "redis", "web1")
    owners, others = (_bound.Wish(app, cache, app, False, owner="ramen") for app in ("ramen", "ramen-worker"))
    assert [_bound.cell_user(one, "web1") for one in (owners, others)] == ["ramen", ""]
    assert _bound.cell_user(owners, "web2") == ""


def test_one_of_two_that_leaves_takes_its_own_login_and_no_data():
    given = two(worker={"services": [], "purge": True})
    assert gone(given, [WISH], **BOTH) == [
        {"name": "ramen_db", "host": "web1", "logins": [], "leave": ["ramen-worker"], "purge": False}
    ]
    assert gone(two(state="absent", purge=True), [WORKER], **BOTH) == [
        {"name": "ramen_db", "host": "web1", "logins": [], "leave": ["ramen"], "purge": False}
    ]


def test_when_all_leave_data_can_be_purged():
    given = two(worker={"state": "absent"}, state="absent", purge=True)
    assert gone(given, **BOTH) == [
        {"name": "ramen_db", "host": "web1", "logins": [], "leave": ["ramen", "ramen-worker"], "purge": True}
    ]


def test_an_old_password_ends_when_its_own_app_serves():
    older = [*BOTH["known"], "ramen_db.old", "ramen-worker_db.old"]
    assert gone(two(), [WISH, WORKER], **{**BOTH, "known": older})[0]["logins"] == [
        "ramen_db.old",
        "ramen-worker_db.old",
    ]
    assert gone(state(), [WISH], **{**BOTH, "known": older})[0]["logins"] == ["ramen_db.old"]


def test_an_app_of_an_earlier_run_keeps_the_data_that_it_shares():
    assert gone(state(services=[], purge=True), **BOTH)[0]["purge"] is False
    text = "ramen: its data of the service db (postgresql) is kept on web1; ramen-worker of an earlier run may use it"
    assert _bound.kept(state(services=[], purge=True), [], look(**BOTH), "web1") == [text]
