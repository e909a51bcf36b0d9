# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How one app is: what is in force, what runs, what happened to it. Runs as the cell's user. PRIVATE to the collection.

Nothing is changed, and no value of an environment is told. Its owner can write all that is read here, so lengths and
numbers have bounds, and nothing waits for long.
"""

from __future__ import annotations

import math
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _failed,
    _files,
    _handmade,
    _history,
    _home,
    _journal,
    _lock,
    _memory,
    _process,
    _processes,
    _programs,
    _requestlog,
    _restarts,
    _usage,
)
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._look import OURS
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor

PART_SECONDS = 3.0
"""Seconds that each part of a look may take; what a part does not get to know in time is left out."""

MOST = 64
"""Programs, jobs and services that are told of one app."""

LONGEST_RUN = 10**9
"""Seconds that a program may have run, as far as its supervisord is believed."""

LONGEST = 500
"""Characters of a text that are told."""

_LISTEN = re.compile(r"^    listen ((?!unix:)[^;\s]{1,100})[^;]*;$", re.MULTILINE)


class _Late(Exception):
    pass


def status(home: Path) -> dict[str, Any]:
    """Facts of the app in ``home``; a part that took too long is named in ``late``."""
    current = _home.current(home)
    launch = _home.launch(home, current)
    found: dict[str, Any] = {
        "current": current,
        "launched": bool(launch),
        "failed": _failed.read(home),
        "rolling": _journal.there(home) or _home.next_conf(home).exists(),
        "held": "",
        "last": {},
        "late": [],
    }
    always: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
        ("lock", lambda: {"held": _lock.holder(home)}),
        ("history", lambda: {"last": _last(home)}),
    )
    parts: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
        ("version", lambda: _version(home, launch)),
        ("files", lambda: _conf(home, launch)),
        ("programs", lambda: _running(home, launch)),
        ("requests", lambda: {"requests": _requestlog.answered(home / "logs" / "access.log")}),
        ("changes by hand", lambda: _by_hand(home, launch)),
        ("jobs", lambda: {"cron": _cron(home, launch), "services": _services(launch)}),
    )
    for name, part in (*always, *parts) if launch else always:
        try:
            with _within(PART_SECONDS):
                found.update(part())
        except _Late:
            found["late"].append(name)
    return {name: _short(value) for name, value in found.items()}


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise `_Late` in the block when it has taken that long."""

    def late(_number: int, _frame: Any) -> None:
        raise _Late

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _version(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    process = launch["process"]
    record = _files.read_json(home / "releases" / f"{process['release']}.json")
    prefix = home / "virtualenvs" / process["virtualenv"]
    return {
        "release": {
            "name": process["release"],
            "source": str(record.get("origin") or ""),
            "digest": str(record.get("digest") or ""),
            "there": (home / "releases" / process["release"]).is_dir(),
        },
        "python": launch["python"],
        "server": "" if _processes.webless(launch) else process["server"],
        "virtualenv": process["virtualenv"],
        "built": (prefix / _home.MARKER).is_file(),
        "interpreter": (prefix / "bin" / "python").exists(),
    }


def _conf(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    texts = _home.set_texts(home / "current" / "conf")
    rules = texts.get("nginx.d/app.conf", "")
    own = (*(home / "conf" / "nginx.d").glob("*.conf"), *(home / "conf" / "supervisor.d").glob("*.conf"))
    return {
        "edited": not texts or digest_of(texts) != launch["conf"],
        "links": all(_files.link_target(home / name) == to for name, to in _home.LINKS),
        "maintenance": "location / { return 503; }" in rules,
        "listen": _LISTEN.findall(rules)[:MOST],
        "own": sorted(str(path.relative_to(home)) for path in own if path.name != OURS)[:MOST],
    }


def _running(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    """The programs that are wanted or there, and the memory of each; ``daemon`` is false when supervisord is silent."""
    wanted = list(_programs.wanted(launch))[:MOST]
    supervisor = Supervisor(str(home / "run" / "supervisor.sock"), PART_SECONDS / 2)
    try:
        daemon, programs, ages = supervisor.pid(), supervisor.programs(), supervisor.ages()
    except PyhostError:
        return {"wanted": wanted, "daemon": False, "programs": {}, "memory": {"app": 0, "cell": 0}}
    log = _files.text_since(home / "logs" / "supervisord.log", 0)
    over = _memory.recent(home / "run" / _memory.FILE, time.time())
    ends = _restarts.restarts(log, time.time())
    names = [*wanted, *sorted(set(programs) - set(wanted))][: 2 * MOST]
    memory = _usage.used([daemon, *(row["pid"] for row in programs.values() if row["pid"])])
    rows: dict[str, dict[str, Any]] = {}
    for name in names:
        row: dict[str, Any] = programs.get(name, {"state": "MISSING", "pid": 0, "why": ""})
        record = _process.read_record(home / "run", name, row["pid"])
        differs = bool(record.get("process")) and record["process"] != launch["process_digest"]
        rows[name] = {
            "state": str(row["state"]),
            "seconds": min(ages.get(name, 0), LONGEST_RUN) if row["pid"] else 0,
            "why": str(row["why"]),
            "restarts": ends.get(name, 0),
            "memory": memory.get(row["pid"], 0),
            "over": over.get(name, ""),
            "other": differs and name in wanted,
        }
    apps = sum(row["memory"] for name, row in rows.items() if name != _home.NGINX)
    return {"wanted": wanted, "daemon": True, "programs": rows, "memory": {"app": apps, "cell": sum(memory.values())}}


def _by_hand(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    process = launch["process"]
    return {
        "code": _handmade.code(home, process["release"]),
        "packages": _handmade.packages(home / "virtualenvs" / process["virtualenv"]),
    }


def _last(home: Path) -> dict[str, str]:
    """The last change that was committed."""
    rows = [row for row in _history.read(home) if row["what"] in _history.WHAT[:2]]
    names = ("time", "what", "who", "release", "why")
    return {name: str(rows[-1].get(name, "")) for name in names} if rows else {}


def _cron(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    """The app's scheduled jobs as their scheduler tells of them (``run/cron.json``)."""
    declared = launch.get("cron")
    told = _files.read_json(home / "run" / "cron.json").get("jobs")
    jobs: dict[str, Any] = {}
    for name in list(declared if isinstance(declared, dict) else ())[:MOST]:
        row = told.get(name) if isinstance(told, dict) else None
        row = row if isinstance(row, dict) else {}
        jobs[name] = {key: str(row.get(key) or "") for key in ("schedule", "last", "next", "result")}
        with suppress(TypeError, ValueError, OverflowError):
            seconds = float(row.get("seconds") or 0)
            jobs[name]["seconds"] = round(seconds, 1) if math.isfinite(seconds) else 0.0
    return jobs


def _services(launch: dict[str, Any]) -> dict[str, str]:
    bound = launch.get("services")
    return {str(name): str(kind) for name, kind in list(bound.items())[:MOST]} if isinstance(bound, dict) else {}


def _short(value: Any) -> Any:
    """The same with every text cut to `LONGEST` characters."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    if isinstance(value, dict):
        return {_short(str(name)): _short(one) for name, one in value.items()}
    return [_short(one) for one in value] if isinstance(value, list) else value
