# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of apps as data: one row per app and host, in the documented format. Pure. PRIVATE to the collection.

What owners of apps wrote is made harmless here: every text is printable, of bounded length, and without credentials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _endoflife
from ansible_collections.pyhost.platform.plugins.module_utils._wording import masked
from ansible_collections.pyhost.platform.plugins.plugin_utils import _certificates, _findings, _plain

FORMAT = 1

LONGEST = 400
"""Characters of a text."""


def plain(text: object, longest: int = LONGEST) -> str:
    """Text on one line that no terminal obeys, of at most ``longest`` characters, and without credentials."""
    words = masked(" ".join(_plain.plain(" ".join(str(text).split())).split()))
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def tame(value: Any) -> Any:
    """The same with every text, keys too, as `plain` has it."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {plain(name): tame(one) for name, one in value.items()}
    return [tame(one) for one in value] if isinstance(value, (list, tuple)) else value


def host_row(answer: Mapping[str, Any], entries: Sequence[Any], now: datetime) -> dict[str, Any]:
    """The part of one host: whether it was ``reached``, why not (``error``), its ``state`` and its ``apps``.

    ``answer`` is that of the stage, ``entries`` what is declared for the host.
    """
    if "apps" not in answer:
        error = plain(answer.get("error") or "no answer")
        names = sorted(name for name, present in declared(entries).items() if present)
        rows = [_unseen(plain(name), error) for name in names]
        return {"reached": False, "error": error, "os": "", "boot": "", "state": _findings.PROBLEM, "apps": rows}
    rows = app_rows(answer["apps"], entries, now)
    state = max((row["state"] for row in rows), key=_findings.LEVELS.index, default=_findings.OK)
    told = {"os": plain(answer.get("os", "")), "boot": plain(answer.get("boot", ""))}
    return {"reached": True, "error": "", **told, "state": state, "apps": rows}


def declared(entries: Sequence[Any]) -> dict[str, bool]:
    """The names of ``pyhost_apps``, and whether each app is to be present; entries without a name are left out."""
    named = [one for one in entries if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
    return {str(one["name"]): one.get("state", "present") != "absent" for one in named}


def app_rows(looks: Mapping[str, Any], entries: Sequence[Any], now: datetime) -> list[dict[str, Any]]:
    """One row for each app that is deployed or declared, by name; what was removed and left data is none."""
    wanted = declared(entries)
    found = []
    for name in sorted({*looks, *(name for name, present in wanted.items() if present)}):
        look = looks.get(name, {})
        if wanted.get(name) or any(look.get(key) for key in ("current", "failed", "error")):
            found.append(_row(name, look, wanted.get(name, False) if wanted else None, now))
    return found


def _row(name: str, look: Mapping[str, Any], is_declared: bool | None, now: datetime) -> dict[str, Any]:
    end = _end(str(look.get("certificate") or ""))
    left = (end - now).days if end else None
    raw = {key: value for key, value in look.items() if key != "certificate"} | _has(look)
    look = tame(raw)
    branch = ".".join(str(look.get("python", "")).split(".")[:2])
    life = _endoflife.ENDS.get(branch)
    found = _findings.findings(raw, is_declared, branch, left, now.date())
    return {
        "app": plain(name),
        "state": _findings.worst(found),
        "findings": tame(found),
        "declared": is_declared,
        "domains": look.get("domains", []),
        "listen": look.get("listen", []),
        "urls": urls(look),
        "maintenance": bool(look.get("maintenance")),
        "release": {key: look.get("release", {}).get(key, "") for key in ("name", "source", "digest")},
        "python": {
            "version": look.get("python", ""),
            "end_of_life": life.isoformat() if life else None,
            "days_left": _endoflife.days_left(branch, now.date()),
        },
        "virtualenv": look.get("virtualenv", ""),
        "server": look.get("server", ""),
        "programs": _programs(look),
        "memory": look.get("memory", {"app": 0, "cell": 0}),
        "requests": look.get("requests", {"answered": 0, "errors": 0, "since": ""}),
        "certificate": {"end": f"{end:%Y-%m-%d}" if end else None, "days_left": left},
        "last": look.get("last", {}),
        "failed": look.get("failed", {}),
        "jobs": [{"name": job, **row} for job, row in sorted(look.get("cron", {}).items())],
        "services": look.get("services", {}),
    }


def urls(look: Mapping[str, Any]) -> list[str]:
    """Where a person finds the app: its domains, else the addresses on which it listens."""
    domains = look.get("domains") or []
    scheme = "https" if look.get("certificate") else "http"
    return [f"{scheme}://{one}/" for one in domains] or [f"http://{one}/" for one in look.get("listen", [])]


def _has(look: Mapping[str, Any]) -> dict[str, bool]:
    """Of the certificate only whether there is one stays in a look."""
    return {"certificate": True} if look.get("certificate") else {}


def _unseen(name: str, error: str) -> dict[str, Any]:
    """The row of an app that is declared for a host that cannot be reached."""
    row = _row(name, {}, True, datetime.fromtimestamp(0))
    text = f"its host was not reached: {error}"
    found = [{"level": _findings.PROBLEM, "kind": "cell", "text": text}]
    return {**row, "state": _findings.PROBLEM, "findings": found}


def _programs(look: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those that are wanted first; ``state`` is Supervisor's, MISSING, or UNKNOWN where that says nothing."""
    wanted, rows = look.get("wanted", []), look.get("programs", {})
    names = [*wanted, *(name for name in rows if name not in wanted)]
    nothing = {"state": "MISSING" if look.get("daemon", True) else "UNKNOWN", "seconds": 0, "restarts": 0, "memory": 0}
    keys = ("state", "seconds", "restarts", "memory")
    return [
        {"name": name, "wanted": name in wanted, **{key: rows.get(name, nothing)[key] for key in keys}}
        for name in names
    ]


def _end(certificate: str) -> datetime | None:
    """When a certificate ends, None for none or one that cannot be read."""
    try:
        return _certificates.period(_certificates.Pair(certificate, ""))[1] if certificate else None
    except ValueError:
        return None


def report(hosts: Mapping[str, Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    """The whole, as it is written to a file: ``hosts`` are `host_row` by host."""
    return {"format": FORMAT, "time": f"{now:%Y-%m-%dT%H:%M:%SZ}", "hosts": dict(hosts)}


def counts(hosts: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """How many ``hosts``, those ``unreached``, and how many ``apps`` that are ``problem``, ``warning`` and ``ok``."""
    states = [row["state"] for part in hosts.values() for row in part["apps"]]
    found = {"hosts": len(hosts), "apps": len(states)}
    found |= {level: states.count(level) for level in _findings.LEVELS}
    found["unreached"] = sum(not part["reached"] for part in hosts.values())
    return found
