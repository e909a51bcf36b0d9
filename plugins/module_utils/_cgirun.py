# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process of CGI: what it reads, what it says, and when it has to end. PRIVATE to the collection."""

from __future__ import annotations

import errno
import os
import select
import selectors
import signal
import socket
import subprocess
import time
from contextlib import suppress
from functools import partial
from typing import IO, Callable, cast

from ansible_collections.pyhost.platform.plugins.module_utils import _cgianswer, _process
from ansible_collections.pyhost.platform.plugins.module_utils._cgirequest import Program

TICK = 0.2
"""Seconds between two looks at the clock."""

PATIENCE = 2.0
"""Seconds between the request to end and the end."""

PIECE = 1 << 16

NO_PROGRAM = (errno.ENOENT, errno.ENOEXEC, errno.EACCES)
"""Why a file that may be executed cannot be."""


class Gone(Exception):
    """The client does not want the answer any more."""


class Late(Exception):
    """The process took longer than it may."""


def refuse(connection: socket.socket, status: int) -> None:
    """Answer with a status alone."""
    connection.sendall(_cgianswer.page(status))


def gone(connection: socket.socket) -> bool:
    """Whether nginx has closed the connection, which it does when its client goes away."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    try:
        return bool(poll.poll(0)) and not connection.recv(1, socket.MSG_PEEK)
    except ConnectionResetError:
        return True


class Run:
    """One process for one request of ``connection``; ``say`` takes lines for the log."""

    def __init__(self, connection: socket.socket, path: str, timeout: float, say: Callable[[str], None]) -> None:
        self.connection = connection
        self.path = path
        self.timeout = timeout
        self.say = say
        self.cut = False
        self._kept = b""
        self._sent = False

    def go(self, program: Program, body: IO[bytes] | None) -> None:
        """Run it and pass on what it says; whatever goes wrong is 500 or 504, and a line in the log."""
        try:
            process = subprocess.Popen(
                program.words,
                cwd=program.cwd,
                env=program.environment,
                stdin=body or subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=partial(_process.end_with_parent, signal.SIGKILL),
            )
        except OSError as error:
            hint = "; its first line has to name a program after #!" if error.errno in NO_PROGRAM else ""
            self._fail(500, f"cannot be started: {error.strerror}{hint}")
            return
        end = time.monotonic() + self.timeout
        with process:
            try:
                self._pass_on(process, end)
                self._last(self._ended(process, end))
            except ValueError as error:
                self._fail(500, str(error))
            except Late:
                why = "the app is ending" if self.cut else f"it took {self.timeout:.0f} s (config: cgi_timeout)"
                self._fail(504, f"was ended: {why}")
            except (Gone, OSError):
                self.say(f"{self.path}: the client went away")
            finally:
                if process.returncode is None:
                    _end(process)

    def _pass_on(self, process: subprocess.Popen[bytes], end: float) -> None:
        """Everything up to the end of its output."""
        output = cast("IO[bytes]", process.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            selector.register(self.connection, selectors.EVENT_READ)
            while True:
                if self.cut or time.monotonic() > end:
                    raise Late
                ready = {key.fileobj for key, _mask in selector.select(TICK)}
                if output in ready:
                    data = os.read(output.fileno(), PIECE)
                    if not data:
                        return
                    self._take(data)
                elif self.connection in ready and gone(self.connection):
                    raise Gone

    def _take(self, data: bytes) -> None:
        """Nothing is sent before the first byte of the body: until then it may still fail as a whole."""
        if self._sent:
            self.connection.sendall(data)
            return
        self._kept += data
        parts = _cgianswer.split(self._kept)
        if parts is None:
            if len(self._kept) > _cgianswer.MOST:
                raise ValueError(f"its header is longer than {_cgianswer.MOST} bytes")
            return
        header, rest = parts
        if rest:
            self.connection.sendall(_cgianswer.fitted(header) + rest)
            self._sent, self._kept = True, b""

    def _ended(self, process: subprocess.Popen[bytes], end: float) -> int:
        """Its exit status; what closed its output may work on until its time is over."""
        if self._sent:
            self.connection.shutdown(socket.SHUT_WR)
        while process.poll() is None:
            if self.cut or time.monotonic() > end:
                raise Late
            with suppress(subprocess.TimeoutExpired):
                process.wait(TICK)
        return process.returncode

    def _last(self, status: int) -> None:
        how = f"ended with status {status}" if status >= 0 else f"was ended by {signal.Signals(-status).name}"
        if self._sent:
            if status:
                self.say(f"{self.path}: {how}")
            return
        parts = _cgianswer.split(self._kept)
        try:
            header = _cgianswer.fitted(parts[0] if parts else self._kept)
        except ValueError as error:
            self._fail(500, f"{how}: {error}")
            return
        if status:
            self._fail(500, how)
        else:
            self.connection.sendall(header)

    def _fail(self, status: int, why: str) -> None:
        self.say(f"{self.path}: {why}")
        if not self._sent:
            with suppress(OSError):
                refuse(self.connection, status)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started and left in its group."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
            if number == signal.SIGTERM and not _process.members(process.pid):
                return
