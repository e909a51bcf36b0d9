# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the controller that Pythons are made of. PRIVATE to the collection."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils._pack import sha256_file


def place(base: str, location: str) -> Path:
    """The file that ``location`` names; a relative one starts at ``base``."""
    return Path(base).expanduser() / Path(location).expanduser()


def trouble(path: Path, sha256: str) -> str:
    """Why the file at ``path`` is not the one with that SHA-256, or ""."""
    try:
        found = sha256_file(path)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return "" if found == sha256 else f"SHA-256 of {path} is {found}, expected {sha256}"
