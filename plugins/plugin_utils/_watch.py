# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the action of a stage, a process of its own, to the callback that shows progress. PRIVATE to the collection.

One file for each host, replaced as a whole, in a directory of this run that only its user can read. Where that
directory is missing nobody watches, and nothing is written.
"""

from __future__ import annotations

import hashlib
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._progress import MOST, clean

CLOCK = time.monotonic
"""Of the machine, so it is the same for the action and the callback."""


def _folder() -> Path:
    return Path(C.DEFAULT_LOCAL_TMP) / "pyhost-progress"


@dataclass(frozen=True)
class Doing:
    """What a name does since a time of `CLOCK`; ``worked`` is how many seconds its work took before that, or in all."""

    name: str
    what: str
    since: float
    worked: float


@dataclass(frozen=True)
class Work:
    """A stage of a host, since a time of `CLOCK`, with what its names do, in the order in which they came."""

    host: str
    stage: str
    since: float
    rows: tuple[Doing, ...] = ()


def begin() -> None:
    """From now on somebody watches."""
    _folder().mkdir(mode=0o700, exist_ok=True)


def end() -> None:
    with suppress(OSError):
        _files.remove(_folder())


class Reporter:
    """Tells of the stage ``stage`` of ``host`` to whoever watches."""

    def __init__(self, host: str, stage: str) -> None:
        self.watched = _folder().is_dir()
        self._path = _folder() / f"{hashlib.sha256(host.encode()).hexdigest()[:16]}.json"
        self._about = {"host": host, "stage": stage}

    def __call__(self, progress: dict[str, Any]) -> None:
        if self.watched:
            text = json.dumps({**self._about, "at": CLOCK(), "progress": progress})
            with suppress(OSError):
                _files.write(self._path, text, mode=0o600)

    def done(self) -> None:
        if self.watched:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


def works() -> list[Work]:
    """What every host does now, in order of its name."""
    found = []
    for path in _folder().glob("*.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            found.append(read(json.loads(path.read_text(encoding="utf-8"))))
    return sorted(found, key=lambda work: work.host)


def read(value: dict[str, Any]) -> Work:
    """A file of `Reporter`; what it says comes from a host, and some of it from a tenant.

    Raises `KeyError`, `TypeError` or `ValueError` when it says nothing that makes sense.
    """
    at, progress = float(value["at"]), value["progress"]
    rows = tuple(
        Doing(clean(name), clean(what), at - float(seconds), float(worked))
        for name, what, seconds, worked in progress["rows"][:MOST]
    )
    return Work(str(value["host"]), str(value["stage"]), at - float(progress["seconds"]), rows)
