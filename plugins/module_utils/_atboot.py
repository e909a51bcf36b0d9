# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start at boot of an account's apps, and the start of one now. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _boot, _cells, _files
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._hostlook import SBIN
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, Finished, run

SECONDS = 30
MOST = 1 << 20
"""Bytes of a crontab."""

LINGER = "org.freedesktop.login1.set-self-linger"
"""What polkit asks for when a user wants to linger (org.freedesktop.login1(5))."""

DAEMONS = ("cron", "crond", "cronie", "fcron", "bcron-sched", "dcron")
"""Units of the daemons that read crontabs."""

RECORD = "boot.json"
"""Remembers below the root that the user lingers because of us."""


def look(root: str, names: list[str]) -> dict[str, Any]:
    """What the host allows this user, without trying it, and what is there.

    ``systemd`` and ``cron`` say why a way is closed, "" where it is open; ``units`` are those of the apps ``names``;
    ``lingers``: the user does; ``line``: the crontab has ours; ``others`` below ``root`` may need it.
    ``left``: lingering is to be ended yet.
    """
    return {
        "systemd": _no_linger(),
        "cron": _no_cron(),
        "lingers": _lingers(),
        "line": _boot.line(root) in _crontab()[0].split("\n"),
        "left": _left(root),
        "others": sorted({cell.name for cell in alive(root)} - set(names)),
        "units": {unit: row for name in names if (row := _unit(unit := f"pyhost-{name}.service"))["text"]},
    }


def alive(root: str) -> list[Cell]:
    """The cells below ``root`` in which an app is in force."""
    return [cell for cell in _cells.cells("account", root) if os.path.islink(f"{cell.home}/current")]


def way(root: str, cells: list[Cell]) -> str:
    """How the apps of ``cells`` come back at boot now: ``systemd``, ``cron``, or ``none`` where one does not."""
    there = [cell for cell in cells if os.path.islink(f"{cell.home}/current")]
    if _boot.line(root) in _crontab()[0].split("\n"):
        return "cron"
    return "systemd" if there and all(enabled(cell) for cell in there) and _lingers() else "none"


def settle(way: str, made: list[Cell], gone: list[Cell], root: str) -> set[str]:
    """Let the cells ``made`` start at boot, and those that are ``gone`` no more; the names of those that changed.

    What this made is taken back with the last app. Raises `PyhostError` when the host does not let us after all.
    """
    changed = set()
    if way == "systemd" and made and _linger(root):
        changed |= {cell.name for cell in made}
    for cell in made:
        if way == "systemd":
            changed |= {cell.name} if _have_unit(cell) else set()
        else:
            changed |= {cell.name} if _no_unit(cell) else set()
    changed |= {cell.name for cell in gone if _no_unit(cell)}
    if changed:
        control("daemon-reload")
    left = {cell.name for cell in [*made, *alive(root)]} - {cell.name for cell in gone}
    ours = _boot.line(root)
    wanted = (
        way == "cron" if made else ours in _crontab()[0].split("\n")
    )  # A removal chooses no other way for the rest.
    if _line(ours, bool(wanted and left)):
        changed |= {cell.name for cell in [*made, *gone]}
    return changed


def end(root: str) -> bool:
    """Take back what was done for the account as a whole, when no app is left below ``root``."""
    if not _left(root):
        return False
    _do("loginctl", "disable-linger", _user())
    Path(root, RECORD).unlink()
    return True


def _left(root: str) -> bool:
    """Whether the user lingers because of us, and no app is left that needs it."""
    return bool(_files.read_json(Path(root, RECORD)).get("linger")) and not alive(root)


def start(cell: Cell, by_hand: list[str]) -> Finished:
    """Start the supervisord of ``cell``: as the user's unit where that is enabled, else by the command ``by_hand``."""
    if enabled(cell):
        control("reset-failed", cell.unit)
        started = control("start", cell.unit)
        if started.status == 0:
            return started
    return run(by_hand, Deadline(2 * SECONDS), cwd=cell.home)


def enabled(cell: Cell) -> bool:
    """Whether the user's systemd starts this cell at boot."""
    row = _unit(cell.unit)
    return bool(row["enabled"] and _boot.is_ours(cell, row["text"]))


def control(*words: str) -> Finished:
    """``systemctl --user``; a login without a session of its own does not know where to ask."""
    environment = {**os.environ, "XDG_RUNTIME_DIR": f"/run/user/{os.geteuid()}"}
    if not shutil.which("systemctl", path=SBIN):
        return Finished(127, "")
    return run(["systemctl", "--user", "--quiet", *words], Deadline(SECONDS), env=environment)


def _units() -> Path:
    return Path(pwd.getpwuid(os.geteuid()).pw_dir, ".config", "systemd", "user")


