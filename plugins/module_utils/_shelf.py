# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wheels that a build may take from the host's store, laid out for its installer. PRIVATE to the collection.

Runs in the cell, which can read the store and write nothing of it. On the shelf is what the app itself pins and nothing
else, so that it decides no version.
"""

from __future__ import annotations

import html
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files


@contextmanager
def laid(home: Path, order: dict[str, Any]) -> Iterator[list[str]]:
    """The options of the installer with which it finds what ``order["shared"]`` names, while the block runs.

    uv keeps what it unpacked by the path it came from, so that is the same for every build.
    """
    shared = order.get("shared", [])
    shelf = home / ".cache" / "shelf"
    _files.remove(shelf)
    if not shared:
        yield []
        return
    try:
        yield _index(shelf, shared) if order["hashes"] else _directory(shelf, shared)
    finally:
        _files.remove(shelf)


def _directory(shelf: Path, shared: list[dict[str, Any]]) -> list[str]:
    shelf.mkdir(parents=True)
    for one in shared:
        os.symlink(one["path"], shelf / one["file"])
    return ["--find-links", str(shelf)]


def _index(shelf: Path, shared: list[dict[str, Any]]) -> list[str]:
    """An index with the hashes (PEP 503): uv takes nothing without one from a directory, if it has to know it.

    The other strategies of uv would take a package from the first index that has it, in no other version.
    """
    for one in shared:
        page = shelf / one["name"] / "index.html"
        page.parent.mkdir(parents=True)
        link = html.escape(f"{Path(one['path']).as_uri()}#sha256={one['sha256']}")
        page.write_text(f'<!DOCTYPE html><html><body><a href="{link}">{one["file"]}</a></body></html>\n')
    return ["--index", shelf.as_uri(), "--index-strategy", "unsafe-best-match"]
