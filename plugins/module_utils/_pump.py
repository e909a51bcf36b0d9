# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that lives from one call of the controller to the next. PRIVATE to the collection.

What a backup sends is larger than memory and disk would hold at once, and a call of Ansible has one answer. So a
process of ours stays between the calls and keeps the program's pipes: each call takes some bytes, or gives some. Where
nobody calls for `IDLE` seconds the pipes close, as they do when this process is killed, and the program has to end of
that.
"""

from __future__ import annotations

import json
import os
import queue
import select
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

IDLE = 120.0
"""Seconds without a call after which nobody is thought to come back."""

TAKEN_OVER = 5.0
"""Seconds without a call after which another run may end the program and begin anew."""

PATIENCE = 15.0
"""Seconds that one call waits for bytes, at most."""

BLOCK = 1 << 16


def start(path: Path, words: Sequence[str], job: dict[str, Any], cwd: str) -> str:
    """Run ``words`` and hold it at the socket ``path``, whose directory only this user may enter.

    ``job`` is the first line of its input. Returns a word by which `call` is told from that of another run. Raises
    `PyhostError` when another run is at it.
    """
    _take_over(path)
    token = uuid.uuid4().hex
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen(1)
    child = os.fork()
    if child:
        listener.close()
        os.waitpid(child, 0)
        return token
    try:
        if os.fork() == 0:
            _detach(listener.fileno())
            _Pump(path, listener, words, job, cwd, token).serve()
    finally:
        os._exit(0)


def _take_over(path: Path) -> None:
    try:
        row, _data = call(path, "idle")
    except PyhostError:
        path.unlink(missing_ok=True)  # its process was killed
        return
    if row["idle"] < TAKEN_OVER:
        raise PyhostError(f"another run is at it: {row['who']}; run again when it has ended")
    call(path, "leave")
    end = time.monotonic() + PATIENCE
    while path.exists() and time.monotonic() < end:
        time.sleep(0.05)


def _detach(keep: int) -> None:
    """Nothing of the caller's is held open, so the caller's connection can end."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    most = max(int(name) for name in os.listdir("/proc/self/fd"))
    os.closerange(3, keep)
    os.closerange(keep + 1, most + 1)


def call(path: Path, verb: str, token: str = "", data: bytes = b"", most: int = 0) -> tuple[dict[str, Any], bytes]:
    """Ask the process at ``path``, by the word that `start` gave: its answer, and the bytes that come with it.

    ``take`` gets ``most`` bytes of what the program says, ``give`` hands ``data`` to it unless it is busy, ``close``
    ends what it hears, ``stop`` ends all. ``idle`` and ``leave`` are for another run. Raises `PyhostError` when
    there is none, or one of another run.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(IDLE)
        try:
            line.connect(str(path))
            line.sendall(
                json.dumps({"verb": verb, "token": token, "size": len(data), "most": most}).encode() + b"\n" + data
            )
            with line.makefile("rb") as stream:
                row = json.loads(stream.readline())
                if row.get("foreign"):
                    raise PyhostError("what was at work on the host gave way to another run")
                return row, stream.read(row["size"])
        except (OSError, ValueError) as error:
            raise PyhostError(f"what was at work on the host has ended: {error}") from error


class _Pump:
    def __init__(
        self, path: Path, listener: socket.socket, words: Sequence[str], job: dict[str, Any], cwd: str, token: str
    ) -> None:
        self.path = path
        self.token = token
        self.own = path.lstat().st_ino
        self.listener = listener
        self.who = str(job.get("claim", {}).get("who", ""))
        self.called = time.monotonic()
        # Ansible's run_command waits for the end.
        self.process = subprocess.Popen(  # pylint: disable=ansible-bad-function,consider-using-with
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            start_new_session=True,
        )
        self.deaf = False
        self.given: queue.Queue[bytes | None] = queue.Queue(maxsize=2)
        self.given.put(json.dumps(job).encode() + b"\n")
        threading.Thread(target=self._hand_on, daemon=True).start()

    def _hand_on(self) -> None:
        """Give the program what was given to us, as fast as it takes it."""
        stream = self._pipe("stdin")
        with suppress(OSError, ValueError):
            while True:
                data = self.given.get()
                if data is None:
                    break
                stream.write(data)
                stream.flush()
        self.deaf = True
        with suppress(OSError):
            stream.close()
        while True:  # nobody waits for room
            self.given.get()

    def serve(self) -> None:
        try:
            while time.monotonic() - self.called < IDLE:
                self.listener.settimeout(1)
                try:
                    line, _address = self.listener.accept()
                except socket.timeout:
                    continue
                with line, suppress(OSError, ValueError, KeyError):
                    line.settimeout(IDLE)
                    with line.makefile("rwb") as stream:
                        if not self._answer(stream):
                            return
        finally:
            self._give_up_name()

    def _give_up_name(self) -> None:
        """Remove the socket, unless it is that of another run already."""
        with suppress(OSError):
            if self.path.lstat().st_ino == self.own:
                self.path.unlink()

    def _answer(self, stream: Any) -> bool:
        """Whether there will be another call."""
        asked = json.loads(stream.readline())
        verb, idle = asked["verb"], time.monotonic() - self.called
        row: dict[str, Any] = {}
        data = b""
        if verb not in ("idle", "leave") and asked["token"] != self.token:
            stream.write(b'{"foreign": true, "size": 0}\n')
            return True
        if verb != "idle":
            self.called = time.monotonic()
        if verb == "take":
            data, row["end"] = self._take(asked["most"])
            if row["end"]:
                row.update(self._ended())
        elif verb == "give":
            row["taken"] = self._give(stream.read(asked["size"]))
            row["end"] = self.deaf
        elif verb == "close":
            self._give(None)
        elif verb == "idle":
            row.update({"idle": idle, "who": self.who})
        more = verb not in ("stop", "leave") and not row.get("ended", False)
        if not more:  # Whoever has this answer may begin anew.
            self._give_up_name()
        stream.write(json.dumps({**row, "size": len(data)}).encode() + b"\n" + data)
        stream.flush()
        self.called = time.monotonic() if verb != "idle" else self.called
        return more

    def _take(self, most: int) -> tuple[bytes, bool]:
        """What the program says, at most ``most`` bytes, and whether that was the last."""
        stream = self._pipe("stdout")
        found, end = bytearray(), time.monotonic() + PATIENCE
        while len(found) < most:
            left = 0.2 if found else end - time.monotonic()
            if not select.select([stream], [], [], max(0.0, left))[0]:
                break
            block = os.read(stream.fileno(), min(BLOCK, most - len(found)))
            if not block:
                return bytes(found), True
            found += block
        return bytes(found), False

    def _ended(self) -> dict[str, Any]:
        """How the program ended; what it complained of is short, and nobody reads it before."""
        self._give(None)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return {"status": -1, "errors": "it closed its output and did not end", "ended": True}
        text = self._pipe("stderr").read(BLOCK).decode("utf-8", "replace")
        return {"status": status, "errors": text.strip(), "ended": True}

    def _give(self, data: bytes | None) -> bool:
        """Whether ``data`` will be handed on; the program may be busy with what it has."""
        if self.deaf:
            return False
        try:
            self.given.put(data, timeout=PATIENCE)
        except queue.Full:
            return False
        return True

    def _pipe(self, name: str) -> BinaryIO:
        stream: BinaryIO = getattr(self.process, name)
        return stream
