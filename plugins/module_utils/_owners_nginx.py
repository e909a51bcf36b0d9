# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx files of an owner's that nginx would not take. Runs as the cell's user. PRIVATE to the collection.

One wrong line in one file, and nginx does not start: after the next reboot nothing of the app would answer. So a deploy
refuses such a file, and the start of nginx leaves it out: ``run/nginx-start`` has the other ones then, until the next
deploy or ``supervisorctl restart nginx``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._origins import named
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

OURS = "app.conf"
CHECK_SECONDS = 30
NOISE = re.compile(r"test failed|syntax is ok|could not open error log file|still could not bind")
INCLUDE = re.compile(r"^(\s*include )\S*/conf/nginx\.d/\*\.conf;$", re.MULTILINE)
"""In the main file: the files of servers, ours and the owner's."""

START = "run/nginx-start"
LOG_LINES = 10


def owned(home: Path) -> list[Path]:
    return [path for path in sorted((home / "conf" / "nginx.d").glob("*.conf")) if path.name != OURS]


def check(home: Path, conf: Path, tools: str) -> None:
    """``nginx -t`` over the set ``conf`` together with the owner's own files; raises `PyhostError` if refused."""
    place = home / "run" / "nginx-check"
    said = _objection(home, tools, place, conf, owned(home))
    _files.remove(place)
    if said:
        raise PyhostError(f"nginx refuses the configuration:\n{said}")


def startable(home: Path, tools: str) -> tuple[Path, list[str]]:
    """The main file to start nginx with, and what it leaves out: ``FILE: why``."""
    conf, place = home / "current" / "conf", home / START
    theirs = owned(home)
    said = _objection(home, tools, place, conf, theirs) if theirs else ""
    if not said or _objection(home, tools, place, conf, []):
        _files.remove(place)
        return conf / "nginx.conf", []
    good: list[Path] = []
    refused = []
    for path in theirs:
        why = _objection(home, tools, place, conf, [*good, path])
        if why:
            refused.append(f"{path.relative_to(home)}: {why}")
        else:
            good.append(path)
    _lay_out(place, conf, good)
    return place / "nginx.conf", refused


def follow(home: Path) -> None:
    """Before a reload: nginx takes all files again, if it was started without some."""
    main = home / START / "nginx.conf"
    if main.is_file() and not main.is_symlink():
        _files.link(main, str(home / "current" / "conf" / "nginx.conf"))


def _objection(home: Path, tools: str, place: Path, conf: Path, theirs: Sequence[Path]) -> str:
    """What nginx says of the set ``conf`` with the files ``theirs``, laid out in ``place``; "" if it takes them."""
    if not all(path.is_file() for path in theirs):
        return "is no regular file"  # Reading a pipe would never end.
    main = _lay_out(place, conf, theirs)
    finished = run([f"{tools}/bin/nginx", "-t", "-p", f"{home}/run/", "-c", str(main)], Deadline(CHECK_SECONDS))
    if finished.status == 0:
        return ""
    said = named(finished.output, str(place / "nginx.d" / OURS), (conf / "nginx.d" / OURS).read_text("utf-8"))
    said = said.replace(f"{place}/nginx.d/", f"{home}/conf/nginx.d/")
    lines = [line for line in said.splitlines() if not NOISE.search(line)]
    return "\n".join(lines[-LOG_LINES:]) or "nginx -t fails"


def _lay_out(place: Path, conf: Path, theirs: Sequence[Path]) -> Path:
    """The set ``conf`` with the owner's files ``theirs`` as a configuration of its own; returns its main file."""
    _files.remove(place)
    (place / "nginx.d").mkdir(parents=True)
    for path in (conf / "nginx.d" / OURS, *theirs):
        os.symlink(path, place / "nginx.d" / path.name)
    text = (conf / "nginx.conf").read_text("utf-8")
    _files.write(place / "nginx.conf", INCLUDE.sub(lambda found: f"{found[1]}{place}/nginx.d/*.conf;", text))
    return place / "nginx.conf"
