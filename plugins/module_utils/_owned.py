# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an owner has put in place of our links: code and virtualenv. Runs as the cell's user. PRIVATE to the collection.

A launch says in ``owners`` which links may be replaced by a directory. From such a directory the program ``app`` runs,
until a deploy brings a new version of it: then it is moved aside. Code that no entry names (``seeded``) is the owner's
alone, from the first deploy on.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files

PLACES = {"app": ("releases", "release"), "venv": ("virtualenvs", "virtualenv")}
"""Link: where ours are, and the key of a process that names one."""


def own(home: Path, names: Iterable[str]) -> list[str]:
    """Those of the links ``names`` that are directories of the owner's."""
    return [name for name in names if (home / name).is_dir() and not (home / name).is_symlink()]


def process(home: Path, launch: dict[str, Any]) -> dict[str, Any]:
    """The process of ``launch``, from the owner's directories where there are any."""
    found: dict[str, Any] = launch["process"]
    for name in own(home, launch.get("owners", ())):
        directory, key = PLACES[name]
        ours, theirs = str(home / directory / found[key]), str(home / name)
        found = {
            **found,
            "argv": [word.replace(ours, theirs) for word in found["argv"]],
            "cwd": found["cwd"].replace(ours, theirs),
            "environment": {key: value.replace(ours, theirs) for key, value in found["environment"].items()},
        }
    return found


def seed(home: Path, launch: dict[str, Any]) -> None:
    """Code of the owner's begins as a copy of ours, which may be written."""
    path = home / "app"
    if not launch.get("seeded") or own(home, ["app"]):
        return
    stage = home / f"{_files.STAGE}app"
    _files.remove(stage)
    shutil.copytree(home / "releases" / launch["process"]["release"], stage, symlinks=True)
    for directory, _directories, files in os.walk(stage):
        for name in (directory, *(os.path.join(directory, one) for one in files)):
            if not os.path.islink(name):
                os.chmod(name, stat.S_IMODE(os.stat(name).st_mode) | stat.S_IWUSR)
    path.unlink(missing_ok=True)
    os.replace(stage, path)


def take_back(home: Path, old: dict[str, Any], launch: dict[str, Any]) -> list[str]:
    """Move aside what a new version replaces; returns what was done, in words."""
    done = []
    for name in own(home, launch.get("owners", ())):
        key = PLACES[name][1]
        if (name == "app" and launch.get("seeded")) or not old or old["process"][key] == launch["process"][key]:
            continue
        number = 1
        while (home / f"{name}.own-{number}").exists():
            number += 1
        os.replace(home / name, home / f"{name}.own-{number}")
        _files.link(home / name, f"current/{name}")
        done.append(f"the owner's {name} was moved to {name}.own-{number}")
    return done
