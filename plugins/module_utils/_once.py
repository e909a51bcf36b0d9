# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a deploy writes once and that are the owner's from then on. Runs as the cell's user. PRIVATE.

``conf/.once.json`` says which, and what was in them: one that the owner has removed does not come back.
"""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of

RECORD = "conf/.once.json"


def write(home: Path, texts: dict[str, str]) -> None:
    """Write those of ``texts``, name below ``home`` to text, that were never written and are not there."""
    known = _files.read_json(home / RECORD)
    new = {name: text for name, text in texts.items() if name not in known}
    for name, text in new.items():
        path = home / name
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        if not path.is_symlink() and not path.exists():
            _files.write(path, text)
    if new:
        digests = {name: digest_of({"text": text}) for name, text in new.items()}
        _files.write(home / RECORD, json.dumps({**known, **digests}, sort_keys=True))


def untouched(home: Path, name: str) -> bool:
    """Whether the file is as a deploy wrote it."""
    wanted = _files.read_json(home / RECORD).get(name)
    try:
        text = _files.read_regular(home / name).decode("utf-8", "replace")
    except OSError:
        return False
    return bool(wanted) and wanted == digest_of({"text": text})
