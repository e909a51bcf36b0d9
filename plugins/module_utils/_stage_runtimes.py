# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage runtimes: every wanted branch has its directory. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _cell, _files, _pythons

NAMES = ("python", "python3")


def runtimes(job: dict[str, Any]) -> dict[str, Any]:
    """Let ``<runtimes>/<branch>/bin/python`` lead to an interpreter of each branch of ``job``.

    A branch that no interpreter is found for is left out; planning refuses it by name. In check mode it counts as
    one that a package will have brought.
    """
    system = job["scope"] == "system"
    base = Path(_cell.RUNTIMES if system else f"{job['root']}/python").expanduser()
    found = _pythons.discover(str(base), job["python_paths"], system)
    changed = False
    for branch in job["branches"]:
        row = next((one for one in found if one["branch"] == branch), None)
        if job["check"]:
            changed |= not row or not _adopted(base / branch / "bin", branch, row["real"])
        elif row:
            changed |= _adopt(base / branch / "bin", branch, row["real"])
    if changed and not job["check"]:
        found = _pythons.discover(str(base), job["python_paths"], system)
    return {"changed": changed, "interpreters": found}


def _names(branch: str) -> tuple[str, ...]:
    return (*NAMES, f"python{branch}")


def _adopted(directory: Path, branch: str, real: str) -> bool:
    return all(_files.link_target(directory / name) == real for name in _names(branch))


def _adopt(directory: Path, branch: str, real: str) -> bool:
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    changed = [_files.link(directory / name, real) for name in _names(branch)]
    return any(changed)
