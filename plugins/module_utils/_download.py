# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching a file whose checksum is known: it is proved before anything of it is read. PRIVATE to the collection."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pack import sha256_file

SILENCE = 30
"""Seconds that a server may say nothing."""

BLOCK = 1 << 20
LARGEST = 2 << 30
"""Bytes of a file; more is refused."""


def download(url: str, checksum: str, path: Path, key: str, room: Callable[[int], None] = lambda size: None) -> None:
    """Write what is at ``url`` to ``path``. ``checksum``: ``sha256:`` and 64 hexadecimal digits of any case.

    ``room`` is asked with the announced size in bytes, 0 if unknown, before anything is written, and may raise.
    Raises `PyhostError` that names ``key``, by which the operator gave the URL, and the URL; ``path`` may hold a
    part of it then.
    """
    try:
        with urllib.request.build_opener().open(url, timeout=SILENCE) as answer, path.open("wb") as out:
            room(min(int(answer.headers.get("Content-Length") or 0), LARGEST))
            size = 0
            while block := answer.read(BLOCK):
                size += len(block)
                if size > LARGEST:
                    raise PyhostError(f"{key}: {url} is larger than {LARGEST >> 30} GiB")
                out.write(block)
    except (OSError, ValueError) as error:
        raise PyhostError(f"{key}: {url} cannot be fetched: {error}") from error
    found = f"sha256:{sha256_file(path)}"
    if found != checksum.lower():
        raise PyhostError(f"{key}: checksum of {url} is {found}, expected {checksum}")
