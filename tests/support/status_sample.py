# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What looks at apps may find: apps in every state, for tests of the status and for its picture."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RUNS: dict[str, Any] = {
    "state": "RUNNING", "seconds": 7200, "why": "", "restarts": 0, "memory": 30 << 20, "other": False,
}  # fmt: skip

RAMEN: dict[str, Any] = {
    "current": "d1", "failed": {}, "rolling": False, "held": "", "late": [],
    "last": {
        "time": "2026-11-22T09:00:00Z", "what": "deployed", "who": "anna on laptop", "release": "12-3f2a9c1b77aa",
        "why": "new code",
    },
    "release": {"name": "12-3f2a9c1b77aa", "source": "main of https://bob:pw@git.example.com/ramen", "digest": "ab", "there": True},
    "python": "3.13.5", "server": "gunicorn", "virtualenv": "0123456789abcdef", "built": True, "interpreter": True,
    "edited": False, "links": True, "maintenance": False, "listen": ["127.0.0.1:8000"], "own": [],
    "wanted": ["app", "nginx", "worker"], "daemon": True,
    "programs": dict.fromkeys(("app", "nginx", "worker"), RUNS),
    "memory": {"app": 60 << 20, "cell": 110 << 20},
    "requests": {"answered": 12345, "errors": 2, "since": "2026-11-20T12:00:00Z"},
    "code": [], "packages": [], "cron": {}, "services": {},
    "domains": ["ramen.example.com"], "certificate": "", "unit": "active",
}  # fmt: skip
"""An app that is well."""


def look(**more: Any) -> dict[str, Any]:
    """A good look with ``more`` in it; a copy each time."""
    return {**copy.deepcopy(RAMEN), **more}


def programs(**states: str) -> dict[str, dict[str, Any]]:
    return {name: {**RUNS, "state": state} for name, state in states.items()}


@lru_cache
def certificate(days: int) -> str:
    """A certificate, PEM, that ends so many days after `NOW`."""
    from ansible_collections.pyhost.platform.plugins.plugin_utils import _certificates

    begin = NOW + timedelta(days=days - _certificates.SELF_SIGNED_DAYS, hours=1)
    return _certificates.self_signed(["ramen.example.com"], begin).certificate


def failed(stage: str, error: str) -> dict[str, str]:
    return {"time": "2026-11-22T11:30:00Z", "stage": stage, "error": error, "who": "ben on ci"}


NIGHTLY = {
    "schedule": "@daily",
    "last": "2026-11-22T00:00:00Z",
    "next": "2026-11-23T00:00:00Z",
    "result": "ok",
    "seconds": 3.5,
}
BAD_JOB = {**NIGHTLY, "schedule": "*/5 * * * *", "last": "2026-11-22T11:55:00Z", "result": "exit status 1"}


def looks() -> dict[str, dict[str, Any]]:
    """Apps in various states, by name; each has a domain and figures of its own."""
    found = _looks()
    for number, (name, one) in enumerate(found.items()):
        if one.get("domains"):
            one["domains"] = [f"{name}.example.com"]
        if "memory" in one:
            one["memory"] = {"app": (60 + 7 * number) << 20, "cell": (110 + 7 * number) << 20}
    return found


def _looks() -> dict[str, dict[str, Any]]:
    dark = programs(app="STOPPED", nginx="RUNNING", worker="FATAL")
    dark["worker"] |= {"why": "Exited too quickly (process log may have details)", "restarts": 11}
    return {
        "bento": look(certificate=certificate(89), services={"db": "postgresql", "cache": "redis"}),
        "curry": look(programs=dark, certificate=certificate(21)),
        "gyoza": look(cron={"nightly": NIGHTLY, "feeds": BAD_JOB}, services={"db": "mysql"}),
        "katsu": look(maintenance=True, wanted=["app", "nginx"], programs=programs(app="RUNNING", nginx="RUNNING")),
        "miso": look(failed=failed("rollout", "the new version does not answer within 30 s\nImportError: shop"), held=""),
        "mochi": look(python="3.9.2", release={"name": "3-77ab00cd11ee", "source": "", "digest": "", "there": True}),
        "onigiri": look(code=["shop/views.py"], edited=True, certificate=certificate(3)),
        "queue": look(wanted=["worker"], programs=programs(worker="RUNNING"), domains=[], listen=[], server="",
                      requests={"answered": 0, "errors": 0, "since": ""}),
        "ramen": look(certificate=certificate(60)),
        "soba": {"current": "", "failed": failed("build", "no wheel of lxml==9.9 for Python 3.13"), "unit": "active"},
        "tempura": {"error": "no answer within 20 s", "domains": ["tempura.example.com"], "unit": "active"},
        "udon": look(built=False, interpreter=False, requests={"answered": 950, "errors": 0, "since": "2026-11-22T11:59:20Z"}),
    }  # fmt: skip


def entries() -> list[dict[str, Any]]:
    """What is declared: all of them but ``ramen``, and ``yakitori``, which was never deployed."""
    return [{"name": name} for name in (*looks(), "yakitori") if name != "ramen"]


def hosts() -> dict[str, dict[str, Any]]:
    """Three hosts: with apps, without, and one that cannot be reached."""
    from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import host_row

    return {
        "web1": host_row({"os": "Debian GNU/Linux 13 (trixie)", "apps": looks()}, entries(), NOW),
        "web2": host_row(
            {"error": "Connection timed out"}, [{"name": "soup"}, {"name": "gone", "state": "absent"}], NOW
        ),
        "web3": host_row({"os": "Debian GNU/Linux 12 (bookworm)", "apps": {}}, [], NOW),
    }
