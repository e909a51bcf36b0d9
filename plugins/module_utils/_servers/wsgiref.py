# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsgiref's own server, for tests: every Python brings it. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._ownpython import WSGIREF
from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server


def argv(job: Job) -> tuple[str, ...]:
    return (f"{job.bin}/python", "-c", WSGIREF, "{socket}", job.target, str(job.drain))


SERVER = Server("wsgiref", ("wsgi",), "http", (), (), argv)
