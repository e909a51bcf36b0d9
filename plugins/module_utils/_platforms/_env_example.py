# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that a tree says its app needs: those of ``.env.example``. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

FILE = ".env.example"
_ASSIGNED = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=", re.MULTILINE | re.ASCII)


def expected(facts: TreeFacts, approot: str) -> tuple[str, ...]:
    """Their names, in the order of the file; what is commented out is not needed."""
    return tuple(dict.fromkeys(_ASSIGNED.findall(facts.texts.get(below(approot) + FILE, ""))))


def note(names: tuple[str, ...], environment: dict[str, str]) -> str:
    """What the report says of those that ``environment`` does not have; "" when it has all."""
    missing = [name for name in names if name not in environment and name not in ("PORT", "SOCKET")]
    if not missing:
        return ""
    return f"{FILE} names what environment does not have: {', '.join(missing)}"