def _unit(name: str) -> dict[str, Any]:
    try:
        text = _files.read_regular(_units() / name).decode("utf-8", "replace")
    except OSError:
        text = ""
    return {"text": text, "enabled": os.path.lexists(_units() / _boot.WANTED / name)}


def _have_unit(cell: Cell) -> bool:
    folder, text = _units(), _boot.unit_text(cell)
    row = _unit(cell.unit)
    if row["text"] and not _boot.is_ours(cell, row["text"]):
        raise PyhostError(f"{folder / cell.unit} was not made for {cell.name}")
    (folder / _boot.WANTED).mkdir(parents=True, exist_ok=True)
    if row["text"] != text:
        _files.write(folder / cell.unit, text, mode=0o644)
    linked = _files.link(folder / _boot.WANTED / cell.unit, str(folder / cell.unit))
    return linked or row["text"] != text


def _no_unit(cell: Cell) -> bool:
    if not _boot.is_ours(cell, _unit(cell.unit)["text"]):
        return False
    folder = _units()
    (folder / _boot.WANTED / cell.unit).unlink(missing_ok=True)
    (folder / cell.unit).unlink()
    for empty in (folder / _boot.WANTED, folder, folder.parent, folder.parent.parent):
        try:
            empty.rmdir()
        except OSError:
            break
    return True


def _user() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _lingers() -> bool:
    if not os.path.isdir("/run/systemd/system") or not shutil.which("loginctl", path=SBIN):
        return False
    said = run(["loginctl", "show-user", _user(), "--property=Linger", "--value"], Deadline(SECONDS), errors=False)
    return said.output.strip() == "yes"


def _no_linger() -> str:
    """Why no unit of the user's would start at boot, or ""."""
    if not os.path.isdir("/run/systemd/system") or not shutil.which("loginctl", path=SBIN):
        return "the host does not run systemd"
    if _lingers():
        return ""
    if not shutil.which("pkcheck", path=SBIN):
        return "the user does not linger, and there is no polkit that would allow it"
    asked = ["pkcheck", "--action-id", LINGER, "--process", str(os.getpid())]
    if run(asked, Deadline(SECONDS)).status != 0:
        return "the user does not linger, and may not"
    return ""


def _no_cron() -> str:
    """Why no crontab of the user's would be read, or ""."""
    if not shutil.which("crontab", path=SBIN):
        return "cron is not installed"
    refused = _crontab()[1]
    if refused:
        return f"crontab says: {refused}"
    if os.path.isdir("/run/systemd/system"):
        states = run(["systemctl", "is-active", *DAEMONS], Deadline(SECONDS), errors=False).output.split()
        if "active" not in states:
            return "no cron runs"
    return ""


def _crontab() -> tuple[str, str]:
    """The user's crontab, with every byte of it, and why it cannot be read."""
    if not shutil.which("crontab", path=SBIN):
        return "", ""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "crontab")
        # The output that `run` keeps is text; this has to be what the user wrote, to the byte.
        done = run(["crontab", "-l"], Deadline(SECONDS), env={"PATH": SBIN, "LC_ALL": "C"}, log=log)
        text = log.read_bytes().decode("utf-8", "surrogateescape")
    if done.status == 0:
        return text, ""
    return "", "" if "no crontab for" in done.output else done.tail(1)


def _line(line: str, wanted: bool) -> bool:
    """The crontab has ``line``, or has it not; whether that is a change."""
    before, refused = _crontab()
    after = _boot.with_line(before, line) if wanted else _boot.without_line(before, line)
    if after == before:
        return False
    if refused:
        raise PyhostError(f"crontab says: {refused}")
    if not after:
        _do("crontab", "-r")
        return True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "crontab")
        path.write_bytes(after.encode("utf-8", "surrogateescape"))
        _do("crontab", str(path))
    return True


def _linger(root: str) -> bool:
    """Let the user linger, and wait until its systemd answers; whether that is a change."""
    before = _lingers()
    if not before:
        Path(root).mkdir(mode=0o750, parents=True, exist_ok=True)
        _files.write(Path(root, RECORD), json.dumps({"linger": True}))  # Before the deed: a kill leaves no trace.
        _do("loginctl", "enable-linger", _user())
    deadline = Deadline(SECONDS)
    while control("show-environment").status != 0:
        if deadline.left() < 0:
            raise PyhostError("the user lingers, and its systemd does not answer; set pyhost_boot to cron")
        time.sleep(0.2)
    return not before


def _do(*words: str) -> None:
    finished = run(words, Deadline(SECONDS))
    if finished.status != 0:
        raise PyhostError(f"{' '.join(words[:3])} failed: {finished.tail(3)}")
