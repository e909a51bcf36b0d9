# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at one cell without changing anything. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _failed,
    _files,
    _home,
    _journal,
    _lock,
    _once,
    _owned,
    _process,
)
from ansible_collections.pyhost.platform.plugins.module_utils._aliases import alias_problems
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of, value_digests
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor

NAME = re.compile(r"[0-9]{1,9}-[0-9a-f]{1,12}")
"""Of a release: its number and the beginning of its digest."""

OURS = "app.conf"
"""The one link of ours in ``conf/nginx.d`` and ``conf/supervisor.d``; the rest there is the owner's."""

LISTEN = re.compile(r"^\s*listen\s+([^\s;]+)", re.MULTILINE)

OWN_TEXT = 1 << 18
"""Characters of nginx text of the owner's that are looked at for aliases, in all files together."""

PATIENCE = 5.0
"""Seconds that supervisord may take to answer a look."""


def look(home: Path, digest: str = "") -> dict[str, Any]:
    """What is there: releases, finished virtualenvs, the launch in force and what runs.

    ``digest`` names a release whose tree facts are wanted. The environment of the launch is reduced
    to digests: they show which name changed and not what to.
    """
    digest_now, own = _home.current(home), _own(home)
    launch = _home.launch(home, digest_now)
    replaced = _owned.own(home, launch.get("owners", ()))
    found: dict[str, Any] = {
        "home": home.is_dir(),
        "releases": _releases(home, digest),
        "virtualenvs": _virtualenvs(home),
        "current": digest_now,
        "launch": _without_secrets(launch),
        "virtualenv": {},
        "conf": _conf(home / "current" / "conf"),
        "links": all(_files.link_target(home / name) == to for name, to in _home.LINKS if name not in replaced),
        "rolling": _home.next_conf(home).exists() or _journal.there(home),
        "held": _lock.holder(home),
        "failed": _failed.there(home),
        "own": [*own, *replaced],
        "aliases": _aliases(home, own),
        "listens": _listens(home),
        "supervisord": False,
        "programs": {},
    }
    if launch:
        marker = home / "virtualenvs" / launch["process"]["virtualenv"] / _home.MARKER
        found["virtualenv"] = _files.read_json(marker)
    found.update(_programs(home))
    return found


def _own(home: Path) -> list[str]:
    """Files of the owner's among those that nginx and Supervisor read; not those that are as a deploy left them."""
    paths = sorted((*(home / "conf" / "nginx.d").glob("*.conf"), *(home / "conf" / "supervisor.d").glob("*.conf")))
    names = [str(path.relative_to(home)) for path in paths if path.name != OURS]
    return [name for name in names if not _once.untouched(home, name)]


def _listens(home: Path) -> list[str]:
    """Addresses on which nginx text of the owner's listens."""
    found: set[str] = set()
    for path in (home / "conf" / "nginx.d").glob("*.conf"):
        if path.name != OURS:
            with suppress(OSError):
                found.update(LISTEN.findall(_files.read_regular(path, OWN_TEXT).decode("utf-8", "replace")))
    return sorted(found)


def in_force(rules: str) -> list[str]:
    """Addresses on which the rules of an app listen, without sockets of its cell."""
    return [one for one in LISTEN.findall(rules) if not one.startswith("unix:")]


def claims(homes: dict[str, Path]) -> dict[str, str]:
    """Every address that the rules in force of an app listen on, whether it runs or not, and its app."""
    found = {}
    for name, home in homes.items():
        with suppress(OSError):
            text = _files.read_regular(home / "conf" / "nginx.d" / OURS).decode("utf-8", "replace")
            found.update(dict.fromkeys(in_force(text), name))
    return found


def _aliases(home: Path, own: list[str]) -> list[str]:
    """What the owner's nginx text serves more than it names, with file and line."""
    found = []
    left = OWN_TEXT
    for name in own:
        if name.startswith("conf/nginx.d/"):
            with suppress(OSError):  # nginx will say that it cannot be read.
                text = _files.read_regular(home / name).decode("utf-8", "replace")
                left -= len(text)
                if left < 0:
                    found.append(f"{name}: not looked at, for there are more than {OWN_TEXT} characters in all")
                    break
                found += [f"{name}:{problem}" for problem in alias_problems(text)]
    return found


def _releases(home: Path, digest: str) -> list[dict[str, Any]]:
    rows = []
    for path in sorted((home / "releases").glob("*.json")):
        row = _files.read_json(path)
        ours = NAME.fullmatch(path.stem) and isinstance(row.get("digest"), str)
        if ours and path.with_suffix("").is_dir():
            facts = row.pop("facts", None)
            row["name"] = path.stem
            if digest and row.get("digest") == digest and facts is not None:
                row["facts"] = facts
            rows.append(row)
    return rows


def _virtualenvs(home: Path) -> list[str]:
    return sorted(path.parent.name for path in (home / "virtualenvs").glob(f"*/{_home.MARKER}"))


def _without_secrets(launch: dict[str, Any]) -> dict[str, Any]:
    if not launch:
        return {}
    process = dict(launch["process"])
    process["environment"] = value_digests(process["environment"])
    return {**launch, "process": process, **({"view": {}} if launch.get("view") else {})}


def _conf(directory: Path) -> dict[str, Any]:
    """The generated files in force, and the digest of what they say now."""
    texts = _home.set_texts(directory)
    return {"texts": texts, "digest": digest_of(texts) if texts else ""}


def _programs(home: Path) -> dict[str, Any]:
    socket = home / "run" / "supervisor.sock"
    if not socket.exists():
        return {}
    try:
        programs = Supervisor(str(socket), PATIENCE).programs()
    except PyhostError:
        return {}
    for name, row in programs.items():
        row["record"] = _process.read_record(home / "run", name, row["pid"])
    return {"supervisord": True, "programs": programs}
