# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of servers. Adding a server is adding a file and naming it here. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers import (
    cgi,
    command,
    fastcgi,
    gunicorn,
    mod_wsgi,
    none,
    scgi,
    uvicorn,
    uwsgi,
    wsgiref,
)
from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server

SERVERS: dict[str, Server] = {
    one.SERVER.name: one.SERVER
    for one in (gunicorn, uwsgi, uvicorn, fastcgi, scgi, cgi, mod_wsgi, wsgiref, command, none)
}

DEFAULTS: dict[str, str] = {"wsgi": "gunicorn", "asgi": "uvicorn"}
"""The server of a callable when the app names none."""

__all__ = ["DEFAULTS", "SERVERS", "Job", "Server"]
