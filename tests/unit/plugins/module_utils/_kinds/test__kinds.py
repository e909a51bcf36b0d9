# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# What the types of services say to their servers. The servers themselves answer in the scenario `services`.
import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._kinds import KINDS, mariadb, memcached, postgresql, redis
from ansible_collections.pyhost.platform.plugins.module_utils._service import TYPES

ROW = {
    "app": "ramen", "service": "my_db", "name": "ramen_my_db", "hosts": ["web1"], "logins": {"ramen_my_db.1": "HASH"},
    "port": 7000, "remote": False, "address": "", "user": "ramen", "memory": 64,
}  # fmt: skip


def test_every_type_has_its_file():
    assert tuple(KINDS) == TYPES


def test_underscores_of_a_granted_database_are_escaped():
    text = mariadb._bind(ROW)
    assert "ON `ramen\\_my\\_db`.*" in text
    assert "CREATE DATABASE IF NOT EXISTS `ramen_my_db`" in text
    assert "'ramen_my_db.1'@'localhost'" in text
    assert "'%'" not in text


def test_other_hosts_come_with_tls_alone():
    lines = [line for line in mariadb._bind({**ROW, "remote": True}).splitlines() if "'@'%'" in line]
    assert all("REQUIRE SSL" in line or line.startswith("GRANT") for line in lines)
    assert len(lines) == 3


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a`b", "a;b", "a\\b", "a\nb", "a b"])
def test_nothing_that_would_end_a_word_gets_into_sql(name):
    for kind in (mariadb, postgresql):
        with pytest.raises(PyhostError, match="cannot be written in SQL"):
            kind._bind({**ROW, "name": name})
        with pytest.raises(PyhostError, match="cannot be written in SQL"):
            kind._bind({**ROW, "logins": {name: "HASH"}})


def test_logins_act_as_the_owner_who_cannot_log_in():
    lines = postgresql._bind(ROW).splitlines()
    assert 'GRANT pyhost, "ramen_my_db" TO "ramen_my_db.1";' in lines
    assert "ALTER ROLE \"ramen_my_db.1\" SET role = 'ramen_my_db';" in lines
    assert 'REVOKE ALL ON DATABASE "ramen_my_db" FROM PUBLIC;' in lines
    assert lines[2].startswith('ALTER ROLE "ramen_my_db" NOLOGIN NOSUPERUSER')


def test_pg_hba_ends_with_rejecting_everything_else():
    rules = [line.split() for line in postgresql.HBA.splitlines() if not line.startswith("#")]
    assert [rule[-1] for rule in rules[-2:]] == ["reject", "reject"]
    assert {rule[1] for rule in rules[:-2]} == {"samerole"}
    assert all("+pyhost" in rule for rule in rules)
    assert {rule[0] for rule in rules[:-2] if "all" in rule} == {"hostssl"}


def test_an_instance_of_redis_has_hashes_limits_and_no_way_to_the_host():
    text = redis._render(ROW, ROW["logins"], "admin")
    lines = text.splitlines()
    assert "bind 127.0.0.1" in lines
    assert "port 7000" in lines
    assert "maxmemory 64mb" in lines
    [user] = [line for line in lines if line.startswith("user default")]
    assert user.split()[2:4] == ["on", "#HASH"]
    assert user.index("-@admin") < user.index("+keys")
    assert "admin" not in {
        word.lstrip("#") for line in lines if line.startswith("user pyhost") for word in line.split()
    }


def test_what_can_be_told_to_a_running_redis_needs_no_restart():
    one, two = (redis._render(ROW, {"a": word}, "admin") for word in ("one", "two"))
    assert one != two
    assert redis._settings(one) == redis._settings(two)
    assert redis._logins(two) == {"a": "two"}
    assert redis._settings(redis._render({**ROW, "memory": 65}, {"a": "one"}, "admin")) != redis._settings(one)


def test_the_socket_of_an_instance_is_the_apps():
    text = memcached._text(ROW)
    assert "Group=ramen\n" in text
    assert "RuntimeDirectoryMode=0750" in text
    assert " -s /run/pyhost-memcached/ramen_my_db/memcached.sock -a 0770 -m 64\n" in text
