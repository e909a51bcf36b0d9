# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent that a backup or a restore has on a host, as a stream. PRIVATE to the collection."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

MOST = 4 << 20
"""Bytes of one call; their text is a third longer."""

EVERY = 10.0
"""Seconds between two lines of progress."""

Ask = Callable[[dict[str, Any]], dict[str, Any]]


class Said(io.RawIOBase):
    """What the agent says, to be read from. ``ask`` gives the host a step and returns its answer."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._kept = memoryview(b"")
        self._over = False
        self.errors = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._kept and not self._over:
            row = self._ask({"step": "take", "most": MOST})
            self._kept = memoryview(base64.b64decode(row["data"]))
            self._over = bool(row["end"])
            self.errors = str(row.get("errors", ""))
        count = min(len(buffer), len(self._kept))
        buffer[:count] = self._kept[:count]
        self._kept = self._kept[count:]
        return count


def give(ask: Ask, send: Callable[[Path], str], pieces: Iterable[bytes], work: Path) -> bool:
    """Hand ``pieces`` to the agent, in files that ``send`` brings to the host; false if it does not listen any more."""
    path, kept = work / "piece", bytearray()

    def hand_on(data: bytes) -> bool:
        path.write_bytes(data)
        remote = send(path)
        while True:
            row = ask({"step": "give", "path": remote})
            if row["end"]:
                return False
            if row["taken"]:
                return True

    for piece in pieces:
        kept += piece
        while len(kept) >= MOST:
            if not hand_on(bytes(kept[:MOST])):
                return False
            del kept[:MOST]
    return hand_on(bytes(kept)) if kept else True


def line(row: dict[str, Any]) -> bytes:
    """A line of the stream that `_frames` describes."""
    return json.dumps(row).encode() + b"\n"


def checked(row: Any, said: Said) -> dict[str, Any]:
    """The last row of a stream, if it says that all is well; else raises `PyhostError`."""
    if isinstance(row, dict) and row.get("ok"):
        return row
    error = row.get("error") if isinstance(row, dict) else ""
    raise PyhostError(str(error or said.errors or "the agent on the host ended without an answer"))


class Progress:
    """Tells now and then how far it is."""

    def __init__(self, what: str, total: int, tell: Callable[[str], None]) -> None:
        self._what = what
        self._total = total
        self._tell = tell
        self._done = 0
        self._next = time.monotonic() + EVERY

    def __call__(self, count: int) -> None:
        self._done += count
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            of = f" of {megabytes(self._total)}" if self._total else ""
            self._tell(f"{self._what}: {megabytes(self._done)}{of}")


def megabytes(count: int) -> str:
    """``1.2 MB``."""
    return f"{count / (1 << 20):.1f} MB"
