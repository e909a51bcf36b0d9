# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage front: the host's nginx leads domains to cells. Generated text only. PRIVATE to the collection."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._front import DIRECTORY, INCLUDE
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._workers import reloaded, workers

SECONDS = 60
LOG = Path("/var/log/nginx/error.log")
LOG_LINES = 5
ENTRY = Path("/etc/nginx/conf.d/pyhost.conf")
WELCOME = Path("/etc/nginx/sites-enabled/default")


def front(job: dict[str, Any]) -> dict[str, Any]:
    """Put the files of ``job`` in force as one set; the old set stays if nginx refuses the new one."""
    texts = job["files"]
    base = Path(DIRECTORY)
    digest = digest_of(texts)
    target = base / f"set-{digest}"
    live = base / "live"
    before = _files.link_target(live)
    ready = before == target.name and ENTRY.exists() and _same(target, texts)
    if ready:
        return {"changed": False, "names": sorted(texts)}
    _files.remove(target)
    target.mkdir(mode=0o755, parents=True)
    for name, text in texts.items():
        _files.write(target / name, text, mode=0o644)
    welcome = _files.link_target(WELCOME)
    if welcome:
        WELCOME.unlink()
    _files.link(live, target.name)
    if not ENTRY.exists():
        _files.write(ENTRY, INCLUDE, mode=0o644)
    checked = run(["nginx", "-t"], Deadline(SECONDS))
    if checked.status != 0:
        _undo(live, before, welcome)
        raise PyhostError(f"the host's nginx refuses the generated files:\n{checked.tail()}")
    try:
        _reload()
    except PyhostError:
        _undo(live, before, welcome)
        raise
    for path in base.glob("set-*"):
        if path not in (target, base / before):
            _files.remove(path)
    return {"changed": True, "names": sorted(texts)}


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
