# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""FastCGI, spoken by uWSGI. PRIVATE to the collection.

uWSGI and not flup: it is built for every branch of Python that there is here, and at SIGTERM it ends after its running
requests, while flup's servers leave them, and its last release is older than half of those branches.
"""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers import uwsgi

SERVER = uwsgi.server("fastcgi", "fastcgi-socket")
