# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs of the cell's nginx do not grow without end: its supervisord turns them over, as the cell's user. PRIVATE.

supervisord rotates what programs print, and nginx writes its logs itself. A process that watched them would cost ten
megabytes in every cell; so supervisord loads this as an extension (``[rpcinterface:x]``, supervisor's documentation).
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable
from typing import Any

NGINX = "nginx"
KEPT = 5
"""Older parts that are kept, ``access.log.1`` the newest."""

RUNNING = 20
"""Supervisor's number of the state of a program that runs (supervisor.states)."""


class Rotation:
    """Called by supervisord every five seconds."""

    def __init__(self, supervisord: Any, paths: Iterable[str], largest: int) -> None:
        self.supervisord = supervisord
        self.paths = tuple(paths)
        self.largest = largest

    def __call__(self, _event: Any) -> None:
        """An error here would end supervisord, and with it the app: it is told in the log of supervisord."""
        try:
            if [path for path in self.paths if turned(path, self.largest)]:
                for process in self._nginx():
                    os.kill(process, signal.SIGUSR1)  # nginx opens its logs anew, nginx(8)
        except Exception as error:
            self.supervisord.options.logger.warn(f"logs were not rotated: {error}")

    def _nginx(self) -> list[int]:
        programs = [one for group in self.supervisord.process_groups.values() for one in group.processes.values()]
        return [one.pid for one in programs if one.config.name == NGINX and one.pid and one.get_state() == RUNNING]


def turned(path: str, largest: int) -> bool:
    """Whether the file ``path`` had more than ``largest`` bytes and is ``path.1`` now."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(found.st_mode) or found.st_size <= largest:
        return False
    for number in range(KEPT - 1, 0, -1):
        if os.path.lexists(f"{path}.{number}"):
            os.replace(f"{path}.{number}", f"{path}.{number + 1}")
    os.replace(path, f"{path}.1")
    return True


def rotation(supervisord: Any, paths: str = "", largest: str = "0") -> object:
    """Begin, as supervisord's configuration says; there is nothing for clients to call."""
    from supervisor import events  # type: ignore[import-untyped]

    events.subscribe(events.Tick5Event, Rotation(supervisord, paths.split(), int(largest)))
    return object()
