# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who runs Ansible, for the holder of a lock and for histories. PRIVATE to the collection."""

from __future__ import annotations

import getpass
import os
import socket


def who() -> str:
    """User and controller, such as ``anna on laptop``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a number without a name
        user = f"user {os.getuid()}"
    return f"{user} on {socket.gethostname()}"
