# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A log that has an end, written by one of our own programs. Runs as the cell's user. PRIVATE to the collection."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _rotation


class Log:
    """Appends to ``path``, which is turned over before it would exceed ``size`` bytes; ``keep`` older parts stay.

    Somebody else may turn it over, too. What cannot be written is left out: a full disk is no reason for a job to
    hang, and neither is a pipe in place of the log.
    """

    def __init__(self, path: Path, size: int, keep: int) -> None:
        self.path = path
        self.size = size
        self.keep = keep
        self._open = -1

    def write(self, data: bytes) -> None:
        try:
            if not self._current():
                self._reopen()
            size = os.fstat(self._open).st_size
            if size and size + len(data) > self.size:
                _rotation.turn(str(self.path), self.keep)
                self._reopen()
            os.write(self._open, data)
        except OSError:
            self.close()

    def _current(self) -> bool:
        """Whether what is open still has the name."""
        try:
            return self._open >= 0 and os.path.samestat(os.lstat(self.path), os.fstat(self._open))
        except OSError:
            return False

    def _reopen(self) -> None:
        self.close()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        self._open = os.open(self.path, flags, 0o640)
        if not stat.S_ISREG(os.fstat(self._open).st_mode):
            raise OSError(f"{self.path} is no regular file")

    def close(self) -> None:
        if self._open >= 0:
            os.close(self._open)
            self._open = -1
