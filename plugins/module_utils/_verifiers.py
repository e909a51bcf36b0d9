# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server keeps of a password, so that the password itself never reaches its host. Pure. PRIVATE.

Salts are made of the login, which is another one after each rotation: equal passwords of two logins look different,
and the verifier of one login is always the same, so that it can be compared.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

ROUNDS = 4096
"""PostgreSQL's own number of iterations (scram_iterations); passwords are random, so more would add nothing."""


def verifier(type_: str, login: str, password: str) -> str:
    """What the server of ``type_`` is told instead of ``password``; "" where there is no password."""
    return {"postgresql": _scram, "mariadb": _native, "redis": _redis, "rabbitmq": _rabbit}.get(type_, _none)(
        login, password.encode()
    )


def _none(login: str, password: bytes) -> str:
    del login, password
    return ""


def _salt(login: str, size: int) -> bytes:
    return hashlib.sha256(f"pyhost {login}".encode()).digest()[:size]


def _scram(login: str, password: bytes) -> str:
    """``pg_authid.rolpassword``; RFC 5803 with PostgreSQL's separators (scram-common.c, ``scram_build_secret``)."""
    salt = _salt(login, 16)
    salted = hashlib.pbkdf2_hmac("sha256", password, salt, ROUNDS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    words = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ROUNDS}:{words[0]}${words[1]}:{words[2]}"


def _native(login: str, password: bytes) -> str:
    """MariaDB's mysql_native_password."""
    del login
    inner = hashlib.sha1(password, usedforsecurity=False).digest()
    return f"*{hashlib.sha1(inner, usedforsecurity=False).hexdigest().upper()}"


def _redis(login: str, password: bytes) -> str:
    """What an ACL says behind ``#``."""
    del login
    return hashlib.sha256(password).hexdigest()


def _rabbit(login: str, password: bytes) -> str:
    """RabbitMQ's ``rabbit_password_hashing_sha256``: a salt of four bytes, then the hash of salt and password."""
    salt = _salt(login, 4)
    return base64.b64encode(salt + hashlib.sha256(salt + password).digest()).decode()
