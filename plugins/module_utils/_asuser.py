# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read something as another user, in a forked child. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import pwd
import select
import signal
import time
from collections.abc import Sequence
from typing import Any, Callable

AT_ONCE = 16
SECONDS = 30.0
"""How long one block of children may take; what they read is their users' and may block (FIFOs)."""


def as_users(calls: Sequence[tuple[str, Callable[[], dict[str, Any]]]], seconds: float = 0) -> list[dict[str, Any]]:
    """Run each ``(user, function)`` in a child process of that user; results in order.

    A function that fails or does not end gives ``{"error": …}``. When this process is not root, everything runs
    as this process's own user. ``seconds`` is what `AT_ONCE` of them may take,
    0 for `SECONDS`.
    """
    results: list[dict[str, Any]] = []
    seconds = seconds or SECONDS
    for start in range(0, len(calls), AT_ONCE):
        pipes = [_fork(user, function) for user, function in calls[start : start + AT_ONCE]]
        end = time.monotonic() + seconds
        results.extend(_collect(*pipe, end, seconds) for pipe in pipes)
    return results


def _fork(user: str, function: Callable[[], dict[str, Any]]) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(reading)
        with os.fdopen(writing, "wb") as stream:
            stream.write(json.dumps(_result(user, function)).encode())
    finally:
        os._exit(0)


def _result(user: str, function: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        _become(user)
        return function()
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _become(user: str) -> None:
    if os.geteuid() != 0:
        return
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _collect(child: int, reading: int, end: float, seconds: float) -> dict[str, Any]:
    data = bytearray()
    with os.fdopen(reading, "rb", buffering=0) as stream:
        while select.select([stream], [], [], max(0.0, end - time.monotonic()))[0]:
            block = stream.read(1 << 16)
            if not block:
                break
            data += block
        else:
            os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        value = json.loads(data)
    except ValueError:
        return {"error": f"no answer within {seconds:.0f} s"}
    return value if isinstance(value, dict) else {}
