# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stage that takes longer than one call of the controller. PRIVATE to the collection.

It runs in a child with a session of its own. One that ends within `PATIENCE` is answered by the call that began it, as
if there were no child. For one that does not, a keeper stays, which listens at a socket: the controller asks again,
hears how far the stage has come, and at last its answer. So a stage outlives its connection, and so does its answer,
for `KEPT` seconds.

The socket is in a directory that only this user may enter; nothing of a stage is written to a disk.
"""

from __future__ import annotations

import json
import os
import re
import select
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW, Record

PATIENCE = 3.0
"""Seconds that the call which began a stage waits for its end."""

KEPT = 30.0
"""Seconds that an answer waits for being asked for: a lost connection takes some until there is another."""

LONGEST_POLL = 60.0
COMING = 1.0
"""Seconds that a socket may take to appear, besides `PATIENCE`: the call that began the stage may have been cut off."""

ROOTS = Path("/run/pyhost-jobs")
KILLED = {
    "failed": True,
    "changed": False,
    "msg": "this stage was killed, or the host restarted, before it had an answer; run again: what was done counts",
}
NAME = re.compile(r"[0-9a-f]{32}")

Work = Callable[[], dict[str, Any]]


def folder() -> Path:
    """The directory of the sockets: root's is gone after a boot, another user's is beside our code."""
    if os.geteuid() == 0:
        return ROOTS
    return Path(os.path.abspath(sys.argv[0])).parent.with_name("jobs")


def begin(work: Work, name: str, folder: Path, patience: float = PATIENCE) -> dict[str, Any] | None:
    """The answer of ``work``, or how far it is (`_Keeper.running`) when that takes longer than ``patience`` seconds.

    Then it is kept as ``name`` in ``folder``. None when its process ended without an answer.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(work, writing)
    os.close(writing)
    keeper = _Keeper(reading)
    end = time.monotonic() + patience
    while not keeper.ended and time.monotonic() < end:
        keeper.hear(end - time.monotonic())
    if keeper.ended:
        os.waitpid(child, 0)
        return keeper.answer
    keeper.stay(name, folder)
    return keeper.running()


def keep(answer: dict[str, Any], name: str, folder: Path) -> None:
    """Have ``answer``, which could not be delivered, wait for being asked for."""
    keeper = _Keeper(-1)
    keeper.answer, keeper.ended = answer, True
    keeper.stay(name, folder)


