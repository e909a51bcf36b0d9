# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment that tells an app what it is bound to, in every form that apps expect. Pure. PRIVATE.

The one place for the forms of platforms: VCAP_SERVICES (Cloud Foundry, AppFog) and DOTCLOUD_* (dotCloud).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlencode


@dataclass(frozen=True)
class Reach:
    """How one app reaches one of its services.

    ``name`` is the database or vhost, ``user`` "" where there is none. ``host`` is a name or an address; with a
    ``socket`` ("" for none) the host plays no part. ``trust`` is the file of the certificate by which the app knows
    the server ("" for a server of its own host, without TLS).
    """

    service: str
    type: str
    name: str
    user: str
    password: str
    host: str
    port: int
    socket: str = ""
    trust: str = ""

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def place(self) -> str:
        """Where, for people: no secret is in it."""
        return self.socket or f"{self.host}:{self.port}"


LABELS = {"postgresql": "postgresql-9.1", "mariadb": "mysql-5.1", "redis": "redis-2.2", "rabbitmq": "rabbitmq-2.4"}
"""What apps written for VCAP_SERVICES look for; the version is part of the name, whatever the server's is."""

DOTCLOUD = {"postgresql": "SQL", "mariadb": "MYSQL", "redis": "REDIS", "rabbitmq": "AMQP"}
"""KIND in DOTCLOUD_NAME_KIND_URL."""

URLS = {
    "postgresql": ("DATABASE_URL", "POSTGRES_URL"),
    "mariadb": ("DATABASE_URL", "MYSQL_URL"),
    "redis": ("REDIS_URL",),
    "rabbitmq": ("AMQP_URL", "RABBITMQ_URL", "BROKER_URL", "CELERY_BROKER_URL"),
    "memcached": ("MEMCACHED_URL",),
}
"""Names under which the first service of a type gives its URL; DATABASE_URL is that of the first database."""

SINGLE = {
    "postgresql": {
        "PGHOST": "host",
        "PGPORT": "port",
        "PGUSER": "user",
        "PGPASSWORD": "password",
        "PGDATABASE": "name",
    },
    "mariadb": {
        "MYSQL_HOST": "host",
        "MYSQL_PORT": "port",
        "MYSQL_USER": "user",
        "MYSQL_PASSWORD": "password",
        "MYSQL_DATABASE": "name",
    },
    "redis": {"REDIS_HOST": "host", "REDIS_PORT": "port", "REDIS_PASSWORD": "password"},
    "rabbitmq": {
        "RABBITMQ_HOST": "host",
        "RABBITMQ_PORT": "port",
        "RABBITMQ_USER": "user",
        "RABBITMQ_PASSWORD": "password",
        "RABBITMQ_VHOST": "name",
    },
    "memcached": {},
}
"""Single variables of the first service of a type, and the fields they are."""


def environment(reaches: Sequence[Reach]) -> dict[str, str]:
    """Everything that an app with these bindings is told, in the order in which it names them."""
    told: dict[str, str] = {}
    for one in reaches:
        for name, text in _of_type(one).items():
            told.setdefault(name, text)
    for one in reaches:  # A service's own name says more than that of its type.
        told.update(_of_service(one))
    if any(one.type in LABELS for one in reaches):
        told["VCAP_SERVICES"] = json.dumps(vcap(reaches), sort_keys=True)
    return told


