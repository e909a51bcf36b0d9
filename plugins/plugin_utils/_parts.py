# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A JSON file for all hosts of a run, of which each host writes its own part. PRIVATE to the collection."""

from __future__ import annotations

import fcntl
import json
import time
from pathlib import Path
from typing import Any

FORMAT = 1


def write_part(path: Path, host: str, part: dict[str, Any]) -> None:
    """Replace the part of ``host``; the parts of others stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        content = _previous(stream.read())
        content["hosts"][host] = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **part}
        stream.seek(0)
        stream.truncate()
        stream.write(json.dumps(content, indent=2, sort_keys=True) + "\n")


def _previous(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        value = {}
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        value = {"format": FORMAT, "hosts": {}}
    return value
