# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command of the app's own that speaks HTTP on ``$PORT`` or ``$SOCKET``. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server
from ansible_collections.pyhost.platform.plugins.module_utils._shell import replacing


def argv(job: Job) -> tuple[str, ...]:
    """The signals of Supervisor reach the command and not a shell in front of it."""
    return ("/bin/sh", "-c", replacing(job.command))


SERVER = Server("command", (), "http", (), (), argv, port=True)