def url(one: Reach) -> str:
    """The URL of a binding; every part is percent-encoded (RFC 3986)."""
    name, socket = quote(one.name, safe=""), quote(one.socket, safe="")
    if one.type == "memcached":
        return f"unix://{quote(one.socket)}"
    if one.type == "redis":
        who = f":{quote(one.password, safe='')}@"
        if one.socket:
            return f"unix://{who}{quote(one.socket)}?db=0"
        trust = {"ssl_cert_reqs": "required", "ssl_ca_certs": one.trust} if one.trust else {}
        return f"redis{'s' if trust else ''}://{who}{_host(one)}:{one.port}/0{_query(trust)}"
    who = f"{quote(one.user, safe='')}:{quote(one.password, safe='')}@"
    if one.type == "rabbitmq":
        return f"amqp{'s' if one.trust else ''}://{who}{_host(one)}:{one.port}/{name}" + _query(
            {"cacertfile": one.trust, "verify": "verify_peer"} if one.trust else {}
        )
    if one.type == "postgresql":
        more = {"sslmode": "verify-full", "sslrootcert": one.trust} if one.trust else {}
        if socket:
            return f"postgresql://{who}/{name}" + _query({"host": one.socket, "port": str(one.port)})
        return f"postgresql://{who}{_host(one)}:{one.port}/{name}{_query(more)}"
    if socket:
        return f"mysql://{who}localhost/{name}?unix_socket={socket}"
    return f"mysql://{who}{_host(one)}:{one.port}/{name}" + _query({"ssl_ca": one.trust} if one.trust else {})


def _host(one: Reach) -> str:
    return f"[{one.host}]" if ":" in one.host else one.host


def _query(words: dict[str, str]) -> str:
    return f"?{urlencode(words)}" if words else ""


def _fields(one: Reach) -> dict[str, str]:
    """The parts of a binding as its clients want them: libpq takes the directory of a socket for a host."""
    host = one.host
    if one.type == "postgresql" and one.socket:
        host = one.socket
    return {"host": host, "port": str(one.port), "user": one.user, "password": one.password, "name": one.name}


def _of_type(one: Reach) -> dict[str, str]:
    fields = _fields(one)
    told = dict.fromkeys(URLS[one.type], url(one))
    skipped: set[str] = set()
    if one.socket and one.type in ("mariadb", "redis"):
        told[{"mariadb": "MYSQL_UNIX_PORT", "redis": "REDIS_SOCKET"}[one.type]] = one.socket
        skipped = {"host", "port"}
    told.update({name: fields[field] for name, field in SINGLE[one.type].items() if field not in skipped})
    if one.type == "memcached":
        told.update(MEMCACHED_LOCATION=f"unix:{one.socket}", MEMCACHED_SOCKET=one.socket)
    if one.type == "postgresql" and one.trust:
        told.update(PGSSLMODE="verify-full", PGSSLROOTCERT=one.trust)
    return told


def _of_service(one: Reach) -> dict[str, str]:
    """Variables that begin with the service's own name."""
    prefix, fields = one.service.upper().replace("-", "_"), _fields(one)
    told = {f"{prefix}_URL": url(one), f"{prefix}_TYPE": one.type}
    if one.socket:
        told[f"{prefix}_SOCKET"] = one.socket
    if one.type == "memcached":
        return told
    told.update({f"{prefix}_{field.upper()}": text for field, text in fields.items() if text})
    if one.trust:
        told[f"{prefix}_TRUST"] = one.trust
    start = f"DOTCLOUD_{prefix}_{DOTCLOUD[one.type]}"
    names = {"HOST": "host", "PORT": "port", "LOGIN": "user", "PASSWORD": "password"}
    told.update({f"{start}_{name}": fields[field] for name, field in names.items()})
    told[f"{start}_URL"] = url(one)
    return told


def vcap(reaches: Sequence[Reach]) -> dict[str, list[dict[str, Any]]]:
    """VCAP_SERVICES: label to services; ports are numbers, hosts and users go by both of their names."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in reaches:
        if one.type not in LABELS:
            continue
        fields = _fields(one)
        credentials: dict[str, Any] = {
            "name": one.name,
            "host": fields["host"],
            "hostname": fields["host"],
            "port": one.port,
            "password": one.password,
            "uri": url(one),
            "url": url(one),
        }
        if one.user:
            credentials.update(user=one.user, username=one.user)
        if one.type == "rabbitmq":
            credentials.update({"vhost": one.name, "pass": one.password})
        label = LABELS[one.type]
        row = {"name": one.service, "label": label, "plan": "free", "tags": [one.type], "credentials": credentials}
        found.setdefault(label, []).append(row)
    return found
