# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _beside

from tests.support.python27 import PYTHON27, unknown

BRANCH = ".".join(map(str, sys.version_info[:2]))
REAL = os.path.realpath(sys.executable)
QUIET = "import sys\nsys.stdout.write('%s %s' % (__package__, sys.argv[1:]))\n"


class Place:
    """A directory of a branch, with tools beside it."""

    def __init__(self, root: Path) -> None:
        self.root, self.bin, self.tools = root, root / "python" / BRANCH / "bin", root / "tools"

    def adopt(self, branch: str = BRANCH, real: str = REAL) -> bool:
        return _beside.adopt(self.bin, branch, real, str(self.tools))

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": "/usr/bin:/bin", "HOME": str(self.root), **environment}
        return subprocess.run(words, capture_output=True, text=True, check=False, cwd=self.root, env=env)

    def pip(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(self.bin / "pip"), *words)

    def tool(self, name: str, text: str) -> None:
        path = self.tools / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def bare(root: Path, real: str = REAL) -> str:
    """A Python without pip, as the one of Debian is."""
    path = root / "bare"
    path.write_text(f'#!/bin/sh\nexec "{real}" -S -E "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_links_and_programs(place):
    assert place.adopt() is True
    assert sorted(os.listdir(place.bin)) == sorted(["pip", "python", "python3", f"python{BRANCH}", "virtualenv"])
    assert os.readlink(place.bin / "python") == REAL
    assert {oct((place.bin / name).stat().st_mode & 0o777) for name in ("pip", "virtualenv")} == {"0o755"}
    assert place.adopt() is False


@pytest.mark.parametrize("name", ["pip", "virtualenv"])
def test_what_was_changed_is_mended(place, name):
    place.adopt()
    path = place.bin / name
    good = path.read_text()
    path.write_text("#!/bin/sh\nexit 1\n")
    assert (place.adopt(), path.read_text()) == (True, good)
    path.chmod(0o644)
    assert (place.adopt(), path.stat().st_mode & 0o777) == (True, 0o755)
    path.unlink()
    path.symlink_to("/bin/true")
    assert (place.adopt(), path.is_symlink(), place.adopt()) == (True, False, False)


def test_pip_is_the_one_of_the_branch(place):
    place.adopt(real=sys.executable)
    done = place.pip("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"(python {BRANCH})" in done.stdout


def test_nothing_of_the_current_directory_is_imported(place):
    place.adopt(real=sys.executable)
    for name in ("pip", "venv", "runpy", "glob"):
        (place.root / f"{name}.py").write_text("raise SystemExit('imported')\n")
    assert place.pip("--version").returncode == 0
    done = place.run(str(place.bin / "virtualenv"), "--help")
    assert (done.returncode, "usage: venv" in done.stdout) == (0, True)


def wheel(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("pip/__init__.py", "")
        archive.writestr("pip/__main__.py", QUIET)


def test_pip_of_a_wheel_of_the_distribution(place, monkeypatch):
    wheel(place.root / "wheels" / "pip-25-py3-none-any.whl")
    monkeypatch.setattr(_beside, "DEBIAN_WHEELS", f"{place.root}/wheels/pip-*.whl")
    place.adopt(real=bare(place.root))
    assert place.pip("install", "x y").stdout == "pip ['install', 'x y']"


def test_pip_of_our_tools(place, monkeypatch):
    """Of which the last resort tells pip whose packages it is about."""
    monkeypatch.setattr(_beside, "DEBIAN_WHEELS", "/nonexistent/pip-*.whl")
    place.tool("python", '#!/bin/sh\necho "$@"\n')
    place.adopt(real=bare(place.root))
    assert place.pip("list").stdout == f"-I -m pip --python {REAL} list\n"


def test_pip_of_our_virtualenv_on_an_old_branch(place):
    wheel(place.tools / "lib/python3.11/site-packages/virtualenv/seed/wheels/embed/pip-20.3.4-py2.py3-none-any.whl")
    wheel(place.tools / "lib/python3.11/site-packages/virtualenv/seed/wheels/embed/pip-23.1-py3-none-any.whl")
    place.adopt("2.7", bare(place.root, PYTHON27 or REAL))
    assert place.pip("list").stdout == "pip ['list']"


@pytest.mark.parametrize("branch", [BRANCH, "2.7"])
def test_no_pip_at_all(place, monkeypatch, branch):
    monkeypatch.setattr(_beside, "DEBIAN_WHEELS", "/nonexistent/pip-*.whl")
    place.adopt(branch, bare(place.root))
    done = place.pip("list")
    assert (done.returncode, done.stderr) == (1, "this Python has no pip, and none was found for it\n")


def test_virtualenv(place):
    place.adopt()
    done = place.run(str(place.bin / "virtualenv"), "--without-pip", "env")
    assert (done.returncode, done.stderr) == (0, "")
    done = place.run(f"{place.root}/env/bin/python", "-c", "import sys; print(sys.prefix)")
    assert done.stdout == f"{place.root}/env\n"


def test_virtualenv_of_an_old_branch(place):
    place.adopt("2.7", REAL)
    program = str(place.bin / "virtualenv")
    done = place.run(program, "env")
    assert done.returncode == 1
    assert done.stderr == f"{place.tools}/bin/virtualenv is missing: the role pyhost.platform.supervisor installs it\n"
    place.tool("virtualenv", '#!/bin/sh\nprintf "%s\\n" "$@"\n')
    assert place.run(program, "my env").stdout.splitlines() == [
        "--no-download", "--no-periodic-update", "--pip=20.3.4", "--setuptools=44.1.1", "--wheel=0.37.1",
        "--python", REAL, "my env",
    ]  # fmt: skip


@pytest.mark.parametrize("branch", ["2.7", "3.8", "3.13"])
def test_pip_is_written_for_every_branch(branch):
    assert unknown(_beside.scripts(f"/opt/python/{branch}/bin", branch, "/opt/pyhost/tools")["pip"]) == []
