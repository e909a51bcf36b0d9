# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Ansible for both sides, in a virtualenv of its own: stock modules need community.general."""

from __future__ import annotations

import shutil
import sys

from tests.tools.process import CACHE, ROOT, ToolError, run

HOME = CACHE / "benchmark"
VENV = HOME / "ansible"
COLLECTIONS = HOME / "collections"
PACKAGE = "ansible==12.3.0"


def prepare() -> None:
    """Install Ansible once, and lead Ansible to this checkout."""
    link = COLLECTIONS / "ansible_collections" / "pyhost" / "platform"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(ROOT)
    (HOME / "ansible.cfg").write_text("[defaults]\n")
    if (VENV / "bin" / "ansible-playbook").exists():
        return
    print(f"installing {PACKAGE} into {VENV.relative_to(ROOT)} (once)", file=sys.stderr, flush=True)
    try:
        run([sys.executable, "-m", "venv", str(VENV)])
        run([str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", PACKAGE])
    except ToolError:
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def version() -> str:
    """Return ansible-core's version and that of the Python it runs on."""
    program = "import platform, ansible.release as r; print(r.__version__, platform.python_version())"
    core, python = run([str(VENV / "bin" / "python"), "-c", program]).stdout.split()
    return f"ansible-core {core} on Python {python}"
