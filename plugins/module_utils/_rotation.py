# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs of a cell have an end: its supervisord turns them over, as the cell's user. PRIVATE.

A process that watched them would cost ten megabytes in every cell; so supervisord loads this as an extension
(``[rpcinterface:x]``, supervisor's documentation). It looks at every file of the app's folder ``logs``: those that
programs print into, nginx's, those of schedules, and those that the app writes itself.
"""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _owners_supervisor

NGINX = "nginx"
NGINX_LOGS = ("access.log", "nginx-error.log")
"""What the cell's nginx writes by itself."""

DAEMON_LOG = "supervisord.log"
BY_NAME = re.compile(r"cron-.*\.log|release-hook\.log")
"""Logs whose writers open them anew by themselves."""

PART = re.compile(r".*\.log\.([0-9]{1,4})")

LIMITS = "logs.json"
"""In the configuration set in force: ``size`` in bytes, ``keep`` and ``days``."""

RUNNING = 20
"""Supervisor's number of the state of a program that runs (supervisor.states)."""

DAY = 24 * 3600
AGED_EVERY = 120
"""Ticks of five seconds between two looks at the age of logs."""

CHUNK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """A log is turned over at ``size`` bytes, ``keep`` older parts stay, and nothing stays longer than ``days``."""

    size: int = 10 << 20
    keep: int = 5
    days: int = 14

    @property
    def interval(self) -> float:
        """Seconds after which a log is turned over, however small: all parts together hold ``days``."""
        return self.days * DAY / (self.keep + 1)


def text(size: int, keep: int, days: int) -> str:
    """The file that `limits` reads."""
    return json.dumps({"size": size, "keep": keep, "days": days}, sort_keys=True) + "\n"


def limits(home: str) -> Limits:
    """Those of the app whose home this is; the usual ones where none can be read."""
    try:
        with open(os.path.join(home, "current", "conf", LIMITS), encoding="utf-8") as stream:
            value = json.load(stream)
        found = Limits(int(value["size"]), int(value["keep"]), int(value["days"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Limits()
    return found if found.size > 0 and found.keep > 0 and found.days > 0 else Limits()


class Rotation:
    """Called by supervisord every five seconds."""

    def __init__(self, supervisord: Any, home: str) -> None:
        self.supervisord = supervisord
        self.home = home
        self.folder = os.path.join(home, "logs")
        self.real = os.path.realpath(self.folder)
        self.ticks = 0
        self.memory = os.path.join(home, "run", "logs.json")
        self.begun = _remembered(self.memory)

    def __call__(self, _event: Any) -> None:
        """An error here would end supervisord, and with it the app: it is told in the log of supervisord."""
        try:
            self.look(limits(self.home), self.ticks % AGED_EVERY == 0)
        except Exception as error:
            self.supervisord.options.logger.warn(f"logs were not rotated: {error}")
        self.ticks += 1

    def look(self, found: Limits, aged: bool) -> None:
        """Turn over what is too large, and what is too old where ``aged``."""
        printed = self._printed(found)
        files = _regular(self.folder)
        turned = {name for name in files if name.endswith(".log") and self._large(name, files[name], found, printed)}
        if aged:
            turned |= self._old(files, found)
        for name in sorted(turned):
            path = os.path.join(self.folder, name)
            if name in printed or name in NGINX_LOGS or name == DAEMON_LOG or BY_NAME.fullmatch(name):
                turn(path, found.keep)
            else:
                cut(path, found.keep, found.size)
        if turned & set(NGINX_LOGS):
            for process in self._processes():
                if process.config.name == NGINX and process.pid and process.get_state() == RUNNING:
                    os.kill(process.pid, signal.SIGUSR1)  # nginx opens its logs anew, nginx(8)
        for name in turned & set(printed):
            for dispatcher in printed[name]:
                dispatcher.reopenlogs()
        if DAEMON_LOG in turned:
            self.supervisord.options.reopenlogs()

    def _large(self, name: str, entry: os.stat_result, found: Limits, printed: Iterable[str]) -> bool:
        """Supervisor itself looks at the size of what programs print, and of its own log."""
        return name not in printed and name != DAEMON_LOG and _size(entry) > found.size

    def _processes(self) -> list[Any]:
        return [one for group in self.supervisord.process_groups.values() for one in group.processes.values()]

    def _printed(self, found: Limits) -> dict[str, list[Any]]:
        """Supervisor's writers of the logs in the folder, by name of the log; each follows the limits from now on."""
        writers: dict[str, list[Any]] = {}
        for process in self._processes():
            for dispatcher in getattr(process, "dispatchers", {}).values():
                for handler in getattr(getattr(dispatcher, "normallog", None), "handlers", ()):
                    folder, name = os.path.split(getattr(handler, "baseFilename", ""))
                    if os.path.realpath(folder) == self.real and getattr(handler, "maxBytes", None):
                        handler.maxBytes, handler.backupCount = found.size, found.keep
                        writers.setdefault(name, []).append(dispatcher)
        return writers

    def _old(self, files: dict[str, os.stat_result], found: Limits) -> set[str]:
        """Remove what is too old, and say which logs began so long ago that they are to be turned over."""
        now = time.time()
        printed = self._printed(found)
        for name, entry in files.items():
            number = PART.fullmatch(name)
            log = name.endswith(".log")
            held = log and (name in printed or name in NGINX_LOGS or name == DAEMON_LOG)
            old = now - entry.st_mtime > found.days * DAY - (0 if log else found.interval)
            if (old and not held) or (number and int(number[1]) > found.keep):
                with suppress(OSError):
                    os.unlink(os.path.join(self.folder, name))
        before = dict(self.begun)
        due = {name for name, entry in files.items() if name.endswith(".log") and self._due(name, entry, found, now)}
        if self.begun != before:
            _remember(self.memory, {name: one for name, one in self.begun.items() if name in files})
        return due

    def _due(self, name: str, entry: os.stat_result, found: Limits, now: float) -> bool:
        inode, begun = self.begun.get(name, (0, 0.0))
        if inode != entry.st_ino or not entry.st_size:
            begun = _begun(os.path.join(self.folder, name), now) if entry.st_size and not inode else now
            self.begun[name] = (entry.st_ino, begun)
        return bool(entry.st_size) and now - begun > found.interval


def _remembered(path: str) -> dict[str, tuple[int, float]]:
    """When each log began, with its inode, as another supervisord has seen it."""
    try:
        with open(path, encoding="utf-8") as stream:
            return {str(name): (int(inode), float(begun)) for name, (inode, begun) in json.load(stream).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _remember(path: str, begun: dict[str, tuple[int, float]]) -> None:
    stage = f"{path}.new"
    with open(stage, "w", encoding="utf-8") as stream:
        json.dump(begun, stream)
    os.replace(stage, path)


def _begun(path: str, now: float) -> float:
    """When a log that was there before us began: after the last line of the part before it; else nobody knows."""
    try:
        return os.lstat(f"{path}.1").st_mtime
    except OSError:
        return now


def _regular(folder: str) -> dict[str, os.stat_result]:
    """The regular files in a folder by name."""
    found = {}
    for name in os.listdir(folder):
        with suppress(OSError):
            entry = os.lstat(os.path.join(folder, name))
            if stat.S_ISREG(entry.st_mode):
                found[name] = entry
    return found


def _size(entry: os.stat_result) -> int:
    """Bytes of a file that are on the disk; one that was cut under its writer may have a hole at its begin."""
    return min(entry.st_size, entry.st_blocks * 512)


def turn(path: str, keep: int) -> None:
    """The file ``path`` is ``path.1`` now, older parts have moved on, and ``keep`` of them stay."""
    if not os.path.lexists(path):
        return
    for number in range(keep - 1, 0, -1):
        if os.path.lexists(f"{path}.{number}"):
            os.replace(f"{path}.{number}", f"{path}.{number + 1}")
    os.replace(path, f"{path}.1")


def cut(path: str, keep: int, size: int) -> None:
    """`turn` for a log that its writer keeps open: its last ``size`` bytes are copied, and it is emptied."""
    flags = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, os.O_RDWR | flags), "r+b") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - size))
        stage = f"{path}.0"
        with suppress(FileNotFoundError):
            os.unlink(stage)
        with os.fdopen(os.open(stage, os.O_WRONLY | os.O_CREAT | os.O_EXCL | flags, 0o640), "wb") as part:
            left = size
            while left > 0:
                data = log.read(min(CHUNK, left))
                if not data:
                    break
                part.write(data)
                left -= len(data)
        os.ftruncate(log.fileno(), 0)
    for number in range(keep - 1, -1, -1):
        if os.path.lexists(f"{path}.{number}"):
            os.replace(f"{path}.{number}", f"{path}.{number + 1}")


def rotation(supervisord: Any, home: str = "", paths: str = "", **_older: str) -> object:
    """Begin, as supervisord's configuration says; there is nothing for clients to call.

    ``paths`` of logs, by which older configurations say where the home is. What was left out of the configuration is
    in it again from now on: that has no section of its own, because a supervisord that runs since before would not find
    a factory that is new, and refuse to read its files again.
    """
    from supervisor import events  # type: ignore[import-untyped]

    home = home or os.path.dirname(os.path.dirname(paths.split()[0]))
    events.subscribe(events.Tick5Event, Rotation(supervisord, home))
    _owners_supervisor.restore(Path(home))
    return object()
