# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loaded by the Pythons of a host: counts what a transaction is about to change, and kills it at a given number.

A transaction is a run of the agent, which is the app's user's, or of a stage's own code, which is root's. A change is
one that others see: a file opened for writing, a rename, a link, a removal, a program started, a call to supervisord that is no
question. The process is killed before the change is made. Needs nothing but Python 3.9.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import sys
from typing import Any

PLACE = "/dev/shm/pyhost-crash"
LAST = "answer"
TRANSACTION = re.compile(r"/pyhost-(agent|host)\.py$")
"""The programs that do them; their last argument is the verb."""

PATHS = {
    "os.rename": 1,
    "os.symlink": 1,
    "os.link": 1,
    "os.remove": 0,
    "os.mkdir": 0,
    "os.rmdir": 0,
    "os.truncate": 0,
    "os.utime": 0,
    "os.chmod": 0,
    "os.chown": 0,
}
"""Audit events (docs.python.org: audit events table), and which of their arguments is the path that changes."""

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
ELSEWHERE = ("/dev/", "/proc/", "/tmp", "/root/.ansible")
METHOD = re.compile(rb"<methodName>supervisor\.(\w+)</methodName>")
QUESTION = ("get", "read", "tail")


class Crash:
    """The hook of one run of the agent."""

    def __init__(self, verb: str, order: dict[str, Any], trace: int) -> None:
        self.verb, self.order, self.trace = verb, order, trace
        self.count = 0
        self.last, self.times = "", 0

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        what = change(event, args)
        if not what:
            return
        # Of the many files of a tree only some are points of their own: number 1, 2, 4, 8 and so on.
        self.times = self.times + 1 if what == self.last else 1
        self.last = what
        if self.times & (self.times - 1) == 0:
            self.point(what)

    def point(self, what: str) -> None:
        self.count += 1
        os.write(self.trace, f"{self.verb}\t{self.count}\t{what}\n".encode())
        if self.verb == self.order["verb"] and (self.order["at"] or self.order["what"]) in (self.count, what):
            os.kill(os.getpid(), 9)


class Answer:
    """Standard output: the work is done when an answer is written there."""

    def __init__(self, crash: Crash, stream: Any) -> None:
        self.crash, self.stream, self.begun = crash, stream, False

    def write(self, text: str) -> Any:
        if not self.begun and text.startswith("{"):
            self.begun = True
            self.crash.point(LAST)
        return self.stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def change(event: str, args: tuple[Any, ...]) -> str:
    """What an audit event changes, in words that are the same in every run; "" when nothing that others see."""
    if event == "open":
        path, _mode, flags = args
        written = isinstance(path, (str, bytes)) and isinstance(flags, int) and flags & WRITES
        return named("write", os.fsdecode(path)) if written else ""
    if event in PATHS:
        path, words = args[PATHS[event]], event.split(".")[1]
        if isinstance(path, int) or (words != "truncate" and args[-1] > 2):
            return f"{words.replace('rmdir', 'remove')} below"  # By descriptor, or within a directory that is one.
        path = os.fsdecode(path)
        there = os.path.lexists(path)
        if (words == "mkdir" and there) or (words == "remove" and not there):
            return ""
        return named(words, path)
    if event == "http.client.send":
        found = METHOD.search(args[1]) if isinstance(args[1], bytes) else None
        name = found.group(1).decode() if found else "get"
        return "" if name.startswith(QUESTION) else f"supervisord {name}"
    if event == "subprocess.Popen":
        return f"run {os.path.basename(str(args[0]))}"
    return ""


def named(words: str, path: str) -> str:
    """The change with the first names of its path; numbers and digests differ between runs."""
    if path.startswith(ELSEWHERE) or "__pycache__" in path:
        return ""
    short = os.path.relpath(path) if path.startswith("/") else path
    if short.startswith(".."):
        short = path
    parts = [re.sub(r"[0-9a-f]{8,}|\d+", "N", part) for part in short.split("/")]
    return f"{words} {'/'.join(parts[: 5 if parts[0] == '' else 2])}"


def transaction() -> str:
    """The verb of the agent or the stage that this process runs; "" in every other process."""
    words = getattr(sys, "orig_argv", [])[1:]
    return str(words[-1]) if any(map(TRANSACTION.search, words)) else ""


def begin() -> None:
    """Count, when this is a transaction and there is an order for its user."""
    verb = transaction()
    if not verb:
        return
    user = pwd.getpwuid(os.getuid()).pw_name
    try:
        with open(os.path.join(PLACE, "order.json"), encoding="utf-8") as stream:
            order = json.load(stream)[user]
        trace = os.open(os.path.join(PLACE, f"trace-{user}"), os.O_WRONLY | os.O_APPEND)
    except (OSError, KeyError):
        return
    crash = Crash(verb, order, trace)
    sys.stdout = Answer(crash, sys.stdout)
    sys.addaudithook(crash.hook)


begin()
