# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at a host from within, as root: its processes, and what a change of an app left behind.

Sent over SSH by `tests.support.faults`; needs nothing but Python 3.9. Argument: a function's name and its words as JSON.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import pwd
import socket
import stat
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GARBAGE = (
    ".stage-*",
    "*/.stage-*",
    "*/*/.stage-*",
    "run/archive-*",
    "run/next",
    "run/workers-next",
    "run/app-next*",
    "run/unproved",
    "run/supervisor.d/*next*",
    "logs/app-next*",
)
"""What nothing may leave in a home."""

FRESH_SECONDS = 3600
"""What no launch has led to yet may be another deploy's for so long, and is removed after it."""

KEPT = {"app": "releases", "venv": "virtualenvs", "conf": "conf/sets"}
"""Links of a launch, and where what they lead to lies; nothing else lies there."""


def output(*words: str) -> str:
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout


def processes() -> list[dict[str, Any]]:
    """Every process: number, parent, user, command line, start."""
    rows = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            words = (path / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")
            user = path.stat().st_uid
        except OSError:
            continue  # It has just ended.
        name = next((entry.pw_name for entry in pwd.getpwall() if entry.pw_uid == user), str(user))
        what = words or ("(ended, nobody waits for it)" if fields[0] == "Z" else "(kernel)")
        rows.append(
            {"pid": int(path.name), "parent": int(fields[1]), "user": name, "words": what, "start": int(fields[19])}
        )
    return sorted(rows, key=lambda row: row["pid"])


def left(homes: dict[str, str]) -> list[str]:
    """What should not be there when no change of these apps is under way, in words."""
    found = list(_front())
    for app, home in homes.items():
        looks = (_processes(app, home), _sockets(app, home), _files(home), _unneeded(home), _units(app), _lock(home))
        found += [f"{app}: {text}" for look in looks for text in look]
    return found


class _Transport(xmlrpc.client.Transport):
    """Speaks to supervisord over its socket."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection(host)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(self._path)
        return connection


def _programs(home: str) -> dict[str, tuple[str, int]]:
    """State and process number of each program."""
    proxy: Any = xmlrpc.client.ServerProxy("http://supervisord", _Transport(f"{home}/run/supervisor.sock"))
    return {row["name"]: (row["statename"], row["pid"]) for row in proxy.supervisor.getAllProcessInfo()}


def _processes(app: str, home: str) -> Iterator[str]:
    daemon = int(output("systemctl", "show", "--property=MainPID", "--value", f"pyhost-{app}.service") or 0)
    if not daemon:
        yield f"pyhost-{app}.service does not run"
        return
    programs = _programs(home)
    for name, (state, _pid) in programs.items():
        if "next" in name or state != "RUNNING":
            yield f"program {name} is {state}"
    allowed = {pid for _state, pid in programs.values() if pid}
    rows = {row["pid"]: row for row in processes()}
    for pid, row in rows.items():
        if row["user"] != app or pid == daemon:
            continue
        line = [pid]
        while line[-1] in rows and line[-1] != daemon:
            line.append(rows[line[-1]]["parent"])
        if line[-1] != daemon or line[-2] not in allowed:
            yield f"process {pid} of no program: {row['words']}"


def _sockets(app: str, home: str) -> Iterator[str]:
    for path in [*Path(home, "run").glob("*"), *Path("/run/pyhost", app).glob("*")]:
        if not stat.S_ISSOCK(path.lstat().st_mode):
            continue
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(path))
            except OSError as error:
                yield f"socket {path}: {error.strerror}"


def _files(home: str) -> Iterator[str]:
    """Sockets are looked at by `_sockets`: nginx itself listens on one for ``app-next``, before a port."""
    found = [path for pattern in GARBAGE for path in Path(home).glob(pattern)]
    return (f"file {path}" for path in found if not path.is_socket())


def _unneeded(home: str) -> Iterator[str]:
    launches = [path for path in Path(home, "launches").glob("*") if not path.name.startswith(".")]
    for link, place in KEPT.items():
        needed = {os.path.basename(os.readlink(launch / link)) for launch in launches if (launch / link).is_symlink()}
        for path in Path(home, place).glob("*"):
            if path.name.removesuffix(".json") not in needed and time.time() - path.lstat().st_mtime > FRESH_SECONDS:
                yield f"{path}, which no launch needs"


def _units(app: str) -> Iterator[str]:
    listed = output("systemctl", "list-units", "--all", "--plain", "--no-legend", f"pyhost-{app}-*")
    return (f"unit {line.split()[0]} {line.split()[3]}" for line in listed.splitlines())


def _lock(home: str) -> Iterator[str]:
    try:
        with open(os.path.join(home, "run", "lock"), encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield f"the lock is held: {Path(home, 'run', 'lock').read_text()}"
    except FileNotFoundError:
        pass


def _front() -> Iterator[str]:
    base = Path("/etc/nginx/pyhost")
    if not base.is_dir():
        return
    sets = sorted(path.name for path in base.glob("set-*"))
    if len(sets) > 2:  # The one in force, and the one before.
        yield f"sets of the front: {', '.join(sets)}"
    for path in [*base.glob(".*"), *base.glob("*/.*")]:
        yield f"file {path}"
    masters = [row for row in processes() if row["user"] == "root" and row["words"].startswith("nginx: master")]
    if len(masters) != 1:
        yield f"{len(masters)} masters of the front"


def numbers(app: str, home: str) -> dict[str, int]:
    """What must not grow: processes, descriptors, inodes and kilobytes."""
    rows = processes()
    mine = [row["pid"] for row in rows if row["user"] == app]
    fronts = [row["pid"] for row in rows if row["user"] in ("root", "www-data") and row["words"].startswith("nginx")]
    return {
        "processes": len(rows),
        "processes of the app": len(mine),
        "descriptors of the app": sum(_descriptors(pid) for pid in mine),
        "descriptors of the front": sum(_descriptors(pid) for pid in fronts),
        "inodes of the home": int(output("du", "--inodes", "--summarize", home).split()[0]),
        "kilobytes of the home": int(output("du", "--summarize", "--exclude=*.log", home).split()[0]),
        "inodes of the rest": int(
            output("du", "--inodes", "--summarize", "--one-file-system", "/etc", "/opt", "/root").split()[0]
        )
        + sum(1 for place in ("/run", "/tmp", "/var/tmp") for _ in Path(place).rglob("*")),
    }


def _descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def overhead(apps: list[str]) -> dict[str, int]:
    """Kilobytes (PSS) of each app's cell without the app itself: its supervisord and its nginx."""
    found = dict.fromkeys(apps, 0)
    for row in processes():
        if row["user"] in found and ("/supervisord " in row["words"] or row["words"].startswith("nginx: ")):
            for line in Path(f"/proc/{row['pid']}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    found[row["user"]] += int(line.split()[1])
    return found


def temporaries() -> list[str]:
    """Ansible's own temporary directories of root."""
    return sorted(str(path) for path in Path("/root/.ansible/tmp").glob("*"))


def sessions() -> dict[str, list[int]]:
    """The processes of every SSH connection but the one that asks, and what outlives its connection.

    A stage that takes long is no child of its connection any more, see `_keeper` of the collection.
    """
    rows = processes()
    by_pid = {row["pid"]: row for row in rows}
    own, at = set(), os.getpid()
    while at in by_pid:
        own.add(at)
        at = by_pid[at]["parent"]
    listener = int(output("systemctl", "show", "--property=MainPID", "--value", "ssh.service"))
    alone = [row["pid"] for row in rows if row["parent"] == 1 and "/pyhost-host.py " in row["words"]]
    first = [row["pid"] for row in rows if row["parent"] == listener and row["pid"] not in own] + alone
    found = list(first)
    for row in rows:
        if row["parent"] in found and row["pid"] not in found:
            found.append(row["pid"])
    daemons = [pid for pid in found if by_pid[pid]["words"].startswith("sshd")]
    return {"sshd": daemons, "below": [pid for pid in found if pid not in daemons]}


if __name__ == "__main__":
    function, words = sys.argv[1], json.loads(sys.argv[2])
    print(json.dumps(globals()[function](*words)))
