# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The virtualenv with the locked development tools, and the environment that they run in."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from tests.tools.process import CACHE, ROOT, ToolError, run

VENV = ROOT / ".venv"
LOCK = ROOT / "tests" / "requirements.txt"
MARKER = VENV / ".pyhost-lock"
COLLECTIONS = CACHE / "collections"
SETTINGS = CACHE / "ansible.cfg"
MOLECULE_GLOB = "molecule/*/molecule.yml"


def prepare() -> None:
    """Make the tools and the collection's own path exist."""
    _link_collection()
    _empty_settings()
    wanted = hashlib.sha256(LOCK.read_bytes() + f"{sys.version} {sys.base_prefix}".encode()).hexdigest()
    if MARKER.exists() and MARKER.read_text() == wanted and (VENV / "bin" / "python").exists():
        return
    print("installing the development tools into .venv (once)", flush=True)
    if VENV.exists():
        shutil.rmtree(VENV)
    _create()
    _install()
    MARKER.write_text(wanted)


def _create() -> None:
    try:
        run([sys.executable, "-m", "venv", str(VENV)])
    except ToolError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        uv = shutil.which("uv")
        if not uv:
            raise ToolError(f"cannot create a virtualenv; on Debian: apt install python3-venv\n{error}") from error
        run([uv, "venv", "--quiet", "--seed", "--python", sys.executable, str(VENV)])


def _install() -> None:
    """Install uv as locked, then the rest with it: several times faster than pip. Without uv, pip does it."""
    python = str(VENV / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes"]
    if locked_uv := re.search(r"^uv==.*\n(?: +--hash=.*\n)+", LOCK.read_text(), re.MULTILINE):
        only_uv = VENV / "uv.txt"
        only_uv.write_text(locked_uv[0])
        if run([*pip, "-r", str(only_uv)], check=False).returncode == 0:
            uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", python, "--require-hashes"]
            if run([*uv, "-r", str(LOCK)], check=False).returncode == 0:
                return
    run([*pip, "-r", str(LOCK)])


def _link_collection() -> None:
    """Give the collection the path that Ansible looks for: …/ansible_collections/pyhost/platform."""
    link = COLLECTIONS / "ansible_collections" / "pyhost" / "platform"
    if link.is_symlink() and link.resolve() == ROOT:
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(Path(os.path.relpath(ROOT, link.parent)))


def _empty_settings() -> None:
    """Keep the ansible.cfg of the user and of the machine out of the tests."""
    CACHE.mkdir(exist_ok=True)
    SETTINGS.write_text("[defaults]\n")


def variables() -> dict[str, str]:
    """Return the environment of every test: the tools first, strict Ansible, nothing of the user's own settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "MOLECULE_", "PYTHON"))
    }
    return {
        **kept,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "VIRTUAL_ENV": str(VENV),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "COLUMNS": "160",
        "PYTHONDONTWRITEBYTECODE": "1",
        "ANSIBLE_CONFIG": str(SETTINGS),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_DEPRECATION_WARNINGS": "true",
        "ANSIBLE_FORKS": "10",
        "ANSIBLE_INJECT_FACT_VARS": "false",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_PIPELINING": "true",
        "MOLECULE_GLOB": MOLECULE_GLOB,
        "MYPYPATH": str(COLLECTIONS),
        "COVERAGE_FILE": str(CACHE / "coverage"),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CACHE / "hypothesis"),
        "MYPY_CACHE_DIR": str(CACHE / "mypy"),
        "RUFF_CACHE_DIR": str(CACHE / "ruff"),
    }
