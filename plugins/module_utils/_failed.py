# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last change of an app that failed. Runs as the cell's user. PRIVATE to the collection.

``run/failed.json`` is there from a change that failed until the next one that succeeds: ``time`` (UTC, ISO 8601),
``stage``, ``error`` and ``who``.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files

LONGEST = 4000
"""Characters that are kept of an error."""

NAMES = ("time", "stage", "error", "who")


def remember(home: Path, stage: str, error: str, who: str) -> None:
    """Record that a change failed at ``stage``; a home in which nothing was ever begun is left alone."""
    if (home / "run").is_dir():
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        row = {"time": now, "stage": stage, "error": error[:LONGEST], "who": who}
        _files.write(_path(home), json.dumps(row))


def forget(home: Path) -> None:
    """The last change was good."""
    _path(home).unlink(missing_ok=True)


def read(home: Path) -> dict[str, str]:
    """What failed; empty when the last change was good, or when the file is none of ours."""
    row = _files.read_json(_path(home))
    good = all(isinstance(row.get(name), str) for name in NAMES)
    return {name: row[name] for name in NAMES} if good else {}


def there(home: Path) -> bool:
    return _path(home).exists()


def marked(home: Path, failed: dict[str, Any], who: str) -> dict[str, Any]:
    """`remember` what ``failed`` says (``stage``, ``error``), or `forget` when it is empty; for `as_users`."""
    if failed:
        remember(home, str(failed["stage"]), str(failed["error"]), who)
    else:
        forget(home)
    return {"ok": True}


def _path(home: Path) -> Path:
    return home / "run" / "failed.json"
