# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps the host's nginx going, put where it works: `_upkeep` has the texts. PRIVATE to the collection."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Iterable
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _upkeep
from ansible_collections.pyhost.platform.plugins.module_utils._front import log
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

SECONDS = 60
ROOT = Path("/")
OWNER, GROUP, MODE = "www-data", "adm", 0o640
"""Debian's own for logs of nginx: addresses of visitors and what they asked for are no tenant's to read."""


def make_room() -> bool:
    """nginx's file has room for the slow clients of one app and everybody else; whether that is new to it."""
    conf = _place(_upkeep.CONF)
    text = conf.read_text("utf-8", "surrogateescape") if conf.exists() else ""
    if _upkeep.roomy(text) == text:
        return False
    _files.write(conf, _upkeep.roomy(text), mode=0o644)
    return True


def keep_up() -> bool:
    """Have systemd start nginx again when it was killed, and turn its logs over; whether that was new."""
    wanted = {_place(path): text for path, text in _upkeep.FILES.items()}
    new = {
        path: text for path, text in wanted.items() if not path.exists() or path.read_text("utf-8", "replace") != text
    }
    for path, text in new.items():
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        _files.write(path, text, mode=0o644)
    if new:
        run(["systemctl", "daemon-reload"], Deadline(SECONDS))
        run(["systemctl", "--quiet", "enable", "--now", _upkeep.TIMER], Deadline(SECONDS))
    return bool(new)


def make_logs(apps: Iterable[str]) -> None:
    """Every app has its log before nginx opens it: nginx makes one that all users can read."""
    for app in apps:
        path = _place(log(app))
        if not path.exists():
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, MODE))
            shutil.chown(path, OWNER, GROUP)
        os.chmod(path, MODE)


def allow_files(master: int) -> None:
    """The next workers of the nginx ``master`` may open as many files as after its next start; 0 is none that runs."""
    if not master:
        return
    try:
        soft, hard = resource.prlimit(master, resource.RLIMIT_NOFILE)
        enough = min(_upkeep.DESCRIPTORS, hard)
        if soft < enough:
            resource.prlimit(master, resource.RLIMIT_NOFILE, (enough, hard))
    except ProcessLookupError:
        pass  # It ended, and whoever starts it has it read its unit.


def _place(path: str) -> Path:
    return ROOT / path.strip("/")
