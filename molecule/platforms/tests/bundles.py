# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements that a tree brings along: in a bundle as pip made them until 1.4, and as wheels."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

MANIFEST = """\
# This is a pip bundle file, that contains many source packages
# that can be installed as a group.  You can install this like:
#     pip this_file.zip
# The rest of the file contains a list of all the packages included:
soup==1.2
gunicorn==20.1.0
# These packages were installed to satisfy the above requirements:
broth==0.5
"""
GUNICORN = "gunicorn==20.1.0"
"""A release of it that needs nothing but setuptools, as those of that time."""

SETUP = "from setuptools import setup\nsetup(name={!r}, version={!r}, py_modules=[{!r}], install_requires={!r})\n"
SOURCES = {
    "build/soup/setup.py": SETUP.format("soup", "1.2", "soup", ["broth"]),
    "build/soup/soup.py": "import broth\nTASTE = 'of ' + broth.NAME\n",
    "src/broth/setup.py": SETUP.format("broth", "0.5", "broth", []),
    "src/broth/broth.py": "NAME = 'kombu'\n",
}


def download(folder: Path, *words: str) -> list[Path]:
    """What pip brings of ``words`` onto this machine."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), *words],
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
    return sorted(folder.iterdir())


def bundle(folder: Path) -> bytes:
    """A file as ``pip bundle soup gunicorn`` wrote it, of a package from an index and two of our own."""
    (sdist,) = download(folder, "--no-deps", "--no-binary", ":all:", GUNICORN)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out, tarfile.open(sdist) as source:
        for name, text in SOURCES.items():
            out.writestr(name, text)
        for member in source.getmembers():
            content = source.extractfile(member) if member.isfile() else None
            if content:
                out.writestr(f"build/gunicorn/{member.name.partition('/')[2]}", content.read())
        out.writestr("pip-manifest.txt", MANIFEST)
    return buffer.getvalue()
