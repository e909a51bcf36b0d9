# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a program with a deadline. The only file that starts processes in a cell. PRIVATE to the collection."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

TAIL = 20
"""Lines of output that an error shows."""

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
    """A program outlived its deadline."""


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
) -> Finished:
    """Run ``argv`` without a shell in a process group of its own and wait until it or the deadline ends.

    ``env`` is the whole environment. With ``errors`` false the second stream is dropped. Of the output the
    last ``read`` bytes are kept. Raises
    `PyhostError` when the program cannot be started, and `Overdue` when it outlives the deadline; it is killed
    then, with everything it started in its group.
    """
    with tempfile.TemporaryFile() as output:
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
            )
        except OSError as error:
            raise PyhostError(f"{argv[0]} cannot be started: {error.strerror}") from error
        try:
            status = process.wait(timeout=max(0.0, deadline.left()))
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            end = Finished(-9, _end_of(output, read)).tail()
            said = f"; its last lines:\n{end}" if end else " and said nothing"
            name = os.path.basename(argv[0])
            raise Overdue(f"{name} did not end within {deadline.seconds:.0f} s{said}") from error
        return Finished(status, _end_of(output, read))


def _end_of(stream: BinaryIO, read: int) -> str:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - read))
    return stream.read().decode("utf-8", "replace")
