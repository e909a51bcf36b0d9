# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command to its end, or fail with what it said."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.tools.process import ToolError

SECONDS = 3600


@dataclass(frozen=True)
class Command:
    """What is run, where, with which environment and standard input."""

    words: list[str]
    environment: Mapping[str, str]
    folder: Path
    data: bytes | None = None


@dataclass(frozen=True)
class Ran:
    """The seconds of a command, and what it printed."""

    seconds: float
    output: str


def timed(command: Command, what: str) -> Ran:
    """Run ``command``; ``what`` says on the terminal what took how long."""
    begun = time.monotonic()
    done = subprocess.run(
        command.words,
        env=dict(command.environment),
        cwd=command.folder,
        input=command.data,
        stdin=subprocess.DEVNULL if command.data is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=SECONDS,
        check=False,
    )
    seconds = time.monotonic() - begun
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise ToolError(f"{what}: exit status {done.returncode}\n{output[-4000:]}")
    say(f"{what}: {seconds:.2f} s")
    return Ran(seconds, output)


def say(text: str) -> None:
    """Tell who watches, at once; results go to standard output."""
    print(text, file=sys.stderr, flush=True)
