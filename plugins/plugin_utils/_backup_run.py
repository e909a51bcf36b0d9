# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take one backup, or bring one back: between a host's agent and an archive here. PRIVATE to the collection."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _frames
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils import _backups, _remote_agent
from ansible_collections.pyhost.platform.plugins.plugin_utils._backup_file import Reader, Writer
from ansible_collections.pyhost.platform.plugins.plugin_utils._remote_agent import Ask, Progress, Said

DATA = "data.tar.gz"
"""The member that a restore sends first: it takes long, and the app runs meanwhile."""

PREFIX = "database-"
PATIENCE = 6 * 3600
"""Seconds that a backup or a restore may take on the host."""


@dataclass(frozen=True)
class Place:
    """One app on one host: ``ask`` gives the host a step, ``send`` brings it a file, ``tell`` prints a line."""

    app: str
    host: str
    who: str
    ask: Ask
    send: Callable[[Path], str]
    tell: Callable[[str], None]


def take(place: Place, folder: Path, look: dict[str, Any]) -> dict[str, Any]:
    """Write a backup below ``folder``; returns the row of it. Raises `PyhostError`, and then there is no file."""
    began, moment = time.monotonic(), time.time()
    writer = Writer(folder / place.app / _backups.file_name(place.app, place.host, _backups.stamp(moment)))
    try:
        ask = _begin(place, "backup", {})
        try:
            said = Said(ask)
            progress = Progress(f"{place.app} on {place.host}, backup", 0, place.tell)
            last = _copy(_frames.events(io.BufferedReader(said, _remote_agent.MOST)), writer, moment, progress, said)
        finally:
            _stop(ask)
        manifest = {
            "app": place.app,
            "host": place.host,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)),
            "by": place.who,
            **last["about"],
        }
        size = writer.finish(manifest, moment)
    except OSError as error:
        raise PyhostError(f"{writer.stage} cannot be written: {error.strerror or error}") from error
    finally:
        writer.abandon()
    return {
        "path": str(writer.path),
        "size": size,
        "seconds": round(time.monotonic() - began, 1),
        "members": writer.members,
        "expected": look["bytes"],
    }


def _copy(
    rows: Iterator[_frames.Event], writer: Writer, moment: float, progress: Progress, said: Said
) -> dict[str, Any]:
    about: dict[str, Any] = {}
    row: Any = None
    try:
        for row in rows:
            if isinstance(row, bytes):
                writer.write(row)
                progress(len(row))
            elif "begin" in row:
                writer.begin()
                about = {key: value for key, value in row.items() if key != "begin"}
            elif "end" in row:
                more = {key: value for key, value in row.items() if key not in ("end", "size", "sha256")}
                writer.end(str(row["end"]), moment, {**about, **more})
    except PyhostError as error:
        raise PyhostError(said.errors or str(error)) from error
    return _remote_agent.checked(row, said)


def bring_back(place: Place, reader: Reader, order: dict[str, Any], work: Path) -> dict[str, Any]:
    """Send the archive to the host, whose agent puts it in force; returns what that did. Raises `PyhostError`."""
    began = time.monotonic()
    ask = _begin(place, "restore", order)
    try:
        progress = Progress(f"{place.app} on {place.host}, restore", reader.size, place.tell)
        if _remote_agent.give(ask, place.send, _stream(reader, progress), work):
            ask({"step": "close"})
        said = Said(ask)
        try:
            last: Any = list(_frames.events(io.BufferedReader(said)))[-1]
        except PyhostError as error:
            raise PyhostError(said.errors or str(error)) from error
        answer = _remote_agent.checked(last, said)
    finally:
        _stop(ask)
    return {"did": answer["did"], "seconds": round(time.monotonic() - began, 1)}


def _stream(reader: Reader, progress: Progress) -> Iterator[bytes]:
    """The archive as the agent reads it: the data directory first, then every database, then that this was all."""
    members = reader.manifest["members"]
    for name in sorted(members, key=lambda name: name != DATA):
        if name != DATA and not name.startswith(PREFIX):
            continue
        row = members[name]
        about = {key: row[key] for key in ("service", "type", "server") if key in row}
        yield _remote_agent.line({"begin": name, **about})
        digest = hashlib.sha256()
        for data in reader.content(name):
            for start in range(0, len(data), _frames.PIECE):
                piece = data[start : start + _frames.PIECE]
                digest.update(piece)
                yield _remote_agent.line({"piece": len(piece)}) + piece
            progress(len(data))
        if digest.hexdigest() != row["sha256"]:
            raise PyhostError(f"{reader.path} changed while it was read")
        yield _remote_agent.line({"end": name, "size": row["size"], "sha256": row["sha256"]})
    yield _remote_agent.line({"all": True})


def _begin(place: Place, verb: str, order: dict[str, Any]) -> Ask:
    """Start the agent; what is returned asks this one and no other run's."""
    begun = place.ask({"step": "begin", "verb": verb, "order": order, "seconds": PATIENCE})

    def ask(step: dict[str, Any]) -> dict[str, Any]:
        return place.ask({**step, "token": begun["token"]})

    return ask


def _stop(ask: Ask) -> None:
    """Whatever came of it, nothing stays behind; mostly it has ended by itself."""
    try:
        ask({"step": "stop"})
    except PyhostError:
        return
