# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a rollout under way has to finish or take back. Runs as the cell's user. PRIVATE to the collection.

``run/journal.json`` is there while a rollout is under way, and after one that was killed. Its ``step`` is:

beside     the new version is being proved as ``app-next``; ``current`` still leads to ``old``.
unproved   ``current`` leads to ``new``, which has not proved itself; ``old`` ("" before the first) is to come back.
handing    ``new`` is committed and serves as ``app-next``; ``app`` is about to become it.
"""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files

STEPS = ("beside", "unproved", "handing")


def write(home: Path, step: str, old: str, new: str) -> None:
    """Say which step begins, from the launch ``old`` to the launch ``new`` (digests)."""
    _files.write(_path(home), json.dumps({"step": step, "old": old, "new": new}))


def read(home: Path) -> dict[str, str]:
    """The step that a killed rollout left; empty when there is none."""
    row = _files.read_json(_path(home))
    good = row.get("step") in STEPS and all(isinstance(row.get(name), str) for name in ("old", "new"))
    return row if good else {}


def there(home: Path) -> bool:
    return _path(home).exists()


def end(home: Path) -> None:
    """Nothing is under way any more."""
    _path(home).unlink(missing_ok=True)


def _path(home: Path) -> Path:
    return home / "run" / "journal.json"
