# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections of others, which an operator would install with ansible-galaxy, from the package index."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path

from tests.tools.environment import COLLECTIONS, VENV
from tests.tools.process import ROOT, run

LOCK = ROOT / "tests" / "collections.txt"
WANTED = ("community/crypto",)
MARKER = COLLECTIONS / ".pyhost-lock"
PLACE = "ansible_collections"


def prepare() -> None:
    """Make the collections exist where the tests look for them."""
    wanted = hashlib.sha256(LOCK.read_bytes() + " ".join(WANTED).encode()).hexdigest()
    if MARKER.exists() and MARKER.read_text() == wanted:
        return
    print(f"fetching the collections {', '.join(WANTED)} (once)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        # Nothing of the package is run, so its Python need not be this one.
        only_files = ["--no-deps", "--only-binary=:all:", "--python-version=3.13", "--require-hashes"]
        pip = [str(VENV / "bin" / "python"), "-m", "pip", "download", "--quiet", "--dest", folder]
        run([*pip, *only_files, "-r", str(LOCK)])
        [wheel] = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for collection in WANTED:
                start = f"{PLACE}/{collection}/"
                shutil.rmtree(COLLECTIONS / start, ignore_errors=True)
                archive.extractall(COLLECTIONS, [name for name in archive.namelist() if name.startswith(start)])
    MARKER.write_text(wanted)
