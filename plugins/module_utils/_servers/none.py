# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app of processes only: nobody asks it anything."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS
from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server


def argv(_job: Job) -> tuple[str, ...]:
    """There is no such program."""
    return ()


SERVER = Server(WEBLESS, (), "http", (), (), argv)
