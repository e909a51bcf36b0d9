# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which runtimes can go. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._choose import key
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PLACE


def verdicts(
    base: str,
    store: Sequence[dict[str, Any]],
    links: Mapping[str, str],
    used: Mapping[str, str],
    branches: Collection[str],
    fresh: Collection[str],
) -> list[dict[str, Any]]:
    """One row for each directory of the store and for each branch whose links lead elsewhere; ``why`` it stays, or "".

    ``base`` is the directory of runtimes, ``store`` the markers of what lies in the store, ``links`` maps a branch to
    the interpreter that its directory leads to. ``used`` maps paths to who uses them. ``branches`` are declared.
    ``fresh`` are names of the store that were just brought.
    """
    rows = []
    for one in store:
        inside = f"{base}/{PLACE}/{one['name']}/"
        own = [branch for branch, real in links.items() if real.startswith(inside)]
        why = _used(used, inside)
        for branch in own:
            declared = f"the branch {branch} is declared" if branch in branches else ""
            why = why or declared or _used(used, f"{base}/{branch}/")
        why = why or ("it was brought within the last hour" if one["name"] in fresh else "")
        rows.append({"name": one["name"], "version": one["version"], "source": one["source"], "links": own, "why": why})
    for branch, real in sorted(links.items(), key=lambda pair: key(pair[0])):
        if not real.startswith(f"{base}/{PLACE}/"):
            declared = f"the branch {branch} is declared" if branch in branches else ""
            why = declared or used.get(real, "") or _used(used, f"{base}/{branch}/")
            rows.append({"name": branch, "version": "", "source": "link", "links": [branch], "real": real, "why": why})
    return rows


def _used(used: Mapping[str, str], inside: str) -> str:
    return next((who for path, who in sorted(used.items()) if f"{path}/".startswith(inside)), "")
