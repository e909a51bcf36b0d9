# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pythons to bring to hosts: a relocatable one made of Debian's packages, and upstream's tarballs from its archive."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from tests.support import remote

BRANCH = "3.11"
PLACE = "/var/tmp/pyhost-test-python"

PACK = f"""\
rm -rf {PLACE}; mkdir -p {PLACE}/python/bin {PLACE}/python/lib; cd {PLACE}
command -v python{BRANCH} > /dev/null && test -d /usr/lib/python{BRANCH}/ensurepip || {{
    apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends python{BRANCH}-venv
}} > /dev/null
cp /usr/bin/python{BRANCH} python/bin/
cp -a /usr/lib/python{BRANCH} python/lib/
find python -type l -delete
find python -name __pycache__ -prune -exec rm -r {{}} +
printf '%s' "$1" > python/MARK
tar --owner=0 --group=0 --numeric-owner --sort=name --mtime=@1000000000 -czf python.tar.gz python
"""
"""Debian's interpreter finds its library relative to itself, so that it runs wherever it lies, like those that
python-build-standalone makes; the mark makes a Python of another content of it."""

SOURCES = {
    # branch: (release of Debian, package, file)
    "2.7": ("bullseye", "python2.7", "python2.7_2.7.18.orig.tar.gz"),
    "3.9": ("bullseye", "python3.9", "python3.9_3.9.2.orig.tar.xz"),
}

FETCH = """\
mirror=$(awk '/^deb /{{print $2; exit}}' /etc/apt/sources.list)
rm -rf {place}; mkdir -p {place}/lists/partial; cd {place}
echo "deb-src [trusted=yes] $mirror {suite} main" > list
set -- -qq -o Dir::Etc::sourcelist={place}/list -o Dir::Etc::sourceparts=- -o Dir::State::lists={place}/lists
apt-get "$@" update
command -v dpkg-source > /dev/null || apt-get -qq install --no-install-recommends dpkg-dev > /dev/null
apt-get "$@" source --download-only {package} > /dev/null
"""


def packed(host: str, folder: Path, mark: str = "one") -> dict[str, Any]:
    """A source ``archive`` made on ``host``, which has `BRANCH`; ``folder`` of the controller takes the file."""
    remote.shell(host, f"set -- {mark}\n{PACK}")
    return {"source": "archive", "branch": BRANCH, **_kept(host, f"{PLACE}/python.tar.gz", folder / f"{mark}.tar.gz")}


def tarball(host: str, branch: str, folder: Path) -> dict[str, Any]:
    """A source ``build`` of upstream's tarball, fetched by ``host`` from Debian's archive."""
    suite, package, name = SOURCES[branch]
    remote.shell(host, FETCH.format(place=PLACE, suite=suite, package=package))
    return {"source": "build", "branch": branch, **_kept(host, f"{PLACE}/{name}", folder / name)}


def _kept(host: str, path: str, target: Path) -> dict[str, str]:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(remote.fetch(host, path))
    return {"file": str(target), "sha256": sha256(target)}


def sha256(file: Path) -> str:
    """The digest of a file, in hexadecimal digits."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
