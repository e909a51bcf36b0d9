# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage cells: users, homes and units exist, or are removed. PRIVATE to the collection."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _access,
    _atboot,
    _cell,
    _files,
    _front,
    _hostlook,
    _network,
    _quota,
    _viewdirs,
    _viewlinks,
    _webfiles,
)
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import Limits
from ansible_collections.pyhost.platform.plugins.module_utils._progress import DONE, FAILED, NOW
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._unit import root_paths, root_texts

SECONDS = 120
OWN = (
    "app",
    "venv",
    "current",
    "releases",
    "virtualenvs",
    "launches",
    "conf",
    "run",
    "logs",
    "static",
    ".cache",
    ".gunicorn",
)
"""Everything that this collection and its servers make in a home, besides ``data``."""


def cells(job: dict[str, Any]) -> dict[str, Any]:
    """Make or remove each cell of ``job``; one cell's trouble is its own."""
    results: dict[str, dict[str, Any]] = {}
    reload = any(row["state"] != "absent" and row["cell"]["scope"] == "system" for row in job["apps"]) and _guard()
    NOW.waiting(row["name"] for row in job["apps"])
    _stop_units([Cell(**row["cell"]) for row in job["apps"] if row["state"] == "absent"])
    quotas = _quota.look() if any(row["cell"]["scope"] == "system" for row in job["apps"]) else {}
    boot = _start_at_boot(job)
    for row in job["apps"]:
        cell = Cell(**row["cell"])
        NOW.doing(row["name"], "removing" if row["state"] == "absent" else "user, home and unit")
        try:
            absent = row["state"] == "absent"
            if absent:
                changed = _remove(cell, row["purge"], quotas)
            else:
                changed = _make(cell, Limits(**row["limits"]), row["ssh_keys"], quotas)
            changed |= cell.name in boot
        except (PyhostError, OSError) as error:
            results[row["name"]] = {"ok": False, "error": str(error)}
            NOW.doing(row["name"], FAILED)
            continue
        NOW.doing(row["name"], DONE)
        reload |= changed and cell.scope == "system"
        results[row["name"]] = {"ok": True, "changed": changed}
    made = [Cell(**row["cell"]) for row in job["apps"] if row["state"] != "absent" and results[row["name"]]["ok"]]
    if reload:
        _do("systemctl", "daemon-reload")
        if made:
            _do("systemctl", "--quiet", "enable", *(cell.unit for cell in made))
    for cell in made:
        try:
            results[cell.name]["changed"] |= _settle_network(cell)
            _settle_views(cell)
        except PyhostError as error:
            results[cell.name] = {"ok": False, "error": str(error)}
    ended = end_at_boot(job)
    return {"changed": ended or any(one.get("changed") for one in results.values()), "apps": results}


def _of_account(job: dict[str, Any], *states: str) -> list[Cell]:
    """The cells of ``job`` in account scope, all of them or those in ``states``."""
    rows = [row for row in job["apps"] if row["cell"]["scope"] == "account"]
    return [Cell(**row["cell"]) for row in rows if not states or row["state"] in states]


def _start_at_boot(job: dict[str, Any]) -> set[str]:
    """Settle the start at boot before anything is removed, so that a kill leaves what the next run looks for."""
    cells = _of_account(job)
    if not cells:
        return set()
    root = str(Path(cells[0].tools).parent)
    return _atboot.settle(job["boot"], _of_account(job, "present"), _of_account(job, "absent"), root)


def end_at_boot(job: dict[str, Any]) -> bool:
    """End what was made for all apps of the account, unless an app stays; one that stays may have no release yet."""
    cells = _of_account(job)
    return bool(cells) and not _of_account(job, "present") and _atboot.end(str(Path(cells[0].tools).parent))


def _do(*words: str) -> None:
    finished = run(words, Deadline(SECONDS))
    if finished.status != 0:
        raise PyhostError(f"{words[0]} failed: {finished.tail(5)}")


def _guard() -> bool:
    """Owners come into their cells and nowhere else, before there is any; whether that changed something.

    Raises `PyhostError` when sshd would not obey.
    """
    _do("groupadd", "--force", "--system", _cell.GROUP)
    changed = False
    for path, text in _hostlook.guards().items():
        if Path(path).exists() and Path(path).read_text("utf-8", "replace") == text:
            continue
        before = Path(path).read_text("utf-8", "replace") if Path(path).exists() else ""
        mode = 0o440 if path == _access.SUDOERS_PATH else 0o644
        Path(path).parent.mkdir(mode=0o755, exist_ok=True)
        _files.write(Path(path), text, mode=mode)
        changed = True
        if path == _access.SSHD_PATH:
            _obeyed(Path(path), before)
    return changed


def _obeyed(path: Path, before: str) -> None:
    """Have sshd read ``path``; a file that it does not take is as it was ``before``."""
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd wants it, and may not have run yet.
    tested = run(["/usr/sbin/sshd", "-t"], Deadline(SECONDS))
    if tested.status != 0:
        if before:
            _files.write(path, before, mode=0o644)
        else:
            path.unlink()
        raise PyhostError(f"sshd refuses {path}:\n{tested.tail(5)}")
    _do("systemctl", "try-reload-or-restart", "ssh.service")


