# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and links inside the home of one cell, for code that runs in it. PRIVATE to the collection.

current -> launches/DIGEST        the one link that decides what the app is
app     -> current/app            code     (launches/DIGEST/app  -> releases/N-DIGEST)
venv    -> current/venv           packages (launches/DIGEST/venv -> virtualenvs/FINGERPRINT)
run/app.sock -> current/sock      traffic  (launches/DIGEST/sock -> run/a-PROCESS.sock)
conf/…/app.conf -> current/conf   rules    (launches/DIGEST/conf -> conf/sets/DIGEST)
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files

APP = "app"
NEXT = "app-next"
NGINX = "nginx"
CRON = "cron"
"""The scheduler, where the app has something to run by the clock."""
CRON_HEARS = "cron-hears"
"""The record of a scheduler that has its handlers: a signal would end one that only starts."""

AHEAD = "workers-next"
"""Below ``run``: the launch that the app's own processes already start from, before ``current`` leads to it."""

DIRECTORIES = (
    "releases",
    "virtualenvs",
    "launches",
    "conf/sets",
    "conf/nginx.d",
    "conf/supervisor.d",
    "data",
    "logs",
    "static",
    "run/supervisor.d",
)

HTTP = "http"
GATEWAYS = ("uwsgi", "fastcgi", "scgi")
"""Protocols of nginx that tell an app the variables of a request, besides `HTTP`."""

LINKS = (
    ("app", "current/app"),
    ("venv", "current/venv"),
    ("run/app.sock", "../current/sock"),
    *((f"run/app.{name}", f"../current/{name}") for name in map("{}.sock".format, GATEWAYS)),
    ("conf/nginx.d/app.conf", "../../current/conf/nginx.d/app.conf"),
    ("conf/supervisor.d/app.conf", "../../current/conf/supervisor.d/app.conf"),
)

LAUNCH: dict[str, type] = {
    "process": dict,
    "process_digest": str,
    "processes": dict,
    "ports": dict,
    "health": dict,
    "conf": str,
    "python": str,
    "digest": str,
}
PROCESS: dict[str, type] = {
    "argv": list,
    "cwd": str,
    "environment": dict,
    "release": str,
    "virtualenv": str,
    "server": str,
    "protocol": str,
}
"""What is read of a launch file and of its process; its owner can write it, so it may hold anything."""

MARKER = ".pyhost.json"
"""Written last into a finished virtualenv."""

REHEARSED = ".pyhost-rehearsed"
"""In a virtualenv that a rehearsal has built or tried; its time says when."""


def make_directories(home: Path) -> None:
    for name in DIRECTORIES:
        (home / name).mkdir(mode=0o750, parents=True, exist_ok=True)


def make_links(home: Path, kept: Iterable[str] = ()) -> None:
    """The links that never change, but those ``kept`` as they are; they lead through ``current``."""
    for name, target in LINKS:
        if name in kept:
            continue
        _files.link(home / name, target)


def current(home: Path) -> str:
    """The digest of the launch in force, "" before the first."""
    return os.path.basename(_files.link_target(home / "current"))


def launch(home: Path, digest: str) -> dict[str, Any]:
    """The launch file of ``digest``; empty when there is none, or one that no deploy wrote."""
    value = _files.read_json(home / "launches" / digest / "launch.json") if digest else {}
    return value if _fits(value, LAUNCH) and _fits(value["process"], PROCESS) else {}


def _fits(value: dict[str, Any], shape: dict[str, type]) -> bool:
    return all(isinstance(value.get(name), kind) for name, kind in shape.items())


def socket_name(program: str, process: str) -> str:
    """The socket of an instance: one letter, because socket paths are short (unix(7))."""
    return f"{'n' if program == NEXT else 'a'}-{process}.sock"


def traffic_link(launch: dict[str, Any]) -> str:
    """The link in a launch's directory that leads traffic; nginx speaks one protocol through each."""
    return traffic_name(launch.get("process", {}).get("protocol", HTTP))


def traffic_name(protocol: str) -> str:
    """The name of the link for ``protocol``; below ``run`` it has ``app.`` before it."""
    return f"{protocol}.sock" if protocol in GATEWAYS else "sock"


def next_conf(home: Path) -> Path:
    """Declares the second instance; it is there only while a rollout runs."""
    return home / "run" / "supervisor.d" / "app-next.conf"


def ahead_conf(home: Path) -> Path:
    """Declares the app's own processes as the next version wants them; it is there only while a rollout runs."""
    return home / "run" / "supervisor.d" / f"{AHEAD}.conf"


def forget_ahead(home: Path) -> None:
    """The app's own processes start from ``current``."""
    for path in (ahead_conf(home), home / "run" / AHEAD):
        path.unlink(missing_ok=True)


def forget_next(home: Path) -> None:
    """Remove everything that says there is a second instance; its declaration last, because it tells of the rest."""
    for path in (home / "run" / "next", home / "run" / f"{NEXT}.json", next_conf(home)):
        path.unlink(missing_ok=True)


def put_in_force(home: Path, digest: str) -> None:
    """Code, virtualenv, rules and traffic of the launch ``digest``, by one rename; "" is none."""
    if digest:
        _files.link(home / "current", f"launches/{digest}")
    else:
        (home / "current").unlink(missing_ok=True)


def set_texts(directory: Path) -> dict[str, str]:
    """The files of a configuration set as they are now: path below the set to text."""
    return {
        str(path.relative_to(directory)): _files.read_regular(path).decode("utf-8", "replace")
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not _compiled(path) and not path.name.startswith(".")
    }


def _compiled(path: Path) -> bool:
    """Whether Python has put it beside its source; Python 2.7 uses no directory for that."""
    return path.parent.name == "__pycache__" or path.suffix == ".pyc"
