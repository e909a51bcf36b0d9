# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of runtimes: one directory per content, whole or not there. PRIVATE to the collection.

``<runtimes>/store/<branch>-<digest>`` appears by a rename, after its interpreter has answered. Nothing in it is edited
later; another content has another name, so what runs in an older one goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _pythons
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pack import sha256_file
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PLACE
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

MARKER = ".pyhost.json"
STAGE = ".new-"
LOCKS = ".locks"
SECONDS = 60

NEEDED = {"2": "import ssl, zlib, ensurepip", "3": "import ssl, zlib, ensurepip, venv"}
"""Of each major version, what an app's virtualenv cannot do without."""


OPTIONAL = ("bz2", "ctypes", "curses", "lzma", "readline", "sqlite3")
"""Modules that a Python has where their libraries are; one that is installed elsewhere shall have the same."""

TRY = """\
import sys
found = []
for name in {names!r}:
    try:
        __import__(name)
        found.append(name)
    except ImportError:
        pass
print(" ".join(found))
"""


def entries(runtimes: Path) -> list[dict[str, Any]]:
    """Markers of all that is whole, each with its ``name``, in order of name."""
    found = []
    for path in sorted((runtimes / PLACE).glob(f"*/{MARKER}")):
        marker = _files.read_json(path)
        if marker and not path.parent.name.startswith(STAGE):
            found.append({**marker, "name": path.parent.name})
    return found


def interpreter(runtimes: Path, name: str) -> str:
    """The path of the interpreter of a directory of the store."""
    return str(runtimes / PLACE / name / "bin" / f"python{name.partition('-')[0]}")


def keep(
    runtimes: Path, name: str, kind: str, bring: Callable[[Path, Path], None], modules: Sequence[str] = ()
) -> bool:
    """Have the directory ``name`` in the store; whether it is new.

    ``modules`` are those of `OPTIONAL` that it must have. ``bring(stage, final)`` fills ``stage``, an absent path
    beside the ``final`` one. Several runs may want the same: one brings it, and the others wait. Raises `PyhostError`,
    and leaves nothing, when what was brought is no working Python of the branch that ``name`` begins with.
    """
    store = runtimes / PLACE
    final, stage = store / name, store / f"{STAGE}{name}"
    (store / LOCKS).mkdir(mode=0o755, parents=True, exist_ok=True)
    with (store / LOCKS / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _files.remove(stage)
        if (final / MARKER).exists():
            return False
        _files.remove(final)
        try:
            bring(stage, final)
            row = _proved(stage, name.partition("-")[0])
            there = _modules(Path(row["path"]))
            lacking = sorted(set(modules) - set(there))
            if lacking:
                what = f"{', '.join(lacking)} cannot be imported on this host, as where it was built"
                raise PyhostError(f"Python {row['branch']}: {what}; libraries of the distribution are missing")
            marker = {"source": kind, "branch": row["branch"], "version": row["version"], "modules": there}
            _files.write(stage / MARKER, json.dumps(marker), mode=0o644)
            os.sync()
            os.rename(stage, final)
        finally:
            _files.remove(stage)
    return True


def pack(runtimes: Path, name: str) -> dict[str, Any]:
    """Pack the directory ``name`` for other hosts: ``path`` and ``sha256`` of the archive, and its marker."""
    store, path = runtimes / PLACE, _packed(runtimes, name)
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        archive.add(store / name, "python", filter=_plain)
    path.chmod(0o644)  # The person who connects fetches it.
    return {**_files.read_json(store / name / MARKER), "path": str(path), "sha256": sha256_file(path)}


def packed(runtimes: Path, name: str) -> None:
    """Other hosts can have the directory ``name``; its archive goes."""
    _packed(runtimes, name).unlink(missing_ok=True)


def _packed(runtimes: Path, name: str) -> Path:
    return runtimes / PLACE / f"{STAGE}{name}.tar.gz"


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """A member as root's whoever built it, without the marker."""
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return None if member.name == f"python/{MARKER}" else member


def _modules(python: Path) -> list[str]:
    """Those of `OPTIONAL` that the interpreter can import."""
    done = run([str(python), "-E", "-s", "-c", TRY.format(names=OPTIONAL)], Deadline(SECONDS))
    return sorted(set((done.tail().splitlines() or [""])[-1].split()) & set(OPTIONAL))


def _proved(stage: Path, branch: str) -> dict[str, Any]:
    """What the interpreter brought says of itself."""
    names = (f"python{branch}", f"python{branch[0]}", "python")
    path = next((stage / "bin" / name for name in names if os.access(stage / "bin" / name, os.X_OK)), None)
    if not path:
        raise PyhostError(f"Python {branch}: what was brought holds no bin/python{branch}")
    row = _pythons.ask(str(path))
    if not row:
        raise PyhostError(f"Python {branch}: the interpreter that was brought does not work on this host{_why(path)}")
    if row["branch"] != branch:
        raise PyhostError(f"Python {branch}: the interpreter that was brought is one of {row['branch']}")
    done = run([str(path), "-E", "-s", "-c", NEEDED[branch[0]]], Deadline(SECONDS))
    if done.status != 0:
        said = (done.tail().splitlines() or ["it says nothing"])[-1]
        raise PyhostError(f"Python {branch}: the interpreter that was brought lacks what apps need: {said}")
    for other in names:
        if not os.path.lexists(stage / "bin" / other):
            os.symlink(path.name, stage / "bin" / other)
    return row


def _why(path: Path) -> str:
    try:
        done = run([str(path), "--version"], Deadline(SECONDS))
    except PyhostError as error:
        return f": {error}"
    return f": {done.tail() or f'it ends with status {done.status} and says nothing'}" if done.status != 0 else ""
