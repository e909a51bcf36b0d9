# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of the repository and the one way to run a command."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"

# What a machine may need to verify TLS through its own certificate bundle. Passed on to tests, never a default.
CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")


class ToolError(Exception):
    """A failure with a text for the person who runs the tests."""


def certificate_environment() -> dict[str, str]:
    """Return the certificate settings of the environment; empty on most machines."""
    found = {name: os.environ[name] for name in CERTIFICATE_VARIABLES if os.environ.get(name)}
    if not found:
        return {}
    bundle = found.get("SSL_CERT_FILE") or found.get("PIP_CERT") or found["REQUESTS_CA_BUNDLE"]
    return {name: found.get(name, bundle) for name in CERTIFICATE_VARIABLES}


def run(
    command: Sequence[str],
    *,
    check: bool = True,
    data: bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command with its output captured; a failure shows the end of that output."""
    try:
        done = subprocess.run(
            command,
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            check=False,
        )
    except FileNotFoundError as error:
        raise ToolError(f"command not found: {command[0]}") from error
    output = done.stdout.decode(errors="replace")
    if check and done.returncode:
        tail = "\n".join(output.splitlines()[-30:])
        raise ToolError(f"exit status {done.returncode}: {shlex.join(command)}\n{tail}")
    return subprocess.CompletedProcess(command, done.returncode, output, "")


def wait_for(what: str, ready: Callable[[], bool], *, seconds: float) -> None:
    """Ask until ``ready`` says yes; fail at the deadline."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ToolError(f"{what}: not ready within {seconds:.0f} seconds")
        time.sleep(0.2)
