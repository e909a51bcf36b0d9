# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage front: the host's nginx leads domains to cells. Generated text only. PRIVATE to the collection."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._front import DIRECTORY, INCLUDE, UNIT
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._workers import reloaded, workers

SECONDS = 60
DROP_IN = Path("/etc/systemd/system/nginx.service.d/pyhost.conf")
LOG = Path("/var/log/nginx/error.log")
LOG_LINES = 5
ENTRY = Path("/etc/nginx/conf.d/pyhost.conf")
WELCOME = Path("/etc/nginx/sites-enabled/default")


def front(job: dict[str, Any]) -> dict[str, Any]:
    """Add the ``files`` of ``job`` to the set in force and take out the ``gone``; the old set stays if nginx refuses.

    Deploys of other apps may do the same at the same time: one after the other, each from what is in force then.
    """
    base = Path(DIRECTORY)
    base.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = {path.name: path.read_text("utf-8", "replace") for path in (base / "live").glob("*.conf")}
        texts = {name: text for name, text in {**there, **job["files"]}.items() if name not in job["gone"]}
        changed = _put_in_force(base, texts)
    return {"changed": changed, "names": sorted(texts)}


def _put_in_force(base: Path, texts: dict[str, str]) -> bool:
    target = base / f"set-{digest_of(texts)}"
    live, loaded = base / "live", base / "loaded"
    before = _files.link_target(live)
    comes_back = _comes_back()
    done = loaded.exists() and loaded.read_text("utf-8", "replace") == target.name
    if done and before == target.name and ENTRY.exists() and _same(target, texts):
        return comes_back
    if before != target.name:
        _files.remove(target)
    target.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name, text in texts.items():
        _files.write(target / name, text, mode=0o644)
    welcome = _files.link_target(WELCOME)
    if welcome:
        WELCOME.unlink()
    _files.link(live, target.name)
    if not ENTRY.exists():
        _files.write(ENTRY, INCLUDE, mode=0o644)
    try:
        checked = run(["nginx", "-t"], Deadline(SECONDS))
        if checked.status != 0:
            raise PyhostError(f"the host's nginx refuses the generated files:\n{checked.tail()}")
        _reload()
    except PyhostError:
        _undo(live, before, welcome)
        raise
    _files.write(loaded, target.name, mode=0o644)
    for path in base.glob("set-*"):
        if path not in (target, base / before):
            _files.remove(path)
    return True


def _comes_back() -> bool:
    """Have systemd start nginx again when it was killed; whether that was new."""
    if DROP_IN.exists() and DROP_IN.read_text("utf-8", "replace") == UNIT:
        return False
    DROP_IN.parent.mkdir(mode=0o755, exist_ok=True)
    _files.write(DROP_IN, UNIT, mode=0o644)
    run(["systemctl", "daemon-reload"], Deadline(SECONDS))
    return True


def _reload() -> None:
    """Raises `PyhostError` when nginx goes on without the files in force."""
    deadline = Deadline(SECONDS)
    master = _master(deadline)
    old = workers(master)
    done = run(["systemctl", "reload-or-restart", "nginx"], deadline)
    if done.status != 0:
        raise PyhostError(f"the host's nginx does not reload:\n{done.tail()}")
    if old and master == _master(deadline) and not reloaded(master, old, deadline):
        lines = _files.last_lines(LOG, LOG_LINES)
        raise PyhostError(f"the host's nginx did not take over the generated files:\n{lines}")


def _master(deadline: Deadline) -> int:
    """The process number of the host's nginx; 0 when it does not run."""
    shown = run(["systemctl", "show", "--property=MainPID", "--value", "nginx"], deadline).output.strip()
    return int(shown) if shown.isdigit() else 0


def _same(target: Path, texts: dict[str, str]) -> bool:
    there = {path.name: path.read_text("utf-8", "replace") for path in target.glob("*.conf")}
    return there == texts


def _undo(live: Path, before: str, welcome: str) -> None:
    if before:
        _files.link(live, before)
        return
    live.unlink()
    ENTRY.unlink(missing_ok=True)
    if welcome:
        os.symlink(welcome, WELCOME)
