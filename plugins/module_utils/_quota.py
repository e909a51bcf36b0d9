# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk quotas of cells' users, where the file system of the homes has them (quota(1)). PRIVATE to the collection."""

from __future__ import annotations

import csv
import os
import re
import shutil
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

SECONDS = 60
SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"
MOUNTS = "/proc/self/mounts"
OPTIONS = re.compile(r"(^|,)(usrquota|usrjquota=[^,]+|uquota|quota)(,|$)")
"""What a file system with user quotas is mounted with (ext4(5), xfs(5), tmpfs(5))."""


def mount(path: str) -> tuple[str, bool]:
    """Where the file system of ``path`` is mounted, and whether it has user quotas."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    found = ("/", False)
    for line in Path(MOUNTS).read_text("utf-8", "replace").splitlines():
        place, options = line.split()[1], line.split()[3]
        place = place.replace("\\040", " ")
        if os.path.commonpath([place, path]) == place and len(place) >= len(found[0]):
            found = (place, bool(OPTIONS.search(options)))
    return found


def look(path: str) -> dict[str, Any]:
    """The file system of ``path``: whether it has quotas, and the kilobytes that each user may have there."""
    place, has = mount(path)
    program = shutil.which("repquota", path=SBIN)
    users = {}
    if has and program:
        told = run([program, "--user", "--output=csv", place], Deadline(SECONDS), errors=False).output
        rows = csv.DictReader(line for line in told.splitlines() if "," in line)
        users = {row["User"]: int(row["BlockHardLimit"]) for row in rows if row.get("BlockHardLimit", "").isdigit()}
    return {"mount": place, "has": has, "tool": bool(program), "users": users}


def put(user: str, kilobytes: int, path: str) -> bool:
    """Let ``user`` have that much on the file system of ``path``, 0 for no limit; whether that was new.

    Raises `PyhostError` when that cannot be.
    """
    there = look(path)
    if there["users"].get(user, 0) == kilobytes:
        return False
    words = ["setquota", "--user", user, "0", str(kilobytes), "0", "0", there["mount"]]
    done = run(words, Deadline(SECONDS))
    if done.status != 0:
        raise PyhostError(f"no quota on {there['mount']}: {done.tail(3)}")
    return True
