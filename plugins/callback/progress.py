# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress on stages that take long."""

from __future__ import annotations

DOCUMENTATION = """
name: progress
type: aggregate
short_description: Show what each app does while a stage takes long
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Building a hundred virtualenvs or compiling a Python takes minutes, in which Ansible says nothing. This callback
    shows for each app, or Python, what is done now and since when, and how many of how many are done.
  - On a terminal these are live lines below what Ansible writes; they go when the stage ends. Where the output is no
    terminal, or C(TERM) is C(dumb), a line is written when an app goes on to something else, about one in a second at
    most.
  - Stages that end within three seconds are not shown. What apps do can be told over a connection with pipelining, as
    SSH and C(local) have, by hosts with the collection's tools, which a deploy installs before all that takes long.
    Elsewhere a terminal shows the stage and its time alone.
requirements:
  - Enabled with C(callbacks_enabled) in the section C(defaults) of C(ansible.cfg), or with the environment variable
    C(ANSIBLE_CALLBACKS_ENABLED).
"""

EXAMPLES = """
# ansible.cfg
# [defaults]
# callbacks_enabled = pyhost.platform.progress
"""

import atexit
import os
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, cast

from ansible.plugins.callback import CallbackBase
from ansible.utils.display import Display
from ansible_collections.pyhost.platform.plugins.plugin_utils import _watch
from ansible_collections.pyhost.platform.plugins.plugin_utils._painter import LEAST_HEIGHT, Plain, block

TICK = 0.25
"""Seconds between two looks."""

PREFIX = "pyhost.platform."


class CallbackModule(CallbackBase):
    """Watches while a task of this collection is under way; Ansible calls it after it has written what happened."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "pyhost.platform.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._watcher: _Watcher | None = None
        self._screen: Screen | None = None
        self._plain = Plain()

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        del is_conditional
        self._stop()
        if str(task.action).startswith(PREFIX):
            _watch.begin()
            if _on_terminal() and not self._screen:
                self._screen = Screen()
            self._watcher = _Watcher(self._show)
            self._watcher.start()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        del play
        self._stop()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        del stats
        self._stop()
        _watch.end()
        if self._screen:
            self._screen.close()
            self._screen = None

    def _show(self) -> None:
        works, now = _watch.works(), _watch.CLOCK()
        if self._screen:
            size = shutil.get_terminal_size()
            self._screen.show(block(works, size.columns - 1, max(LEAST_HEIGHT, size.lines - 2), now))
            return
        for line in self._plain.lines(works, now):
            Display().display(line)
        sys.stdout.flush()

    def _stop(self) -> None:
        if self._watcher:
            self._watcher.stop()
            self._watcher = None
        if self._screen:
            self._screen.show([])


def _on_terminal() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


class _Watcher(threading.Thread):
    """Calls ``show`` every `TICK` until it is stopped."""

    def __init__(self, show: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()
        self._show = show

    def run(self) -> None:
        while not self._over.wait(TICK):
            with suppress(OSError, ValueError):  # As of a terminal that is gone: that is for Ansible to tell.
                self._show()

    def stop(self) -> None:
        self._over.set()
        self.join()


class Screen:
    """Live lines at the end of a terminal.

    Whatever else is written to standard output or error takes their place first, and they come again below it.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._lines: list[str] = []
        self._at_begin = True
        self._streams = (sys.stdout, sys.stderr)
        sys.stdout = cast(TextIO, _Through(self, sys.stdout))
        sys.stderr = cast(TextIO, _Through(self, sys.stderr))
        os.register_at_fork(after_in_child=self._forget_lock)
        atexit.register(self.close)

    def _forget_lock(self) -> None:
        """A worker of Ansible is forked while any thread may hold the lock, and has none of these threads."""
        self._lock = threading.RLock()

    def show(self, lines: list[str]) -> None:
        """Have ``lines`` be the live ones; [] for none."""
        with self._lock:
            if lines != self._lines and self._at_begin:
                text = "".join(f"{line}\n" for line in lines)
                self._put(self._erasure() + text)
                self._lines = lines

    def write(self, stream: TextIO, text: str) -> int:
        """Write what somebody else has to say."""
        with self._lock:
            if self._lines:
                self._put(self._erasure())
                self._lines = []
            self._at_begin = text.endswith("\n") if text else self._at_begin
            return stream.write(text)

    def close(self) -> None:
        """No live lines any more, and the streams as they were."""
        self.show([])
        if isinstance(sys.stdout, _Through):
            sys.stdout, sys.stderr = self._streams

    def _erasure(self) -> str:
        """What takes the cursor to the first of the live lines, and clears from there."""
        columns = max(1, shutil.get_terminal_size().columns)
        rows = sum(-(-max(1, len(line)) // columns) for line in self._lines)
        return f"\r\x1b[{rows}A\x1b[J" if rows else ""

    def _put(self, text: str) -> None:
        stream = self._streams[0]
        stream.flush()
        stream.write(text)
        stream.flush()


class _Through:
    """A standard stream that goes through the screen; everything else is the stream's own."""

    def __init__(self, screen: Screen, stream: TextIO) -> None:
        self._screen, self._stream = screen, stream

    def write(self, text: str) -> int:
        return self._screen.write(self._stream, text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
