# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups in a directory of the controller: their names, which one is meant, which may go. PRIVATE to the collection.

``DIRECTORY/APP/APP_HOST_TIME.tar``; the time is UTC, so names sort by it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

NAME = re.compile(r"(?P<app>[a-z][a-z0-9-]*)_(?P<host>.+)_(?P<time>\d{8}T\d{6}Z)\.tar")


def stamp(seconds: float) -> str:
    """A moment (seconds since the epoch) as names have it: ``20261122T103000Z``."""
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds))


def file_name(app: str, host: str, moment: str) -> str:
    """The archive of one app of the inventory's ``host``; signs that no file should have become ``-``."""
    return f"{app}_{re.sub(r'[^A-Za-z0-9.-]', '-', host)}_{moment}.tar"


def of_host(names: Iterable[str], app: str, host: str) -> list[str]:
    """Those of ``names`` that are backups of this app and host, the newest first."""
    parts = file_name(app, host, "").removesuffix(".tar")
    ours = re.compile(re.escape(parts) + r"\d{8}T\d{6}Z\.tar")
    return sorted((name for name in names if ours.fullmatch(name)), reverse=True)


def spare(names: Iterable[str], app: str, host: str, keep: int) -> list[str]:
    """Those that may go when the newest ``keep`` stay; 0 keeps all."""
    return of_host(names, app, host)[keep:] if keep else []


def newest(folder: Path, app: str, host: str) -> Path:
    """The archive that a restore of ``app`` on ``host`` means when none is named.

    It is the newest of this host. Where this host has none, as after a move, and all are of one other host, it is that
    one's. Raises `PyhostError`.
    """
    place = folder / app
    names = sorted(path.name for path in place.glob("*.tar")) if place.is_dir() else []
    own = of_host(names, app, host)
    if own:
        return place / own[0]
    found = [match for match in map(NAME.fullmatch, names) if match and match["app"] == app]
    hosts = sorted({match["host"] for match in found})
    if not hosts:
        raise PyhostError(f"no backup of {app} is in {place}; -e archive=FILE names one that is elsewhere")
    if len(hosts) > 1:
        raise PyhostError(f"{place} has backups of {app} from {', '.join(hosts)}; -e archive=FILE says which to take")
    return place / max(match.group(0) for match in found)
