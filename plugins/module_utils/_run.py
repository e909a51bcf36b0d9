# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program with a deadline. The only file that starts processes in a cell. PRIVATE to the collection."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._process import end_with_parent

TAIL = 20
"""Lines of output that an error shows."""

MOST_SECONDS = 2**31 / 1000 - 1
"""What poll(2) can be told to wait, 24 days."""

READ = 64 * 1024
"""Bytes read from the end of a program's output; a program that floods costs disk, not memory."""


@dataclass(frozen=True)
class Finished:
    """What a program left: its exit status and the end of its output (both streams, in order)."""

    status: int
    output: str

    def tail(self, lines: int = TAIL) -> str:
        return "\n".join(self.output.strip().splitlines()[-lines:])


class Overdue(PyhostError):
    """A program outlived its deadline; ``finished`` is what it left."""

    def __init__(self, text: str, finished: Finished) -> None:
        self.finished = finished
        super().__init__(text)


class Deadline:
    """One point in time that several steps share."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return self._end - time.monotonic()


def run(
    argv: Sequence[str],
    deadline: Deadline,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
    errors: bool = True,
    read: int = READ,
    log: Path | None = None,
) -> Finished:
    """Run ``argv`` without a shell in a process group of its own and wait until it or the deadline ends.

    ``env`` is the whole environment. With ``errors`` false the second stream is dropped. Of the output the
    last ``read`` bytes are kept, and with ``log`` all of it is appended to that file as it comes. Raises
    `PyhostError` when the program cannot be started, and `Overdue` when it outlives the deadline; it is killed
    then, with everything it started in its group. It is killed too when the caller ends.
    """
    with _output(log) as output:
        start = output.seek(0, os.SEEK_END)
        try:
            # Ansible's run_command knows no deadline, and the agent has no Ansible.
            process = subprocess.Popen(  # pylint: disable=ansible-bad-function
                list(argv),
                cwd=cwd,
                env=None if env is None else dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
                start_new_session=True,
                # An agent that is killed, in account scope by whatever ends it, leaves no installer at work.
                preexec_fn=partial(end_with_parent, signal.SIGKILL),  # pylint: disable=subprocess-popen-preexec-fn
            )
        except OSError as error:
            raise PyhostError(f"{argv[0]} cannot be started: {error.strerror}") from error
        try:
            status = _status(process, max(0.0, deadline.left()))
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            finished = Finished(-9, _end_of(output, start, read))
            end = finished.tail()
            said = f"; its last lines:\n{end}" if end else " and said nothing"
            name = os.path.basename(argv[0])
            raise Overdue(f"{name} did not end within {deadline.seconds:.0f} s{said}", finished) from error
        return Finished(status, _end_of(output, start, read))


def _status(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Wait for the end of ``process``; raises `subprocess.TimeoutExpired` after ``seconds``.

    `subprocess.Popen.wait` looks every 50 ms when it has a timeout, and there are many programs that take less; the
    kernel tells at once (pidfd_open(2), since Linux 5.3).
    """
    try:
        descriptor = os.pidfd_open(process.pid)
    except (AttributeError, OSError):
        return process.wait(timeout=seconds)
    try:
        end = select.poll()
        end.register(descriptor, select.POLLIN)
        ended = end.poll(min(seconds, MOST_SECONDS) * 1000)
    finally:
        os.close(descriptor)
    return process.wait(timeout=None if ended else 0)


def _output(log: Path | None) -> BinaryIO:
    if log is None:
        return tempfile.TemporaryFile()
    descriptor = os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o640)
    return os.fdopen(descriptor, "r+b")


def _end_of(stream: BinaryIO, start: int, read: int) -> str:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(start, size - read))
    return stream.read().decode("utf-8", "replace")
