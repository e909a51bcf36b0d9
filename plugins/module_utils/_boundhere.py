# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bindings on the host that has the services: looked at, made, and ended. PRIVATE to the collection.

The record says what exists for whom; it is written before anything is made and after anything is removed, so that a
kill leaves nothing that it does not name. Passwords never come here, only what servers keep of them.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import pwd
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _servicetls
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._kinds import KINDS
from ansible_collections.pyhost.platform.plugins.module_utils._kinds._base import listens
from ansible_collections.pyhost.platform.plugins.module_utils._service import INSTANCES, TRUST, login_app

RECORD = Path("/var/lib/pyhost/services.json")
LOCK = Path("/run/pyhost-services.lock")
FIRST_PORT = 7000
"""Instances of Redis get ports from here on."""


def record() -> dict[str, dict[str, Any]]:
    """Every binding of this host by name, whatever the server says."""
    found: dict[str, dict[str, Any]] = _files.read_json(RECORD).get("bindings", {})
    for row in found.values():
        if "hosts" in row:  # As it was before apps could share.
            row["apps"] = {row["app"]: row.pop("hosts")}
    return found


def digest(secret: str) -> str:
    """Stands for what a server keeps of a password where that must not be seen."""
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def look(types: Iterable[str]) -> dict[str, Any]:
    """What there is of ``types`` and of everything in the record; nothing is changed and no secret is told.

    ``bindings`` by name: the ``app`` that they are of, ``apps`` that use them and their hosts, ``made`` (whether the
    last run finished), ``there`` (whether server and data are), ``logins`` to digests, and where they are reached.
    ``trust`` are the certificates of other hosts' services.
    """
    rows = record()
    known = sorted({*types, *(row["type"] for row in rows.values())} & set(KINDS))
    found: dict[str, Any] = {"types": {}, "bindings": {}, "trust": trusted()}
    with ThreadPoolExecutor() as pool:
        looks = pool.map(_look, known, ([row for row in rows.values() if row["type"] == type_] for type_ in known))
    for type_, (state, bindings) in zip(known, looks):
        found["types"][type_] = state
        found["bindings"].update(bindings)
    return found


