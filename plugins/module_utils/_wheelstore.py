# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of shared wheels: root's, and readable by all. PRIVATE to the collection.

``PLACE/FILE.whl`` appears by a rename, then ``PLACE/NAME-VERSION.json`` that says what is in it, or why there is
none. Root writes bytes and never looks into them.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin

STORE = Path("/opt/pyhost/wheels")
STAGE = ".stage"

DAY = 24 * 3600.0
SERVES = 30 * DAY
"""Seconds that a wheel is offered before it is fetched anew: what an index withdraws goes from here, too."""

REFUSED = DAY
"""Seconds before a package that could not be had is tried again."""

MOST = 2 << 30
"""Bytes of all wheels; the oldest go first."""

BLOCK = 1 << 20


class Store:
    """Everything is by place (`_wheels.place`) and pin."""

    def __init__(self, root: Path = STORE) -> None:
        self.root = root

    def knows(self, place: str, pin: Pin) -> bool:
        """Whether there is nothing to fetch: it is here, or was refused a short while ago."""
        marker = self._marker(place, pin)
        return bool(marker) and (_age(marker) < (REFUSED if "refused" in marker else SERVES))

    def offers(self, place: str, pins: Mapping[Pin, frozenset[str]], hashed: bool) -> list[dict[str, str]]:
        """What of ``pins`` is here; where hashes are required, only what has one of them."""
        found = []
        for pin, hashes in pins.items():
            marker = self._marker(place, pin)
            if "file" not in marker or _age(marker) >= SERVES or (hashed and marker["sha256"] not in hashes):
                continue
            path = self.root / place / marker["file"]
            if path.is_file() and path.stat().st_size == marker["size"]:
                row = {"name": pin.name, "file": marker["file"], "path": str(path), "sha256": marker["sha256"]}
                found.append(row)
        return found

    def stage(self) -> Path:
        """A name for a new file, in a directory that only root enters."""
        return _directory(_directory(self.root) / STAGE, 0o700) / uuid.uuid4().hex

    def adopt(self, place: str, pin: Pin, stage: Path, row: Mapping[str, Any]) -> None:
        """Let the staged wheel appear, with its ``file`` name, ``size`` and ``sha256`` as ``row`` has them."""
        os.chmod(stage, 0o644)
        os.replace(stage, self._made(place) / row["file"])
        self._write(place, pin, {name: row[name] for name in ("file", "size", "sha256")})

    def refuse(self, place: str, pin: Pin, why: str) -> None:
        """Remember why it cannot be had, so that not every run tries again."""
        self._made(place)
        self._write(place, pin, {"refused": why})

    def prune(self) -> None:
        """Remove what is no longer offered, the oldest beyond `MOST`, and what a killed run left.

        A build that was offered something a moment ago may still read it, hence the day; one that finds it gone all the
        same does without.
        """
        rows = sorted(
            ((_files.read_json(path), path) for path in self.root.glob("*/*/*.json")), key=lambda row: _age(row[0])
        )
        size, kept = 0, set()
        for marker, path in rows:
            size += marker.get("size", 0)
            if _age(marker) > SERVES + DAY or size > MOST:
                path.unlink(missing_ok=True)
                path.with_name(marker.get("file", path.name)).unlink(missing_ok=True)
            elif "file" in marker:
                kept.add(path.with_name(marker["file"]))
        for path in [*self.root.glob("*/*/*.whl"), *(self.root / STAGE).glob("*")]:
            if path not in kept and _old(path):
                path.unlink(missing_ok=True)
        for path in [*self.root.glob("*/*"), *self.root.glob("*")]:
            if path.is_dir() and path.name != STAGE and not any(path.iterdir()):
                path.rmdir()

    def _made(self, place: str) -> Path:
        directory = _directory(self.root)
        for part in place.split("/"):
            directory = _directory(directory / part)
        return directory

    def _marker(self, place: str, pin: Pin) -> dict[str, Any]:
        return _files.read_json(self.root / place / f"{pin.name}-{pin.version}.json")

    def _write(self, place: str, pin: Pin, content: dict[str, Any]) -> None:
        path = self.root / place / f"{pin.name}-{pin.version}.json"
        _files.write(path, json.dumps({**content, "time": time.time()}, sort_keys=True), mode=0o644)


def copy(stream: BinaryIO, path: Path, size: int) -> str:
    """Write the next ``size`` bytes of ``stream`` to the new file ``path``; their SHA-256."""
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        while size:
            block = stream.read(min(size, BLOCK))
            if not block:
                raise PyhostError("it ended early")
            digest.update(block)
            out.write(block)
            size -= len(block)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _directory(path: Path, mode: int = 0o755) -> Path:
    """The directory ``path``, whatever root's own umask is."""
    if not path.is_dir():
        path.mkdir(mode=mode, parents=True, exist_ok=True)
        path.chmod(mode)
    return path


def _age(marker: Mapping[str, Any]) -> float:
    """Seconds since it was fetched; a clock that was set back makes nothing young for ever."""
    return abs(time.time() - float(marker.get("time", 0)))


def _old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > DAY
    except OSError:
        return False
