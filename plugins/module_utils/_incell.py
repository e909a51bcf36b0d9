# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the agent in a cell: as its user, confined, under a deadline. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any, BinaryIO, Callable, TypeVar

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._progress import DONE, EVENT, FAILED, NOW
from ansible_collections.pyhost.platform.plugins.module_utils._unit import confinement

T = TypeVar("T")
R = TypeVar("R")

COMING = ("build", "rehearse", "hook")
"""Verbs that prepare a version which does not serve yet; what they run sees that one at the platform's paths."""

MARGIN = 30
"""Seconds that the unit may outlive the deadline inside it."""

FIRST = {
    "release": "bringing code",
    "build": "preparing",
    "rehearse": "preparing",
    "predict": "resolving",
    "configure": "configuring",
    "hook": "release hook",
    "rollout": "starting",
}
"""What a verb does as long as the agent has not told more."""


def call(
    cell: Cell,
    verb: str,
    job: dict[str, Any],
    seconds: float,
    attachment: BinaryIO | None = None,
) -> dict[str, Any]:
    """The agent's answer to ``verb``; ``{"ok": False, "error": …}`` when there is none.

    ``seconds`` is the time of the work itself; waiting for the app's lock, as ``job["claim"]`` allows, comes on top.

    In system scope the agent is a transient unit: it has the cell's view of the disk and its limits, and
    it runs on when the connection to the host is lost.
    """
    seconds += job.get("claim", {}).get("wait", 0)
    words = command(cell, verb, seconds)
    NOW.doing(cell.name, FIRST.get(verb, verb))
    reading, writing = os.pipe()
    # Ansible's run_command cannot hand an archive on while it runs.
    with subprocess.Popen(  # pylint: disable=ansible-bad-function
        words,
        stdin=subprocess.PIPE,
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd="/" if cell.scope == "system" else cell.home,
        start_new_session=True,
    ) as process:
        os.close(writing)
        said = _Said(os.fdopen(reading, "rb"), cell.name)
        errors = _talk(process, job, attachment, seconds + 2 * MARGIN)
    said.join(MARGIN)
    try:
        answer = json.loads(said.last)
    except ValueError:
        text = errors.decode("utf-8", "replace").strip() or f"exit status {process.returncode}"
        return {"ok": False, "error": f"{verb} did not finish: {text}"}
    return answer if isinstance(answer, dict) else {"ok": False, "error": f"{verb}: {answer}"}


class _Said(threading.Thread):
    """Reads what the agent of ``name`` says: lines of `tell` on the way, and at the ``last`` its answer."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        super().__init__(daemon=True)
        self.last = b""
        self._stream, self._name = stream, name
        self.start()

    def run(self) -> None:
        with self._stream:
            for line in self._stream:
                if line.startswith(EVENT):
                    NOW.doing(self._name, line[len(EVENT) :].decode("utf-8", "replace").strip())
                elif line.strip():
                    self.last = line


def command(cell: Cell, verb: str, seconds: float) -> list[str]:
    """What runs the agent in the cell; it reads its job from standard input and has ``seconds``."""
    agent = [f"{cell.tools}/bin/pyhost-agent", verb]
    return _unit(cell, verb, seconds) + agent if cell.scope == "system" else agent


def _talk(process: subprocess.Popen[bytes], job: dict[str, Any], attachment: BinaryIO | None, seconds: float) -> bytes:
    """What the agent says to its second stream, until it ends."""
    data = json.dumps(job).encode() + b"\n"
    if attachment:
        data += attachment.read()
    try:
        return process.communicate(data, timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[1]


def _unit(cell: Cell, verb: str, seconds: float) -> list[str]:
    properties = [*confinement(cell, verb in COMING), f"RuntimeMaxSec={seconds + MARGIN:.0f}"]
    name = f"pyhost-{cell.name}-{verb}-{uuid.uuid4().hex[:8]}"
    words = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec"]
    return [*words, f"--unit={name}", *(f"--property={line}" for line in properties), "--"]


def each(jobs: int, items: list[T], work: Callable[[T], R], name: Callable[[T], str] = str) -> list[R]:
    """``work`` for every item, at most ``jobs`` at once, results in the order of the items.

    The record of progress knows an item by its ``name``; a result with a false ``ok`` is that of one that failed.
    """
    NOW.waiting(map(name, items))

    def one(item: T) -> R:
        result = work(item)
        good = not isinstance(result, dict) or result.get("ok", not result.get("error"))
        NOW.doing(name(item), DONE if good else FAILED)
        return result

    with ThreadPoolExecutor(max_workers=max(1, min(jobs, len(items) or 1))) as pool:
        return list(pool.map(one, items))


def app_of(row: dict[str, Any]) -> str:
    """The name of the app of a stage's row."""
    return str(row["plan"]["app"])
