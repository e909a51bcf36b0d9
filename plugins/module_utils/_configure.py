# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write an app's configuration set aside and prove that it can be used. PRIVATE to the collection.

Nothing in force changes here: the set comes into force with the launch that names it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _files,
    _home,
    _once,
    _owners_nginx,
    _owners_supervisor,
)
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import daemon_conf


def configure(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Write the set of ``job``'s plan, check it and give it its name; raises `PyhostError` if refused."""
    plan = job["plan"]
    cell = Cell(**plan["cell"])
    _home.make_directories(home)
    daemon = home / "conf" / "supervisord.conf"
    wanted = daemon_conf(cell)
    if not daemon.exists() or daemon.read_text("utf-8", "replace") != wanted:
        _files.write(daemon, wanted)
    _once.write(home, plan.get("once", {}))
    target = home / "conf" / "sets" / plan["conf_digest"]
    if _intact(target, plan["conf_digest"]):
        return {"changed": False}
    stage = target.with_name(f"{_files.STAGE}{target.name}")
    _files.remove(stage)
    try:
        for name, text in plan["conf"].items():
            path = stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            _files.write(path, text)
        _check(home, stage, cell)
    except BaseException:
        _files.remove(stage)
        raise
    if target.exists():  # a generated file was edited: the old directory is in use, so replace file by file
        for name, text in plan["conf"].items():
            _files.write(target / name, text)
        _files.remove(stage)
    else:
        os.replace(stage, target)
    return {"changed": True}


def _check(home: Path, conf: Path, cell: Cell) -> None:
    """The files of the set ``conf`` and the owner's own, as the owner: what nginx and supervisord say of them."""
    _owners_supervisor.check(home, conf / "supervisor.d" / _owners_supervisor.OURS)
    if (conf / "nginx.conf").exists():
        _owners_nginx.check(home, conf, cell.tools)


def check_owners(home: Path, launch: dict[str, Any], cell: Cell, came: Path) -> None:
    """What the owner has written: whether it can be used along with ``launch``; ``came`` is what came with the code."""
    conf = home / "conf" / "sets" / launch["conf"]
    ours = conf / "supervisor.d" / _owners_supervisor.OURS
    _owners_supervisor.check(home, ours, came, launch.get("supervisor", ""))
    if _owners_nginx.owned(home) and (conf / "nginx.conf").exists():
        _owners_nginx.check(home, conf, cell.tools)


def _intact(target: Path, digest: str) -> bool:
    texts = _home.set_texts(target)
    return bool(texts) and digest_of(texts) == digest
