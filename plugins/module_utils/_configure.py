# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write an app's configuration set aside and prove that it can be used. PRIVATE to the collection.

Nothing in force changes here: the set comes into force with the launch that names it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _once
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._origins import named
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor import daemon_conf

CHECK_SECONDS = 30
NOISE = re.compile(r"test failed|syntax is ok|could not open error log file|still could not bind")


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
        if "nginx.conf" in plan["conf"]:
            _check_nginx(home, stage, cell)
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


def _intact(target: Path, digest: str) -> bool:
    texts = _home.set_texts(target)
    return bool(texts) and digest_of(texts) == digest


def _check_nginx(home: Path, stage: Path, cell: Cell) -> None:
    """``nginx -t`` over the new files together with the owner's own, as the owner."""
    check = home / "run" / "nginx-check"
    _files.remove(check)
    (check / "nginx.d").mkdir(parents=True)
    for path in sorted((home / "conf" / "nginx.d").glob("*.conf")):
        if path.name != "app.conf":
            os.symlink(path, check / "nginx.d" / path.name)
    os.symlink(stage / "nginx.d" / "app.conf", check / "nginx.d" / "app.conf")
    main = (stage / "nginx.conf").read_text("utf-8")
    pattern = cell.path("conf", "nginx.d", "*.conf")
    _files.write(check / "nginx.conf", main.replace(pattern, f"{check}/nginx.d/*.conf"))
    words = [f"{cell.tools}/bin/nginx", "-t", "-p", f"{home}/run/", "-c", str(check / "nginx.conf")]
    finished = run(words, Deadline(CHECK_SECONDS))
    _files.remove(check)
    if finished.status != 0:
        generated = (stage / "nginx.d" / "app.conf").read_text("utf-8")
        said = named(finished.output, str(check / "nginx.d" / "app.conf"), generated)
        lines = [line for line in said.splitlines() if not NOISE.search(line)]
        raise PyhostError("nginx refuses the configuration:\n" + "\n".join(lines[-10:]))
