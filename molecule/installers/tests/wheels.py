# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An index (PEP 503) of a few packages made here, and of the real ones that apps and builds need."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

REAL = ("gunicorn", "packaging", "pip", "setuptools", "wheel")


def wheel(name: str, version: str, *requires: str) -> tuple[str, bytes]:
    """A pure wheel (PEP 427) with one module that says its version: file name and content."""
    info = f"{name}-{version}.dist-info"
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {name}",
        f"Version: {version}",
        *(f"Requires-Dist: {one}" for one in requires),
    ]
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": "".join(f"{line}\n" for line in lines),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path), text)
    return f"{name}-{version}-py3-none-any.whl", buffer.getvalue()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def sdist(name: str, version: str, setup: str) -> tuple[str, bytes]:
    """A source distribution whose setup.py is ``setup``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        for path, text in {"setup.py": setup, "PKG-INFO": about}.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return f"{name}-{version}.tar.gz", gzip.compress(buffer.getvalue(), mtime=0)


SALT = dict([wheel("salt", "1.0"), wheel("salt", "2.0")])
MADE: dict[str, bytes] = {
    **SALT,
    **dict([wheel("pepper", "1.0", "salt"), wheel("pepper", "2.0", "salt>=2"), wheel("thyme", "1.0")]),
    **dict([sdist("sluggish", "1.0", "import time; print('stirring', flush=True); time.sleep(60)\n")]),
    **dict([sdist("broken", "1.0", "raise SystemExit('the pot is broken')\n")]),
    **dict([sdist("plain", "1.0", "from setuptools import setup; setup(name='plain', version='1.0')\n")]),
}


def sha256(name: str) -> str:
    return f"sha256:{hashlib.sha256(MADE[name]).hexdigest()}"


def real(folder: Path) -> dict[str, bytes]:
    """Wheels that are downloaded once, onto this machine."""
    words = ["download", "--quiet", "--no-deps", "--only-binary=:all:", f"--dest={folder}", *REAL]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True, timeout=300)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def index(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files of a static index: ``simple/NAME/index.html`` and ``files/…``."""
    pages: dict[str, list[str]] = {}
    for name, content in sorted(files.items()):
        digest = hashlib.sha256(content).hexdigest()
        link = f'<a href="../../files/{name}#sha256={digest}">{name}</a><br>'
        pages.setdefault(name.split("-")[0].lower().replace("_", "-"), []).append(link)
    found = {f"files/{name}": content for name, content in files.items()}
    for project, links in pages.items():
        found[f"simple/{project}/index.html"] = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
    return found
