# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start wrapper: becomes the server with exactly the environment of the launch file.

Supervisor runs ``pyhost-start PROGRAM`` in the cell's home; ``app`` starts what ``current`` leads to,
``app-next`` what ``run/next`` leads to. PRIVATE to the collection.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _files,
    _home,
    _owned,
    _owners_nginx,
    _process,
    _processes,
)
from ansible_collections.pyhost.platform.plugins.module_utils._shell import replacing
from ansible_collections.pyhost.platform.plugins.module_utils._supervisor_own import OWN

LISTEN = re.compile(r"^\s*listen\s+unix:([^\s;]+)", re.MULTILINE)


def main(program: str, tools: str) -> NoReturn:
    home = Path.cwd()
    if program.startswith(OWN):
        _own(sys.argv[2:])
    _process.end_with_parent(signal.SIGTERM)
    _process.end_orphans(home / "run", program, signal.SIGQUIT if program == _home.NGINX else signal.SIGTERM)
    if program == _home.NGINX:
        _nginx(home, tools)
    if program == _home.CRON:  # Imported here, because no other program should take the time.
        os.umask(0o027)
        raise SystemExit(import_module(f"{__package__}._cron").main(home, tools))
    if program not in (_home.APP, _home.NEXT):
        _worker(home, program)
    base = home / "run" / "next" if program == _home.NEXT else home / "current"
    launch = _files.read_json(base / "launch.json")
    if not launch:
        raise _nothing(program)
    _app(home, program, launch)


def _app(home: Path, program: str, launch: dict[str, Any]) -> NoReturn:
    process = _owned.process(home, launch) if program == _home.APP else launch["process"]
    path = home / "run" / _home.socket_name(program, launch["process_digest"])
    port = launch["ports"].get(program, 0)
    environment = dict(process["environment"])
    if port:
        environment.update(dict.fromkeys(process.get("ports", ("PORT",)), str(port)), SOCKET=str(path))
    path.unlink(missing_ok=True)
    words = [word.replace("{socket}", str(path)) if "{socket}" in word else word for word in process["argv"]]
    if sys.argv[2:3] == ["--"]:  # the owner's own line in conf/supervisor.d says the callable
        words[-1:] = sys.argv[3:]
    record = {"process": launch["process_digest"], "socket": path.name, "port": port}
    _become(home, program, record, words, process["cwd"], environment)


def _worker(home: Path, program: str) -> NoReturn:
    """One of the app's own processes, which a rollout exchanges before it switches; it is told its own name."""
    for base in (home / "run" / _home.AHEAD, home / "current"):
        launch = _files.read_json(base / "launch.json")
        row = _processes.rows(launch).get(program)
        if row:
            process, line = launch["process"], row["command"]
            record = {"process": launch["process_digest"], "command": line}
            environment = {"PYHOST_PROCESS": program, **process["environment"]}
            _become(home, program, record, ["/bin/sh", "-c", replacing(line)], process["cwd"], environment)
    raise _nothing(program)


def _nothing(program: str) -> SystemExit:
    return SystemExit(f"pyhost-start: nothing is deployed that {program} could start")


def _own(words: list[str]) -> NoReturn:
    """A program of the app's own Supervisor file, which says the directory; what it says of the environment wins."""
    launch = _files.read_json(Path(os.environ["HOME"]) / "current" / "launch.json")
    _process.end_with_parent(signal.SIGTERM)
    given = Path(f"/proc/{os.getppid()}/environ").read_bytes().decode("utf-8", "surrogateescape").split("\0")
    said = {name: value for name, value in os.environ.items() if f"{name}={value}" not in given}
    environment = {**launch["process"]["environment"], **said}
    try:
        os.execvpe(words[0], words, environment)
    except OSError as error:
        raise SystemExit(f"pyhost-start: {words[0]} cannot be started: {error.strerror}") from error


def _nginx(home: Path, tools: str) -> NoReturn:
    """nginx without what keeps it from starting: files of the owner's that it refuses, sockets of a killed one."""
    conf, left_out = _owners_nginx.startable(home, tools)
    for line in left_out:
        sys.stderr.write(f"pyhost-start: left out, because nginx would not start with it: {line}\n")
    for rules in (home / "current" / "conf" / "nginx.d").glob("*.conf"):
        for path in LISTEN.findall(rules.read_text(encoding="utf-8")):
            remove_stale(path)
    _process.write_record(home / "run", _home.NGINX, {})
    words = [f"{tools}/bin/nginx", "-p", f"{home}/run/", "-c", str(conf)]
    os.execv(words[0], words)


def remove_stale(path: str) -> None:
    """Remove the socket ``path`` when nobody listens on it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
        except OSError:
            pass


def _become(
    home: Path,
    program: str,
    record: dict[str, Any],
    words: list[str],
    cwd: str,
    environment: dict[str, str],
) -> NoReturn:
    os.umask(0o027)
    os.chdir(cwd)
    _process.write_record(home / "run", program, record)
    encoded = {name.encode(): value.encode("utf-8", "surrogateescape") for name, value in environment.items()}
    try:
        os.execve(words[0], words, encoded)
    except OSError as error:
        raise SystemExit(f"pyhost-start: {words[0]} cannot be started: {error.strerror}") from error