def _make(cell: Cell, limits: Limits, keys: list[str], quotas: dict[str, Any]) -> bool:
    if cell.scope == "account":
        home = Path(cell.home)
        fresh = not home.is_dir()
        home.mkdir(mode=0o750, parents=True, exist_ok=True)
        return fresh
    changed = _make_user(cell)
    if cell.private:
        changed |= _text(Path(_network.RULES_PATH), _network.RULES)
    texts = root_texts(cell, limits, pwd.getpwnam(cell.user).pw_uid, keys)
    for kind, path in root_paths(cell).items():
        if texts[kind]:
            changed |= _text(Path(path), texts[kind])
        elif kind == "keys" and Path(path).exists():
            Path(path).unlink()
            changed = True
    if changed:
        _do("systemd-tmpfiles", "--create", f"pyhost-{cell.name}.conf")
    changed |= _viewdirs.make(cell)
    return _quota.put(cell.user, limits.kilobytes, cell.home, quotas) or changed


def _make_user(cell: Cell) -> bool:
    state = _hostlook.unit(cell)
    if state["foreign"]:
        raise PyhostError(f"the user {cell.user} exists and was not made by pyhost; name the app otherwise")
    if state["user"]:
        return False
    words = ["useradd", "--user-group", "--no-create-home", "--home-dir", cell.home]
    _do(*words, "--groups", _cell.GROUP, "--shell", _access.SHELL, "--comment", _cell.GECOS, "--", cell.user)
    entry = pwd.getpwnam(cell.user)
    os.makedirs(cell.home, exist_ok=True)
    os.chown(cell.home, entry.pw_uid, entry.pw_gid)
    os.chmod(cell.home, 0o755 if cell.home == _cell.INSIDE else 0o750)
    return True


def _settle_network(cell: Cell) -> bool:
    """The network that the cell shall have is there; a cell that runs in another one is restarted, its app with it."""
    if cell.scope != "system":
        return False
    file = Path(root_paths(cell)["network"])
    if cell.private:
        if _active(cell.network_unit):
            return False
        _do("systemctl", "start", cell.network_unit)
        if _active(cell.unit):
            _do("systemctl", "restart", cell.unit)
        return True
    if not file.exists():
        return False
    was_running = _active(cell.unit)
    _do("systemctl", "stop", cell.unit, cell.network_unit)
    file.unlink()
    _do("systemctl", "daemon-reload")
    if was_running:
        _do("systemctl", "start", cell.unit)
    return True


def _settle_views(cell: Cell) -> None:
    """A cell that sees other views than it shall is restarted, its app with it."""
    if cell.scope == "system" and _active(cell.unit) and not _viewdirs.mounted(cell, _main_process(cell.unit)):
        _do("systemctl", "restart", cell.unit)


def _main_process(unit: str) -> int:
    shown = run(["systemctl", "show", "--property=MainPID", "--value", unit], Deadline(SECONDS))
    return int(shown.output.strip() or 0)


def _active(unit: str) -> bool:
    shown = run(["systemctl", "show", "--property=ActiveState", "--value", unit], Deadline(SECONDS))
    return shown.output.strip() == "active"


def _text(path: Path, text: str) -> bool:
    if path.exists() and path.read_text("utf-8", "replace") == text:
        return False
    path.parent.mkdir(mode=0o755, exist_ok=True)
    _files.write(path, text, mode=0o644)
    return True


def _remove(cell: Cell, purge: bool, quotas: dict[str, Any]) -> bool:
    """Remove what was made; ``data`` and the user who owns it stay unless ``purge``."""
    system = cell.scope == "system"
    home = Path(cell.home)
    if system:
        state = _hostlook.unit(cell)
        if not state["user"] or state["foreign"]:
            return False
        changed = _stop_unit(cell)
    else:
        changed = _webfiles.remove(cell) | _stop_daemon(home)
    names = (*OWN, "data") if purge else OWN
    for name in names:
        path = home / name
        if path.is_symlink() or path.exists():
            _files.remove(path)
            changed = True
    changed |= system and _viewdirs.remove(cell)
    if not purge:
        return _viewlinks.remove(cell, names) or changed
    if system:
        log = Path(_front.log(cell.name))
        for path in log.parent.glob(f"{log.name}*"):
            path.unlink()
        _quota.put(cell.user, 0, cell.home, quotas)  # The next user may have the same number.
        _do("userdel", "--", cell.user)
        if home != Path(_cell.INSIDE):
            _files.remove(home)
        else:
            os.chown(home, 0, 0)
        return True
    existed = home.is_dir()
    _files.remove(home)
    return changed or existed


def _stop_units(gone: list[Cell]) -> None:
    """All at once: each may take its time to drain."""
    units = [cell.unit for cell in gone if cell.scope == "system" and _hostlook.unit(cell)["unit"]]
    if units:
        _do("systemctl", "--quiet", "disable", "--now", *units)


def _stop_unit(cell: Cell) -> bool:
    there = [path for path in map(Path, root_paths(cell).values()) if path.exists()]
    if not there:
        return False
    _do("systemctl", "--quiet", "disable", "--now", cell.unit)
    _do("systemctl", "stop", cell.slice, *([cell.network_unit] if Path(root_paths(cell)["network"]) in there else []))
    for path in there:
        path.unlink()
    _files.remove(Path(f"/run/pyhost/{cell.name}"))
    return True


def _stop_daemon(home: Path) -> bool:
    socket = home / "run" / "supervisor.sock"
    if not socket.exists():
        return False
    try:
        Supervisor(str(socket)).shutdown()
    except PyhostError:
        return False
    return True
