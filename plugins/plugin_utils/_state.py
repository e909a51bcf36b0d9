# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one run knows of one host, from stage to stage. PRIVATE to the collection.

It holds environments, which are secret, so it is no registered variable: it lies in Ansible's own
temporary directory on the controller, readable by its user alone, and goes when the run ends.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

KEPT_SECONDS = 24 * 3600

STAGES = ("cells", "release", "build", "configure", "hook", "rollout", "front", "certificates")


def _path(host: str) -> Path:
    name = hashlib.sha256(host.encode()).hexdigest()[:16]
    return Path(C.DEFAULT_LOCAL_TMP) / f"pyhost-{name}.json"


def save(host: str, state: dict[str, Any]) -> None:
    """Replace the host's state as a whole: the action of another host may be reading it."""
    _files.write(_path(host), json.dumps(state), mode=0o600)


def forget_killed() -> None:
    """Remove the states that killed runs left, after a day: another machine may share this home directory."""
    for path in Path(C.DEFAULT_LOCAL_TMP).parent.glob("ansible-local-*/pyhost-*.json"):
        number = re.fullmatch(r"ansible-local-(\d+)\w{8}", path.parent.name)
        with suppress(OSError):
            old = time.time() - path.stat().st_mtime > KEPT_SECONDS
            if number and old and not _lives(int(number[1])):
                path.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def load(host: str) -> dict[str, Any]:
    """The state of this run; raises `PyhostError` when no resolve came before."""
    try:
        value: dict[str, Any] = json.loads(_path(host).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PyhostError("pyhost.platform.resolve has to run before this stage") from error
    return value


def exists(host: str) -> bool:
    return _path(host).exists()


def found(hosts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The states of those ``hosts`` that have one, by host."""
    return {host: load(host) for host in hosts if exists(host)}


def working(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The apps that are to be present and have not failed, in order; without those that a rehearsal leaves out."""
    rows = (state["apps"][name] for name in state["order"])
    return [row for row in rows if row["app"]["state"] == "present" and not row["failed"] and not row.get("left_out")]


def fail(row: dict[str, Any], stage: str, error: str) -> None:
    """Remember that an app failed at ``stage``; later stages leave it alone."""
    row["failed"] = {"stage": stage, "error": error}


def take(state: dict[str, Any], stage: str, answers: dict[str, dict[str, Any]]) -> None:
    """Record the host's answers of one stage."""
    for name, answer in answers.items():
        row = state["apps"][name]
        row["stages"][stage] = answer
        if not answer.get("ok"):
            fail(row, stage, answer.get("error", "no answer"))
