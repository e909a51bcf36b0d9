# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``pyhost-owner``: becomes an owner's shell in the cell, with the app's environment. PRIVATE to the collection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ansible_collections.pyhost.platform.plugins.module_utils import _files

BASH = "/bin/bash"
COMMAND = "SSH_ORIGINAL_COMMAND"
KEPT = ("TERM", "LANG", "HOME", "USER", "LOGNAME")
PATH = "/usr/local/bin:/usr/bin:/bin"


def main(tools: str) -> NoReturn:
    home = Path.cwd()
    launch = _files.read_json(home / "current" / "launch.json")
    command = os.environ.get(COMMAND, "")
    words = [BASH, "-c", command] if command else [BASH]
    told = _told(launch, tools)
    named = {name.encode(): value.encode("utf-8", "surrogateescape") for name, value in told.items()}
    if Path(told.get("HOME", "")).is_dir():  # Where the app's platform has it.
        os.chdir(told.get("HOME", ""))
    os.umask(0o027)
    os.execve(words[0], words, named)


def _told(launch: Mapping[str, Any], tools: str) -> dict[str, str]:
    """The environment: what the app has, and ``supervisorctl`` that knows its supervisord."""
    own = {name: os.environ[name] for name in KEPT if name in os.environ}
    app: dict[str, str] = launch["process"]["environment"] if launch else {}
    said = {**own, **app, "SHELL": BASH}
    path, known = app.get("PATH", PATH), (launch.get("view") or {}).get("virtualenv", "")
    if known and app.get("VIRTUAL_ENV"):
        path = path.replace(f"{app['VIRTUAL_ENV']}/bin", f"{known}/bin", 1)
        said["VIRTUAL_ENV"] = known
    return {**said, "PATH": f"{tools}/owner:{path}"}
