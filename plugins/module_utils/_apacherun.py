# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``pyhost-apache``: runs the Apache of one app, and restarts FastCGI scripts that were touched. PRIVATE.

    pyhost-apache CONFIGURATION [ROOT]
        Apache with that file; ``ROOT`` holds the web roots (the working directory if it is not given)
    pyhost-apache --express MODULE:ATTRIBUTE MOD_WSGI_EXPRESS [OPTION]...
        Apache with that callable of the working directory, as mod_wsgi-express configures it

Apache takes SIGTERM as "now"; what ends an app asks it to finish first, which is SIGWINCH to Apache (httpd,
"Stopping and Restarting").
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _process
from ansible_collections.pyhost.platform.plugins.module_utils._apache import PROGRAM

LOOK = 0.5
"""Seconds between two looks at the scripts."""

QUIET = 0.5
"""Seconds from when nobody can reach a process any more to its SIGTERM: by then it has taken what was queued."""

PATIENCE = 30.0
"""Seconds that a process then has for its last request."""


def main(words: Sequence[str]) -> int:
    """Run until Apache ends; returns its exit status."""
    if not words or not os.environ.get("PORT"):
        raise SystemExit("pyhost-apache: runs as the program of an app: pyhost-apache CONFIGURATION [ROOT]")
    place = Path(os.environ["SOCKET"]).parent / f"apache-{os.environ['PORT']}"
    _files.remove(place)
    (place / "fcgi").mkdir(mode=0o700, parents=True)
    root = words[1] if words[1:] else os.getcwd()
    environment = {**os.environ, "PYHOST_ROOT": root}
    with subprocess.Popen(  # pylint: disable=ansible-bad-function,subprocess-popen-preexec-fn
        command(words, place, root),
        env=environment,
        stdin=subprocess.DEVNULL,
        preexec_fn=lambda: _process.end_with_parent(signal.SIGTERM),
    ) as apache:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: apache.send_signal(signal.SIGWINCH))
        scripts, modes = Scripts(place), Modes(Path(root))
        while True:
            try:
                status = apache.wait(LOOK)
            except subprocess.TimeoutExpired:
                for text in modes.look():
                    sys.stderr.write(f"{text}\n")
                    sys.stderr.flush()
                scripts.look(apache.pid)
                continue
            _files.remove(place)
            return status if status >= 0 else 128 - status


def command(words: Sequence[str], place: Path, root: str) -> list[str]:
    """The command line of Apache."""
    if words[0] == "--express":
        return express(words[1], words[2], words[3:], place)
    names = {"PORT": os.environ["PORT"], "PLACE": str(place), "ROOT": root}
    defines = [word for name, value in names.items() for word in ("-C", f'Define {name} "{value}"')]
    # The level of what is said outside of any request, such as that Options in a .htaccess is passed over.
    return [PROGRAM, "-e", "error", *defines, "-f", words[0], "-D", "FOREGROUND"]


def express(target: str, program: str, options: Sequence[str], place: Path) -> list[str]:
    """mod_wsgi-express with the file of the callable, which it looks at before each request: a touch restarts the app.

    That is a module, or a script as mod_wsgi has them, ``NAME.wsgi``. A module that is no file of the working directory
    is imported by its name.
    """
    module, _colon, attribute = target.partition(":")
    file = f"{module.replace('.', '/')}.py"
    if module.endswith(".wsgi") and not os.path.isfile(file):
        file = module
    what = [file, "--application-type=script"] if os.path.isfile(file) else [module, "--application-type=module"]
    where = ["--host=127.0.0.1", f"--port={os.environ['PORT']}", f"--server-root={place}/express"]
    return [program, "start-server", *what, f"--callable-object={attribute}", *where, *options]


class Scripts:
    """The FastCGI processes of one Apache; one whose script is newer than itself is ended, and Apache starts another.

    mod_fcgid does not look at scripts itself. First the process's socket is removed, so that no request is given to
    it any more, and then it is asked to end (SIGTERM): what it has begun it finishes. It is asked once, for flup ends
    at once when it is asked again.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._seen: dict[int, tuple[str, int]] = {}
        self._leaving: dict[int, float] = {}
        self._asked: set[int] = set()

    def look(self, apache: int) -> None:
        """One look at everything that Apache has started."""
        living = {pid for helper in _process.children(apache) for pid in _process.children(helper)}
        now = time.monotonic()
        for known in (self._seen, self._leaving):
            for pid in set(known) - living:
                del known[pid]
        for pid in living - set(self._leaving):
            if self._touched(pid):
                path = fastcgi_socket(pid, self._place)
                if path:
                    path.unlink(missing_ok=True)
                self._leaving[pid] = now + QUIET
        self._asked &= living
        for pid, when in self._leaving.items():
            if now >= when + PATIENCE:
                self._end(pid, signal.SIGKILL)
            elif now >= when and pid not in self._asked:
                self._asked.add(pid)
                self._end(pid, signal.SIGTERM)

    def _touched(self, pid: int) -> bool:
        if pid not in self._seen:
            path = script(pid)
            if not path or not fastcgi_socket(pid, self._place):
                return False
            self._seen[pid] = (path, _changed(path))
            if _begun(pid) < _changed(path) / 1e9 <= time.time():  # Between its start and now.
                return True
        path, before = self._seen[pid]
        now = _changed(path)
        return bool(now) and now != before

    @staticmethod
    def _end(pid: int, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Modes:
    """The scripts of the web roots below ``root``: mod_fcgid does not say why one that is not executable fails."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._seen: dict[Path, int] = {}

    def look(self) -> list[str]:
        """What is to be said of modes that were not seen before, a sentence each."""
        found = {path: _mode(path) for depth in ("", "*/") for path in self._root.glob(f"public_html/{depth}*.fcgi")}
        new = [path for path, mode in sorted(found.items()) if self._seen.get(path) != mode]
        self._seen = found
        return [f"{path} is not executable: chmod 755 {path}" for path in new if not found[path] & stat.S_IXUSR]


def script(pid: int) -> str:
    """The script that a process runs: the first word of its command line, after the interpreter, that is a file."""
    for word in _read(f"/proc/{pid}/cmdline").split(b"\0")[1:]:
        if word.startswith(b"/") and os.path.isfile(word):
            return os.fsdecode(word)
    return ""


def fastcgi_socket(pid: int, place: Path) -> Path | None:
    """The socket that mod_fcgid gave to a process as its standard input (FastCGI, "Initial Process State")."""
    try:
        target = os.readlink(f"/proc/{pid}/fd/0")
    except OSError:
        return None
    number = target[len("socket:[") : -1] if target.startswith("socket:[") else "none"
    for line in _read("/proc/net/unix").decode("utf-8", "surrogateescape").splitlines():
        fields = line.split()
        if len(fields) == 8 and fields[6] == number and fields[7].startswith(f"{place}/"):
            return Path(fields[7])
    return None


def _mode(path: Path) -> int:
    """The mode of a file; that of one which is gone is no problem of its mode."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return stat.S_IXUSR


def _changed(path: str) -> int:
    """When a file was changed, in nanoseconds; 0 when it is gone."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _begun(pid: int) -> float:
    """When a process began, in seconds since 1970."""
    ticks = os.sysconf("SC_CLK_TCK")
    up = float(_read("/proc/uptime").split()[0])
    return time.time() - up + _process.start_time(pid) / ticks


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""
