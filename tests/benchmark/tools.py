# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sides run with, each in a virtualenv of the benchmark's own."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.tools.process import CACHE, ROOT, ToolError, run

HOME = CACHE / "benchmark"
COLLECTIONS = HOME / "collections"
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
    """Install what is missing, and lead Ansible to this checkout."""
    link = COLLECTIONS / "ansible_collections" / "pyhost" / "platform"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)
    SETTINGS.write_text("[defaults]\n")
    for tool in (ANSIBLE, PYINFRA, PLOT):
        tool.install()


def versions() -> str:
    """Return ansible-core's version and that of the Python it runs on, and pyinfra's."""
    program = "import platform, ansible.release as r; print(r.__version__, platform.python_version())"
    core, python = run([str(ANSIBLE.python), "-c", program]).stdout.split()
    return f"ansible-core {core} on Python {python}, {PYINFRA.package.replace('==', ' ')}"
