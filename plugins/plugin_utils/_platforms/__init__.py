# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of platforms that only the controller can read. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Optional

from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _dotcloud_expand, _manifest_entries

Expansion = Callable[[Mapping[str, Any], Callable[[str], Optional[str]], Mapping[str, str]], list[dict[str, Any]]]
"""From an entry, what reads files of its source, and the services that have entries of their own with the names of
those ("": the entry that is the whole of it), to entries."""

EXPANSIONS: dict[str, Expansion] = {
    "appfog": _manifest_entries.expand,
    "dotcloud": _dotcloud_expand.expand,
}
"""What makes entries of a file that describes several apps, by platform."""

__all__ = ["EXPANSIONS", "Expansion"]
