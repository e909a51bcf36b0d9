# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in the directory of a branch: links to its interpreter, pip and virtualenv. PRIVATE to the collection."""

from __future__ import annotations

import os
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _installer
from ansible_collections.pyhost.platform.plugins.module_utils._legacy import LEGACY, seeds

MODE = 0o755

PIP = """\
#!{directory}/python
import glob, os, runpy, sys
try:
    import pip
except ImportError:
    found = [path for pattern in {wheels!r} for path in sorted(glob.glob(pattern))]
    if not found:
        tool = {tool!r}
        if {modern!r} and os.access(tool, os.X_OK):
            os.execv(tool, [tool, "-I", "-m", "pip", "--python", sys.executable] + sys.argv[1:])
        sys.exit("this Python has no pip, and none was found for it")
    sys.path.insert(0, found[-1])
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
"""Runs the pip that the branch has, which heeds EXTERNALLY-MANAGED (PEP 668).

A Python of Debian's may have none: then a wheel serves, which Debian's python3-venv brings or our virtualenv, or else
the pip of our tools does. It is a program, and no ``-m``, so that nothing of the current directory is imported.
Python 2.7 understands it, too.
"""

DEBIAN_WHEELS = "/usr/share/python-wheels/pip-*.whl"
EMBEDDED = "{tools}/lib/python3*/site-packages/virtualenv/seed/wheels/embed/pip-{version}-*.whl"

VENV = '#!/bin/sh\nexec "$(readlink -f "{directory}/python")" -I -m venv "$@"\n'

VIRTUALENV = """\
#!/bin/sh
if [ ! -x "{program}" ]; then
    echo "{program} is missing: the role pyhost.platform.supervisor installs it" >&2
    exit 1
fi
exec {words} --python "$(readlink -f "{directory}/python")" "$@"
"""


def scripts(directory: str, branch: str, tools: str) -> dict[str, str]:
    """The programs beside the interpreter of ``branch`` in ``directory``: name to text.

    ``virtualenv`` is the module venv where that serves the branch, and the virtualenv of our ``tools`` elsewhere.
    """
    legacy = LEGACY.get(branch)
    wheels = [EMBEDDED.format(tools=tools, version=legacy.pip)] if legacy else [DEBIAN_WHEELS]
    pip = PIP.format(directory=directory, wheels=wheels, tool=f"{tools}/bin/python", modern=not legacy)
    if not legacy:
        return {"pip": pip, "virtualenv": VENV.format(directory=directory)}
    program, *words = _installer.seeding(f"{tools}/bin/uv", seeds("pip", branch))
    text = " ".join([f'"{program}"', *words])
    return {"pip": pip, "virtualenv": VIRTUALENV.format(program=program, words=text, directory=directory)}


PROGRAMS = ("pip", "virtualenv")
"""Names of `scripts`."""


def names(branch: str) -> tuple[str, ...]:
    """Of the links to the interpreter of ``branch``."""
    return ("python", f"python{branch[0]}", f"python{branch}")


def adopt(directory: Path, branch: str, real: str, tools: str) -> bool:
    """Let ``directory``, the ``bin`` of ``branch``, lead to the interpreter ``real``; whether anything changed.

    A Python that somebody has put there is left as it is.
    """
    if Path(real).parent == Path(os.path.realpath(directory)):
        return False
    directory.mkdir(mode=0o755, parents=True, exist_ok=True)
    changed = [_files.link(directory / name, real) for name in names(branch)]
    changed += [_script(directory / name, text) for name, text in scripts(str(directory), branch, tools).items()]
    return any(changed)


def _script(path: Path, text: str) -> bool:
    """Whether it was something else before."""
    try:
        there = path.read_text("utf-8", "replace") if not path.is_symlink() else ""
        if there == text and path.stat().st_mode & 0o777 == MODE:
            return False
    except OSError:
        pass
    _files.write(path, text, mode=MODE)
    return True
