# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ansible-test sanity`` on a copy of the tree: it wants a real collection path, and a git checkout of its own."""

from __future__ import annotations

import configparser
import re
import shutil
import sys
from pathlib import Path

from tests.tools.environment import VENV
from tests.tools.process import CACHE, ROOT, certificate_environment, run
from tests.tools.steps import execute

BASE = CACHE / "sanity"
COPY = BASE / "ansible_collections" / "pyhost" / "platform"
HOME = BASE / "home"

# What is never shipped: programs and tests of a checkout. ruff and mypy look after them.
NO_PART_OF_IT = (
    "bin/",
    ".ci/",
    "demo/",
    "molecule/",
    "tests/benchmark/",
    "tests/hosts/",
    "tests/soak/",
    "tests/support/",
    "tests/tools/",
    "tests/unit/support/",
)

# Each of its virtualenvs begins with a download of get-pip. Python brings pip along, so this does the same without.
GET_PIP = """\
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip", "--upgrade"])
arguments = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *arguments]))
"""


def check() -> str:
    _copy_tree()
    _prepare_home()
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    # From inside the copy: the tool finds the collection by the current directory.
    script = 'cd "$0" && exec ansible-test sanity --color no --python "$@"'
    return execute(["sh", "-c", script, str(COPY), python], {"HOME": str(HOME)})


def _copy_tree() -> None:
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT).stdout
    if COPY.exists():
        shutil.rmtree(COPY)
    for name in listed.rstrip("\0").split("\0"):
        if name.startswith(NO_PART_OF_IT):
            continue
        source, target = ROOT / name, COPY / name
        if source.is_file() or source.is_symlink():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    run(["git", "init", "--quiet", str(COPY)])


def _prepare_home() -> None:
    """Give the tool a home of its own: it drops the environment, and reads pip's settings from there."""
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in _pip_versions():
        (cache / f"get_pip_{version.replace('.', '_')}.py").write_text(GET_PIP)
    if certificates := certificate_environment():
        settings = configparser.ConfigParser()
        settings["global"] = {"cert": certificates["PIP_CERT"]}
        path = HOME / ".config" / "pip" / "pip.conf"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w") as file:
            settings.write(file)


def _pip_versions() -> set[str]:
    """Return the versions of pip that the installed ansible-test asks for."""
    found: set[str] = set()
    for path in Path(VENV).glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py"):
        found.update(re.findall(r"\bpip='([\d.]+)'", path.read_text()))
    return found
