# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SCGI, spoken by uWSGI. PRIVATE to the collection.

The reasons for it are those of ``fastcgi``.
"""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers import uwsgi

SERVER = uwsgi.server("scgi", "scgi-socket")
