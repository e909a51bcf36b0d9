# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let two directories change places. PRIVATE to the collection."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2)."""

AT_FDCWD = -100
_LIBC = ctypes.CDLL(None, use_errno=True)


def exchange(one: Path, other: Path) -> None:
    """Swap the names of ``one`` and ``other`` by one rename: no moment has neither. Raises `PyhostError`."""
    function = getattr(_LIBC, "renameat2", None)
    number = errno.ENOSYS
    if function is not None:
        if not function(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE):
            return
        number = ctypes.get_errno()
    if number not in (errno.ENOSYS, errno.EINVAL):
        raise PyhostError(f"{other.name} cannot be replaced: {os.strerror(number)}")
    _in_steps(one, other)


def _in_steps(one: Path, other: Path) -> None:
    """For a filesystem that cannot do it at once."""
    between = one.with_name(f"{one.name}.old")
    os.rename(other, between)
    os.rename(one, other)
    os.rename(between, one)