def ask(question: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the keeper ``question["name"]`` says: the answer of its stage, or how far that is.

    It waits ``seconds`` for news besides the events ``seen``, and at least ``gap`` seconds unless these are the answer.
    ``unknown`` is true in what it says when there is no such keeper.
    """
    name = str(question["name"])
    end = time.monotonic() + PATIENCE + COMING
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(LONGEST_POLL + COMING)
        while True:
            try:
                _connect(line, name, folder)
                break
            except OSError:
                if time.monotonic() > end:
                    return {**KILLED, "unknown": True}
            time.sleep(0.1)
        try:
            line.sendall(json.dumps(question).encode() + b"\n")
            with line.makefile("rb") as stream:
                row = json.loads(stream.read())
        except (OSError, ValueError):
            return KILLED
    return dict(row)


def _connect(line: socket.socket, name: str, folder: Path) -> None:
    """By a path of few bytes: that of a socket may have no more than 107 (unix(7))."""
    if not NAME.fullmatch(name):
        raise FileNotFoundError(name)
    os.chdir(folder)
    line.connect(name)


def _work(work: Work, writing: int) -> None:
    """In the child: do the work, tell of its events and its answer in lines of JSON, and end."""
    try:
        _leave()

        def tell(*event: str) -> None:
            with suppress(OSError):
                _write(writing, {"event": event})

        NOW.listener = tell
        try:
            answer = work()
        except BaseException as error:
            text = f"an error of our own: {type(error).__name__}: {error}"
            answer = {"failed": True, "changed": False, "msg": text, "exception": traceback.format_exc()}
        NOW.listener = None
        _write(writing, {"answer": answer})
    finally:
        os._exit(0)


def _leave() -> None:
    """Into a session of its own, with nothing open that is the connection's."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)


def _write(descriptor: int, row: dict[str, Any]) -> None:
    data = memoryview(json.dumps(row).encode() + b"\n")
    while data:
        data = data[os.write(descriptor, data) :]


class _Keeper:
    """Hears of a stage at the pipe ``reading``, and tells of it."""

    def __init__(self, reading: int) -> None:
        self._reading = reading
        self._kept = bytearray()
        self._asking: list[tuple[socket.socket, dict[str, Any], float]] = []
        self.record = Record()
        self.answer: dict[str, Any] | None = None
        self.ended = False

    def hear(self, seconds: float, *others: socket.socket) -> list[socket.socket]:
        """Wait for the stage, or one of ``others``, to say something; returns which of ``others`` did."""
        watched: list[Any] = [*([] if self.ended else [self._reading]), *others]
        found = select.select(watched, [], [], max(0.0, seconds))[0]
        if self._reading in found:
            self._take(os.read(self._reading, 1 << 16))
        return [one for one in found if one != self._reading]

    def _take(self, data: bytes) -> None:
        if not data:
            self.ended = True
            os.close(self._reading)
            return
        self._kept += data
        if b"\n" not in data:
            return
        *lines, rest = bytes(self._kept).split(b"\n")
        self._kept = bytearray(rest)
        for line in lines:
            row = json.loads(line)
            if "event" in row:
                self.record.doing(*row["event"])
            else:
                self.answer = row["answer"]

    def running(self) -> dict[str, Any]:
        return {"running": self.record.changes, "progress": self.record.snapshot()}

    def stay(self, name: str, folder: Path) -> None:
        """Fork the process that stays, when its socket can be asked already."""
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chdir(folder)
        _sweep(folder)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(name)
            listener.listen(4)
            if os.fork() == 0:
                try:
                    _leave()
                    self._serve(listener, name)
                finally:
                    os._exit(0)
        if not self.ended:
            os.close(self._reading)

    def _serve(self, listener: socket.socket, name: str) -> None:
        while not self.ended:
            for one in self.hear(self._due(), listener):
                self._accept(one)
            self._tell_due()
        end = time.monotonic() + KEPT
        while not self._asking and time.monotonic() < end:
            for one in self.hear(end - time.monotonic(), listener):
                self._accept(one)
        os.unlink(name)  # First: whoever hears the answer and cannot hand it on keeps it under this name.
        _send(self._asking, self.answer or KILLED)

    def _accept(self, listener: socket.socket) -> None:
        line, _address = listener.accept()
        line.settimeout(COMING)
        try:
            with line.makefile("rb") as stream:
                question = json.loads(stream.readline())
            self._asking.append((line, question, time.monotonic()))
        except (OSError, ValueError):
            line.close()

    def _due(self) -> float:
        """Seconds until somebody has to be told something, whatever happens."""
        now = time.monotonic()
        times = [self._time(question, since) - now for _line, question, since in self._asking]
        return min([COMING, *times])

    def _time(self, question: dict[str, Any], since: float) -> float:
        news = self.record.changes != question["seen"]
        return since + min(LONGEST_POLL, float(question["gap"] if news else question["seconds"]))

    def _tell_due(self) -> None:
        now = time.monotonic()
        due = [one for one in self._asking if self._time(one[1], one[2]) <= now]
        self._asking = [one for one in self._asking if one not in due]
        _send(due, self.running())


def _send(asking: list[tuple[socket.socket, dict[str, Any], float]], row: dict[str, Any]) -> None:
    for line, _question, _since in asking:
        with line, suppress(OSError):
            line.sendall(json.dumps(row).encode())


def _sweep(folder: Path) -> None:
    """Remove the sockets of keepers that were killed."""
    for name in os.listdir(folder):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            try:
                line.connect(name)
            except ConnectionRefusedError:
                with suppress(OSError):
                    os.unlink(name)
            except OSError:
                continue
