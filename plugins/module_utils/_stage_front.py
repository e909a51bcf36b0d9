# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage front: the host's nginx leads domains to cells. Generated text only. PRIVATE to the collection."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _front_upkeep, _webfiles
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._domains import OF_APP, conflicts
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._front import (
    DIRECTORY,
    INCLUDE,
    TLS_DIRECTORY,
)
from ansible_collections.pyhost.platform.plugins.module_utils._hostlook import nginx_version
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._workers import reloaded, workers

SECONDS = 60
LOG = Path("/var/log/nginx/error.log")
LOG_LINES = 5
ENTRY = Path("/etc/nginx/conf.d/pyhost.conf")
WELCOME = Path("/etc/nginx/sites-enabled/default")
BASE = Path(DIRECTORY)
LIVE = BASE / "live"
PAIRS = Path(TLS_DIRECTORY)
LOADED = BASE / "loaded"
NOTHING = BASE / "nothing"
"""An empty file, which hides others."""

TESTING = (
    "User=nobody",
    "AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_DAC_READ_SEARCH",
    "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_DAC_READ_SEARCH",
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "TemporaryFileSystem=/run:mode=1777 /var/lib/nginx:mode=1777 /var/log/nginx:mode=1777",
)
"""How nginx tests files: it may read certificates and name port 80, and can write nothing of this host."""


def front(job: dict[str, Any]) -> dict[str, Any]:
    """In account scope settle the ``web_roots`` of ``job`` (`_webfiles`).

    Else add its ``files`` to the set in force and take out the ``gone``; ``pairs`` are certificates and keys.

    A file that nginx refuses stays as it was; ``refused`` says why, by name. Deploys of other apps may do the same at
    the same time: one after the other, each from what is in force then. Raises `PyhostError`, and leaves the old set in
    force, when nginx takes none or does not go on with the new one.
    """
    if "web_roots" in job:
        return _webfiles.settle(job["web_roots"])
    if job.get("question"):
        return {"changed": False, "version": nginx_version()}
    BASE.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (BASE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        new_pairs = _keep_pairs(job["pairs"])
        there = _texts(LIVE)
        wanted = {name: text for name, text in {**there, **job["files"]}.items() if name not in job["gone"]}
        if _front_upkeep.make_room():
            LOADED.unlink(missing_ok=True)  # What follows has nginx read it.
        kept_up = _front_upkeep.keep_up()
        refused = conflicts(there, wanted)
        wanted = {name: there.get(name, "") if name in refused else text for name, text in wanted.items()}
        wanted = {name: text for name, text in wanted.items() if text}
        if not _done(wanted):
            _make_way()
            wanted, not_taken = _accepted(there, wanted)
            refused.update(not_taken)
        changed = not _done(wanted)
        if changed:
            _put_in_force(wanted)
    return {"changed": changed or kept_up or new_pairs, "names": sorted(wanted), "refused": refused}


def _keep_pairs(pairs: dict[str, str]) -> bool:
    """Certificates and keys lie there before anything leads to them; whether there were any to keep."""
    PAIRS.mkdir(mode=0o700, exist_ok=True)
    for name, text in pairs.items():
        _files.write(PAIRS / name, text, mode=0o600)
    return bool(pairs)


def _texts(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8", "replace") for path in directory.glob("*.conf")}


def _set(texts: dict[str, str]) -> Path:
    return BASE / f"set-{digest_of(texts)}"


def _done(texts: dict[str, str]) -> bool:
    """Whether nginx works with ``texts``, and will after its next start."""
    name = _set(texts).name
    loaded = LOADED.exists() and LOADED.read_text("utf-8", "replace") == name
    return loaded and ENTRY.exists() and _files.link_target(LIVE) == name and _texts(LIVE) == texts


def _make_way() -> None:
    """Where nothing is in force yet, an empty set is: tests of another one put it in the same place."""
    _files.write(NOTHING, "", mode=0o644)
    if not LIVE.is_dir():
        _files.link(LIVE, _staged({}).name)
    if not ENTRY.exists():
        _files.write(ENTRY, INCLUDE, mode=0o644)


def _staged(texts: dict[str, str]) -> Path:
    target = _set(texts)
    if _files.link_target(LIVE) != target.name:
        _files.remove(target)
    target.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name, text in texts.items():
        _files.write(target / name, text, mode=0o644)
    return target


def _accepted(there: dict[str, str], wanted: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """``wanted`` as far as nginx takes it, and why not, by name: such a file stays as it is ``there``."""
    if not _tested(wanted):
        return wanted, {}
    new = [name for name in wanted if name.startswith(OF_APP) and wanted[name] != there.get(name)]
    accepted = {name: there.get(name, "") if name in new else text for name, text in wanted.items()}
    accepted = {name: text for name, text in accepted.items() if text}
    reason = _tested(accepted)
    if reason:
        raise PyhostError(f"the host's nginx refuses the generated files:\n{reason}")
    refused = {}
    for name in new:
        tried = {**accepted, name: wanted[name]}
        reason = _tested(tried)
        if reason:
            refused[name] = f"the host's nginx refuses the app's file:\n{reason}"
        else:
            accepted = tried
    return accepted, refused


def _tested(texts: dict[str, str]) -> str:
    """What nginx has against starting with ``texts``; "" when it would start."""
    binds = [f"BindReadOnlyPaths={_staged(texts)}:{LIVE}"]
    if WELCOME.exists():
        binds.append(f"BindReadOnlyPaths={NOTHING}:{WELCOME}")
    options = [f"--property={one}" for one in (*TESTING, *binds)]
    unit = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--service-type=exec", *options]
    tested = run([*unit, "nginx", "-t", "-q"], Deadline(SECONDS))
    return "" if tested.status == 0 else tested.tail() or f"its test ended with status {tested.status}"


def _put_in_force(texts: dict[str, str]) -> None:
    target, before = _staged(texts), _files.link_target(LIVE)
    welcome = _files.link_target(WELCOME)
    if welcome:
        WELCOME.unlink()
    _front_upkeep.make_logs(name[len(OF_APP) : -len(".conf")] for name in texts if name.startswith(OF_APP))
    _files.link(LIVE, target.name)
    try:
        _reload()
    except PyhostError:
        _files.link(LIVE, before)
        if welcome:
            os.symlink(welcome, WELCOME)
        raise
    _files.write(LOADED, target.name, mode=0o644)
    for path in BASE.glob("set-*"):
        if path != target:
            _files.remove(path)
    used = "".join(texts.values())
    for path in PAIRS.glob("*"):
        if f"{TLS_DIRECTORY}/{path.name};" not in used:
            path.unlink()


def _reload() -> None:
    """Raises `PyhostError` when nginx goes on without the files in force."""
    deadline = Deadline(SECONDS)
    master = _master(deadline)
    old = workers(master)
    _front_upkeep.allow_files(master)
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
