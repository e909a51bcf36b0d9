# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Disk quotas of cells' users, where the file system of the homes has them (quota(1)). PRIVATE to the collection."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

BASES = ("/home", "/srv")
"""Where homes of cells are: ``/home/NAME``, and ``/srv`` itself."""

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


def look(bases: Sequence[str] = BASES) -> dict[str, Any]:
    """What there is: ``tool`` and, by base, ``mount``, ``has`` and the kilobytes of each user's limit in ``users``."""
    program = shutil.which("repquota", path=SBIN)
    mounts = {base: mount(base) for base in bases}
    users = {place: _limits(program, place) for place, has in set(mounts.values()) if has and program}
    return {
        "tool": bool(program),
        "bases": {
            base: {"mount": place, "has": has, "users": users.get(place, {})} for base, (place, has) in mounts.items()
        },
    }


def _limits(program: str, place: str) -> dict[str, int]:
    told = run([program, "--user", "--output=csv", place], Deadline(SECONDS), errors=False).output
    rows = csv.DictReader(line for line in told.splitlines() if "," in line)
    return {row["User"]: int(row["BlockHardLimit"]) for row in rows if row.get("BlockHardLimit", "").isdigit()}


def of_home(there: dict[str, Any], home: str) -> dict[str, Any]:
    """The file system of the cell whose home is ``home``, of what `look` has found; empty when it is another's."""
    found: dict[str, Any] = there.get("bases", {}).get(home if home in BASES else os.path.dirname(home), {})
    return found


def put(user: str, kilobytes: int, home: str, there: dict[str, Any]) -> bool:
    """Let ``user`` have that much on the file system of ``home``, 0 for no limit; whether that was new.

    ``there`` is what `look` has found. Raises `PyhostError` when that cannot be.
    """
    found = of_home(there, home)
    if found.get("users", {}).get(user, 0) == kilobytes:
        return False
    place = found.get("mount", home)
    done = run(["setquota", "--user", user, "0", str(kilobytes), "0", "0", place], Deadline(SECONDS))
    if done.status != 0:
        raise PyhostError(f"no quota on {place}: {done.tail(3)}")
    return True
