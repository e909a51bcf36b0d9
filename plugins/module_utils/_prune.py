# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove what nothing needs any more. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cronstate, _files, _history, _home
from ansible_collections.pyhost.platform.plugins.module_utils._process import start_time
from ansible_collections.pyhost.platform.plugins.module_utils._start import remove_stale

AREAS = ("launches", "releases", "virtualenvs", "conf/sets")

UNFINISHED_IN = ("", "run/", "run/supervisor.d/", "launches/*/", "conf/", "conf/nginx.d/", "conf/supervisor.d/")
"""Directories in which links and files are replaced one by one."""

FRESH_SECONDS = 3600
"""What no launch has ever led to may be another deploy's, which still needs it, for so long."""


REHEARSED_SECONDS = 24 * 3600
"""What a rehearsal made is there for the change itself for so long."""


def prune(home: Path, keep: int, rehearsed: float = REHEARSED_SECONDS) -> list[str]:
    """Remove what is `unneeded`; returns the names of what was removed, below the home."""
    names = unneeded(home, keep, rehearsed)
    # A release is there as long as its record is.
    for name in sorted(names, key=lambda name: not name.endswith(".json")):
        _files.discard(home / name)
    return sorted(names + _sweep(home))


def unneeded(home: Path, keep: int, rehearsed: float = REHEARSED_SECONDS) -> list[str]:
    """What can go. The launch in force stays, the newest others, the newest launch of each of ``keep`` releases, and
    what a scheduled run still uses.

    Launches that never were in force are no choice for a rollback and go. ``rehearsed`` is for how many seconds the
    work of a rehearsal stays. Returns names below the home.
    """
    launches = {path.name: _home.launch(home, path.name) for path in (home / "launches").iterdir()}
    kept = chosen(launches, _order(home, launches), keep)
    kept |= _cronstate.launches(home / "run" / "cron.json") & set(launches)
    needed, dropped = _references(launches, kept), _references(launches, set(launches) - kept)
    now = time.time()
    found = []
    for area in AREAS:
        for path in (home / area).iterdir():
            name = path.name[: -len(".json")] if path.suffix == ".json" else path.name
            unfinished = name.startswith(_files.STAGE)
            unused = name in dropped[area] or path.lstat().st_mtime < now - FRESH_SECONDS
            wanted = name in needed[area] or _rehearsed(home, area, name) > now - rehearsed
            if unfinished or (unused and not wanted):
                found.append(f"{area}/{path.name}")
    return sorted(found)


def _rehearsed(home: Path, area: str, name: str) -> float:
    """When a rehearsal made a virtualenv or a release, as seconds since the epoch; 0 for anything else."""
    paths = {"virtualenvs": home / area / name / _home.REHEARSED, "releases": home / area / f"{name}.json"}
    path = paths.get(area)
    if not path or (area == "releases" and not _files.read_json(path).get("rehearsed")):
        return 0.0
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _sweep(home: Path) -> list[str]:
    """Remove the unfinished files of processes that have ended; their names end with the process number."""
    removed = []
    for directory in UNFINISHED_IN:
        for path in (*home.glob(f"{directory}{_files.STAGE}*"), *home.glob(f"{directory}archive-*")):
            number = path.name.rpartition(".")[2].rpartition("-")[2]
            if number.isdigit() and not start_time(int(number)):
                _files.remove(path)
                removed.append(str(path.relative_to(home)))
    for path in (home / "run").glob("[an]-*.sock"):  # not every server removes its own
        if path.is_socket():
            remove_stale(str(path))
    return removed


def _order(home: Path, launches: dict[str, dict[str, Any]]) -> list[str]:
    """Launches by the last time they came in force, the newest first, the one in force before all."""
    rows = [row["launch"] for row in _history.read(home) if row["launch"] in launches]
    return list(dict.fromkeys([_home.current(home), *reversed(rows)]))


def chosen(launches: dict[str, dict[str, Any]], order: list[str], keep: int) -> set[str]:
    """The launches to keep of ``launches``, which were in force in this ``order``; always the first. Pure."""
    keep = max(keep, 1)
    order = [digest for digest in order if launches.get(digest)]
    newest: dict[str, str] = {}
    for digest in order:
        newest.setdefault(launches[digest]["process"]["release"], digest)
    return {*order[:keep], *list(newest.values())[:keep]}


def _references(launches: dict[str, dict[str, Any]], digests: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {area: set() for area in AREAS}
    found["launches"] = set(digests)
    for digest in digests:
        launch = launches[digest]
        if launch:
            found["releases"].add(launch["process"]["release"])
            found["virtualenvs"].add(launch["process"]["virtualenv"])
            found["conf/sets"].add(launch["conf"])
    return found
