# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sides run with, each in a virtualenv of the benchmark's own."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.tools.process import CACHE, ROOT, ToolError, run

HOME = CACHE / "benchmark"
COLLECTIONS = HOME / "collections"
PARTS = ("galaxy.yml", "meta", "playbooks", "plugins", "roles")
"""What a run takes of the collection."""

SETTINGS = HOME / "ansible.cfg"


@dataclass(frozen=True)
class Tool:
    """A package at one version."""

    name: str
    package: str

    @property
    def home(self) -> Path:
        return HOME / self.name

    @property
    def python(self) -> Path:
        return self.home / "bin" / "python"

    def path(self, program: str) -> str:
        return str(self.home / "bin" / program)

    def install(self) -> None:
        """Make the virtualenv, once for each version of the package."""
        marker = self.home / "package"
        if marker.is_file() and marker.read_text() == self.package:
            return
        print(f"installing {self.package} into {self.home.relative_to(ROOT)} (once)", file=sys.stderr, flush=True)
        shutil.rmtree(self.home, ignore_errors=True)
        try:
            run([sys.executable, "-m", "venv", str(self.home)])
            run([str(self.python), "-m", "pip", "install", "--quiet", self.package])
        except ToolError:
            shutil.rmtree(self.home, ignore_errors=True)
            raise
        marker.write_text(self.package)


ANSIBLE = Tool("ansible", "ansible==12.3.0")
"""One for our side and for stock modules, which need community.general."""

PYINFRA = Tool("pyinfra", "pyinfra==3.10.0")
PLOT = Tool("plot", "matplotlib==3.11.2")


def prepare() -> None:
    """Install what is missing, and copy the collection: whoever works on it meanwhile changes nothing that is measured."""
    place = COLLECTIONS / "ansible_collections" / "pyhost" / "platform"
    if place.is_symlink():
        place.unlink()
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, place / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, place)
    SETTINGS.write_text("[defaults]\n")
    for tool in (ANSIBLE, PYINFRA, PLOT):
        tool.install()


def versions() -> str:
    """Return the versions of the collection, of ansible-core and the Python it runs on, and of pyinfra."""
    program = "import platform, ansible.release as r; print(r.__version__, platform.python_version())"
    core, python = run([str(ANSIBLE.python), "-c", program]).stdout.split()
    own = re.findall(r"^version: *(\S+)", (ROOT / "galaxy.yml").read_text(), re.MULTILINE)
    return f"pyhost.platform {own[0]}, ansible-core {core} on Python {python}, {PYINFRA.package.replace('==', ' ')}"
