# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The launches of one cell and the links that lead through them. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _view
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

BEFORE = "before"
"""Link in a launch's directory to the release before it, for static files, while both versions run."""


def needed(home: Path, launch: dict[str, Any]) -> None:
    """Raises `PyhostError` when something that ``launch`` names is not there."""
    process = launch["process"]
    paths = (
        ("release", home / "releases" / process["release"]),
        ("virtualenv", home / "virtualenvs" / process["virtualenv"] / _home.MARKER),
        ("configuration", home / "conf" / "sets" / launch["conf"]),
    )
    for what, path in paths:
        if not path.exists():
            raise PyhostError(f"its {what} {path.relative_to(home)} was removed meanwhile; run again")


def write(home: Path, digest: str, launch: dict[str, Any]) -> None:
    """Make the directory of a launch; its links lead to what the launch names."""
    target = home / "launches" / digest
    if target.is_dir():
        return
    process = launch["process"]
    stage = target.with_name(f"{_files.STAGE}{digest}")
    _files.remove(stage)
    stage.mkdir(mode=0o750)
    _files.write(stage / "launch.json", json.dumps(launch, sort_keys=True, indent=1), mode=0o440)
    _view.write(stage, launch)
    os.symlink(f"../../releases/{process['release']}", stage / "app")
    os.symlink(f"../../virtualenvs/{process['virtualenv']}", stage / "venv")
    os.symlink(f"../../conf/sets/{launch['conf']}", stage / "conf")
    name = _home.socket_name(_home.APP, launch["process_digest"])
    os.symlink(_target(name), stage / _home.traffic_link(launch))
    os.replace(stage, target)


def own_programs(home: Path, digest: str, text: str) -> Path:
    """What the app's own Supervisor file says for its cell, "" where there is none; returns where that is."""
    path = home / "launches" / digest / "supervisor.d" / "own.conf"
    if text:
        path.parent.mkdir(mode=0o750, exist_ok=True)
        _files.write(path, text)
    else:
        path.unlink(missing_ok=True)
    return path


def traffic(home: Path, digest: str, socket: str) -> None:
    """Lead the traffic of a launch to the socket ``socket`` below ``run``."""
    link = home / "launches" / digest / _home.traffic_link(_home.launch(home, digest))
    _files.link(link, _target(socket))


def serving(home: Path, digest: str) -> str:
    """The socket below ``run`` that the traffic of a launch goes to; "" for no launch."""
    launch = _home.launch(home, digest)
    if not launch:
        return ""
    return os.path.basename(_files.link_target(home / "launches" / digest / _home.traffic_link(launch)))


def keep_old_way(home: Path, digest: str, old: str) -> None:
    """While nginx still speaks the protocol of ``old``, that protocol leads to the old instance."""
    before = _home.launch(home, old)
    name = _home.traffic_link(before)
    if before and name != _home.traffic_link(_home.launch(home, digest)):
        _files.link(home / "launches" / digest / name, _target(serving(home, old)))


def show_before(home: Path, digest: str, old: str) -> None:
    """Let the static files of ``old`` be served, too, where ``digest`` has none of that name."""
    release = _home.launch(home, old).get("process", {}).get("release", "")
    if release and release != _home.launch(home, digest)["process"]["release"]:
        _files.link(home / "launches" / digest / BEFORE, f"../../releases/{release}")


def hide_before(home: Path) -> None:
    """The old version has ended: only the files of the launch in force are served."""
    for path in (home / "launches").iterdir():
        if path.is_dir():
            (path / BEFORE).unlink(missing_ok=True)


def lead_to_app(home: Path, digest: str) -> None:
    """Traffic that went elsewhere goes to ``app``, which starts as this launch."""
    launch = _home.launch(home, digest)
    if launch:
        now = serving(home, digest)
        own = _home.socket_name(_home.APP, launch["process_digest"])
        through = bridged(now) or (launch["ports"] and now not in (own, own.replace("a-", "n-", 1)))
        traffic(home, digest, f"{_home.APP}.port.sock" if through else own)


def bridged(socket: str) -> bool:
    """Whether a socket is nginx's own, which leads to a port."""
    return socket.endswith(".port.sock")


def by_next(socket: str) -> bool:
    """Whether a socket is one of ``app-next``."""
    return socket.startswith(("n-", f"{_home.NEXT}."))


def of_process(home: Path, process: str) -> dict[str, Any]:
    """A launch with the process digest ``process``; empty when none is kept."""
    for path in (home / "launches").iterdir():
        launch = _home.launch(home, path.name)
        if launch and launch["process_digest"] == process:
            return launch
    return {}


def _target(socket: str) -> str:
    """What the traffic link in a launch's directory says for a socket below ``run``."""
    return f"../../run/{socket}"
