# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an app finds at the paths of its platform. Runs as the cell's user, in its view. PRIVATE to the collection.

A launch says in ``view`` where the app's home is (``home``), whether that is ``apart`` from the cell's, so that a new
version can be prepared beside the old one, where the app sees its virtualenv (``virtualenv``), which
``links`` are in the home, name to target, and which ``files``, name to text; a name may be a whole path in another
view. In a target ``{app}`` is the release,
``{approot}`` that directory of it, ``{venv}`` the virtualenv and ``{srv}`` the cell's own home; an empty target is
a directory. What else is there is the owner's.
"""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

FILES = "home"
"""Below a launch's directory: the files of the view."""


def check(launch: dict[str, Any]) -> None:
    """Raises `PyhostError` when something of the owner's is where the view wants a link."""
    view: dict[str, Any] = launch.get("view") or {"files": {}, "links": {}}
    for name in (*view["files"], *(name for name, target in view["links"].items() if target)):
        path = Path(view["home"]) / name
        if path.is_dir() and not path.is_symlink():
            raise PyhostError(f"{path} is a directory, in the way of a link of the platform; move it away")


def put_in_force(home: Path, launch: dict[str, Any]) -> None:
    """The links lead through what is in force, so they are made once; the files are those of the launch in force."""
    view = launch.get("view")
    if not view:
        return
    names = {"app": f"{home}/app", "venv": f"{home}/venv"}
    _links(view, _places(home, view, names))
    for name in view["files"]:
        path = Path(view["home"]) / name
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        _files.link(path, f"{home}/current/{FILES}/{name.lstrip('/')}")


def prepare(home: Path, launch: dict[str, Any]) -> None:
    """The same of a version that does not serve yet, in the view of what prepares it, where that is one apart."""
    view, process = launch.get("view"), launch["process"]
    if not view or not view["apart"]:
        return
    names = {
        "app": f"{home}/releases/{process['release']}",
        "venv": f"{home}/virtualenvs/{process['virtualenv']}",
    }
    _links(view, _places(home, view, names))
    for name, text in view["files"].items():
        _write(Path(view["home"]) / name, text)


def write(directory: Path, launch: dict[str, Any]) -> None:
    """The files of the view below the ``directory`` of a launch."""
    view = launch.get("view") or {"files": {}}
    for name, text in view["files"].items():
        _write(directory / FILES / name.lstrip("/"), text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    _files.write(path, text, mode=0o550 if text.startswith("#!") else 0o440)


def environment(launch: dict[str, Any]) -> dict[str, str]:
    """What a command that prepares a version finds otherwise than its processes: the virtualenv at its known path."""
    given, place = dict(launch["process"]["environment"]), seen(launch)
    if place:
        real = given.get("VIRTUAL_ENV", "")
        given["PATH"] = given.get("PATH", "").replace(f"{real}/bin", f"{place}/bin", 1)
        given["VIRTUAL_ENV"] = place
    return given


def seen(launch: dict[str, Any]) -> str:
    """Where a command that prepares a version finds its virtualenv, "" at its own place."""
    view = launch.get("view")
    return str(view["virtualenv"]) if view and view["apart"] else ""


def _places(home: Path, view: dict[str, Any], names: dict[str, str]) -> dict[str, str]:
    return {**names, "approot": posixpath.normpath(f"{names['app']}/{view['approot']}"), "srv": str(home)}


def _links(view: dict[str, Any], places: dict[str, str]) -> None:
    for name, target in view["links"].items():
        path = Path(view["home"]) / name
        if not target:
            path.mkdir(mode=0o750, parents=True, exist_ok=True)
            continue
        for place, real in places.items():
            target = target.replace(f"{{{place}}}", real)
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        _files.link(path, target)