def _look(type_: str, rows: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    kind = KINDS[type_]
    state = {"installed": kind.installed(), "running": False, "error": ""}
    there: dict[str, Any] = {"running": False, "data": [], "logins": {}}
    places = {row["name"]: {"port": row["port"], "socket": ""} for row in rows}
    try:
        if state["installed"] and rows:
            there = kind.look([row for row in rows if row["logins"]])
            places = {row["name"]: kind.places(row) for row in rows}
    except (PyhostError, OSError, KeyError) as error:
        state["error"] = str(error)
    state["running"] = there["running"]
    bindings = {}
    for row in rows:
        name = row["name"]
        bindings[name] = {
            **{key: row[key] for key in ("app", "service", "type", "apps", "remote", "memory", "user", "made")},
            **places[name],
            "elsewhere": kind.tls_port or places[name]["port"] or row["port"],
            "there": name in there["data"] and (there["running"] or type_ in INSTANCES),
            "logins": {login: digest(there["logins"][login]) for login in row["logins"] if login in there["logins"]},
            "known": sorted(row["logins"]),
        }
    return state, bindings


def trusted() -> dict[str, str]:
    """The certificates of other hosts' services that apps here trust: service to digest."""
    return {path.stem: digest(path.read_text("ascii", "replace")) for path in sorted(Path(TRUST).glob("*.pem"))}


def bind(wanted: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Make every binding of ``wanted`` exist for its host; the trouble of one type is that of its bindings alone."""
    results: dict[str, dict[str, Any]] = {}
    with _alone():
        for type_ in dict.fromkeys(row["type"] for row in wanted):
            own = [row for row in wanted if row["type"] == type_]
            try:
                results.update(_bind(type_, own))
            except (PyhostError, OSError) as error:
                results.update({row["name"]: {"ok": False, "error": str(error)} for row in own})
    return results


def _bind(type_: str, wanted: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    kind = KINDS[type_]
    if not kind.installed():
        raise PyhostError(f"{type_} is not installed on the host of this service")
    rows = record()
    for one in wanted:
        old = rows.get(one["name"], {})
        remote = one["remote"] or old.get("remote", False)
        rows[one["name"]] = {
            **{key: one[key] for key in ("service", "type", "name", "memory")},
            "app": one["owner"],
            "user": _existing(one["user"]) or _existing(old.get("user", "")),
            "remote": remote,
            "address": one["address"] or old.get("address", ""),
            "apps": _joined(old.get("apps", {}), one["app"], one["host"]),
            "logins": {**old.get("logins", {}), one["login"]: one["verifier"]},
            "port": old.get("port") or (_free_port(rows) if type_ == "redis" else kind.port),
            "made": False,
        }
        _keep(rows)
    addresses = sorted({row["address"] for row in rows.values() if row["type"] == type_ and row["address"]})
    if len(addresses) > 1:
        raise PyhostError(f"{type_} of one host cannot listen on {' and '.join(addresses)}; write the same address")
    kind.serve(addresses[0] if addresses else "")
    kind.bind([rows[name] for name in dict.fromkeys(one["name"] for one in wanted)])
    for one in wanted:
        rows[one["name"]]["made"] = True
    _keep(rows)
    return {one["name"]: {"ok": True} for one in wanted}


def _joined(apps: dict[str, list[str]], app: str, host: str) -> dict[str, list[str]]:
    return {**apps, app: sorted({*apps.get(app, ()), host})}


def _existing(user: str) -> str:
    """The user of a cell, or "" before it has been made."""
    try:
        return pwd.getpwnam(user).pw_name if user else ""
    except KeyError:
        return ""


def _free_port(rows: dict[str, dict[str, Any]]) -> int:
    taken = {row.get("port") for row in rows.values()}
    return next(port for port in range(FIRST_PORT, 1 << 16) if port not in taken and not listens(port))


def retire(gone: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """End what is not needed any more; by name.

    ``logins``, all access of the apps ``leave`` on a ``host``, and with ``purge`` the data, if no app is left that uses
    it.
    """
    results: dict[str, dict[str, Any]] = {}
    with _alone():
        for one in gone:
            try:
                results[one["name"]] = {"ok": True, "did": _retire(one)}
            except (PyhostError, OSError) as error:
                results[one["name"]] = {"ok": False, "error": str(error)}
    return results


def _retire(one: dict[str, Any]) -> list[str]:
    rows = record()
    row = rows.get(one["name"])
    if row is None:
        return []
    kind, did = KINDS[row["type"]], []
    apps = {
        app: [host for host in hosts if not (app in one["leave"] and host == one["host"])]
        for app, hosts in row["apps"].items()
    }
    using = {app: hosts for app, hosts in apps.items() if hosts}
    logins = [login for login in row["logins"] if login in one["logins"] or login_app(login) not in using]
    if logins:
        kind.forbid(row, logins)
        did.append("old password removed" if all(login_app(one) in using for one in logins) else "access removed")
    row["apps"] = using
    row["logins"] = {login: secret for login, secret in row["logins"].items() if login not in logins}
    _keep(rows)
    if one["purge"] and not using:
        kind.purge(row)
        del rows[one["name"]]
        _keep(rows)
        did.append("data removed")
    return did


def trust(files: dict[str, str]) -> None:
    """Have the certificates of other hosts' services where apps of this host look for them."""
    folder = Path(TRUST)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name, text in files.items():
        _files.write(folder / f"{name}.pem", text, mode=0o644)


def certificates(types: Iterable[str]) -> dict[str, str]:
    """The certificate of each type of service here that listens for other hosts."""
    rows = record().values()
    found = {row["type"]: _servicetls.certificate(row["type"], row["address"]) for row in rows if row["address"]}
    return {type_: text for type_, text in found.items() if type_ in set(types) and text}


def _keep(rows: dict[str, dict[str, Any]]) -> None:
    RECORD.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    _files.write(RECORD, json.dumps({"bindings": rows}, indent=1, sort_keys=True) + "\n", mode=0o600)


@contextmanager
def _alone() -> Iterator[None]:
    """One run at a time: those of several hosts, and of several operators, meet here."""
    with LOCK.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
