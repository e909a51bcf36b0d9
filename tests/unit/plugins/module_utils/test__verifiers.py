# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._service import login_name
from ansible_collections.pyhost.platform.plugins.module_utils._verifiers import verifier


def test_mariadb_knows_its_own_form():
    """What MariaDB's documentation of PASSWORD() has for "mariadb"."""
    assert verifier("mariadb", "any", "mariadb") == "*54958E764CE10E50764C2EECBB71D01F08549980"


def test_redis_has_the_hash_of_the_password():
    """The example of redis.io, ACL SETUSER, has no known answer; sha256sum has."""
    assert verifier("redis", "any", "test") == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def test_postgresql_accepts_who_knows_the_password():
    """The client's side of SCRAM (RFC 5802): its proof has to lead to the stored key."""
    text = verifier("postgresql", "ramen_db.e3b0c4", "geheim")
    mechanism, parameters, keys = text.split("$")
    rounds, salt = parameters.split(":")
    stored, _server = keys.split(":")
    assert (mechanism, rounds) == ("SCRAM-SHA-256", "4096")
    salted = hashlib.pbkdf2_hmac("sha256", b"geheim", base64.b64decode(salt), 4096)
    key = hmac.new(salted, b"Client Key", hashlib.sha256).digest()
    assert hashlib.sha256(key).digest() == base64.b64decode(stored)


def test_rabbitmq_has_salt_and_hash():
    raw = base64.b64decode(verifier("rabbitmq", "ramen_queue.e3b0c4", "geheim"))
    assert hashlib.sha256(raw[:4] + b"geheim").digest() == raw[4:]


@pytest.mark.parametrize("type_", ["postgresql", "rabbitmq"])
def test_salts_are_of_the_login(type_):
    one, other = (verifier(type_, login, "same") for login in ("a_db.1", "b_db.1"))
    assert one != other
    assert one == verifier(type_, "a_db.1", "same")


def test_memcached_has_no_password():
    assert verifier("memcached", "ramen_mem.1", "") == ""


def test_another_rotation_is_another_login():
    names = {login_name("ramen", "db", word) for word in ("", "2026-11", "2026-12")}
    assert len(names) == 3
    assert all(name.startswith("ramen_db.") for name in names)
    assert login_name("ramen", "db", "2026-11") in names
