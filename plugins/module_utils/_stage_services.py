# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stage services on the host: one look, or everything of one step for all apps. PRIVATE to the collection."""

from __future__ import annotations

from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _boundhere
from ansible_collections.pyhost.platform.plugins.module_utils._progress import NOW

DOING = {
    "look": "looking at services",
    "bind": "giving access to services",
    "retire": "ending access to services",
    "trust": "certificates of services",
}


def services(job: dict[str, Any]) -> dict[str, Any]:
    """``look``, ``bind``, ``retire`` or ``trust``, as ``job["do"]`` says; all but the last tell what is there then."""
    what, types = job["do"], job.get("types", [])
    NOW.doing("", DOING[what])
    if what == "trust":
        _boundhere.trust(job["files"])
        return {"changed": True}
    results: dict[str, Any] = {}
    if what == "bind":
        results = _boundhere.bind(job["rows"])
    elif what == "retire":
        results = _boundhere.retire(job["rows"])
    look = _boundhere.look(types)
    changed = what != "look" and any(one.get("ok") and one.get("did", True) for one in results.values())
    return {"changed": changed, "outcomes": results, "look": look, "certificates": _boundhere.certificates(types)}
