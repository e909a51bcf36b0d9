# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent's verbs build and rehearse. PRIVATE to the collection."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _space
from ansible_collections.pyhost.platform.plugins.module_utils._build import build
from ansible_collections.pyhost.platform.plugins.module_utils._release import copy, room


def make(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """`build`, after a release that another virtualenv has prepared was copied; no file of it grows for ever."""
    plan = job["plan"]
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    limit = _space.FILE_LIMIT if most == resource.RLIM_INFINITY else min(_space.FILE_LIMIT, most)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
    if job["copy_of"] and not _files.read_json(home / "releases" / f"{plan['release']}.json"):
        room(home, {"cell": plan["cell"]})
        rehearsed = plan["virtualenv"]["fingerprint"] if job.get("rehearsal") else ""
        copy(home, job["copy_of"], plan["release"], rehearsed)
    return build(home, job)


def rehearse(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """`make`, with nothing that the running release could notice; what it built stays a day for the change itself."""
    prefix = home / "virtualenvs" / job["plan"]["virtualenv"]["fingerprint"]
    try:
        return make(home, {**job, "rehearsal": True})
    finally:
        if (prefix / _home.MARKER).exists():
            (prefix / _home.REHEARSED).touch()
