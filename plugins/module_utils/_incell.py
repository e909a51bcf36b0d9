# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the agent in a cell: as its user, confined, under a deadline. PRIVATE to the collection."""

from __future__ import annotations

import json
import subprocess
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO, Callable, TypeVar

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._unit import confinement

T = TypeVar("T")
R = TypeVar("R")

COMING = ("build", "rehearse", "hook")
"""Verbs that prepare a version which does not serve yet; what they run sees that one at the platform's paths."""

MARGIN = 30
"""Seconds that the unit may outlive the deadline inside it."""


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
    # Ansible's run_command cannot hand an archive on while it runs.
    with subprocess.Popen(  # pylint: disable=ansible-bad-function
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/" if cell.scope == "system" else cell.home,
        start_new_session=True,
    ) as process:
        output, errors = _talk(process, job, attachment, seconds + 2 * MARGIN)
    lines = output.decode("utf-8", "replace").strip().splitlines()
    try:
        answer = json.loads(lines[-1])
    except (ValueError, IndexError):
        said = errors.decode("utf-8", "replace").strip() or f"exit status {process.returncode}"
        return {"ok": False, "error": f"{verb} did not finish: {said}"}
    return answer if isinstance(answer, dict) else {"ok": False, "error": f"{verb}: {answer}"}


def command(cell: Cell, verb: str, seconds: float) -> list[str]:
    """What runs the agent in the cell; it reads its job from standard input and has ``seconds``."""
    agent = [f"{cell.tools}/bin/pyhost-agent", verb]
    return _unit(cell, verb, seconds) + agent if cell.scope == "system" else agent


def _talk(
    process: subprocess.Popen[bytes], job: dict[str, Any], attachment: BinaryIO | None, seconds: float
) -> tuple[bytes, bytes]:
    data = json.dumps(job).encode() + b"\n"
    if attachment:
        data += attachment.read()
    try:
        return process.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def _unit(cell: Cell, verb: str, seconds: float) -> list[str]:
    properties = [*confinement(cell, verb in COMING), f"RuntimeMaxSec={seconds + MARGIN:.0f}"]
    name = f"pyhost-{cell.name}-{verb}-{uuid.uuid4().hex[:8]}"
    words = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec"]
    return [*words, f"--unit={name}", *(f"--property={line}" for line in properties), "--"]


def each(jobs: int, items: list[T], work: Callable[[T], R]) -> list[R]:
    """``work`` for every item, at most ``jobs`` at once, results in the order of the items."""
    with ThreadPoolExecutor(max_workers=max(1, min(jobs, len(items) or 1))) as pool:
        return list(pool.map(work, items))
