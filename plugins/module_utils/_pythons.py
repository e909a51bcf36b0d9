# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the interpreters of a host and ask each who it is. PRIVATE to the collection."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

ASK = """\
import json, os, platform, sys, sysconfig
print(json.dumps({
    "branch": "%d.%d" % sys.version_info[:2],
    "real": os.path.realpath(sys.executable),
    "version": platform.python_version(),
    "implementation": platform.python_implementation(),
    "abi": sysconfig.get_config_var("EXT_SUFFIX") or sysconfig.get_config_var("SO"),
    "build": sys.version.replace(chr(10), " "),
    "libc": " ".join(platform.libc_ver()),
    "prefix": sys.prefix == getattr(sys, "real_prefix", getattr(sys, "base_prefix", sys.prefix)),
}))
"""
"""Also for Python 2.7, which knows neither ``-I`` nor ``sys.base_prefix``."""

ANSWERS = {"branch", "real", "version", "abi", "build", "libc", "prefix"}
"""What a program has to answer to count as an interpreter."""

ASK_SECONDS = 10
HIDDEN = ("/home/", "/root/", "/run/user/")
"""Directories that a cell in system scope does not see."""

USUAL = ("/usr/bin/python3.[0-9]", "/usr/bin/python3.[0-9][0-9]", "/usr/local/bin/python3.[0-9]*[0-9]")


def discover(runtimes: str, paths: Iterable[str], system: bool) -> list[dict[str, Any]]:
    """Every usable interpreter, the preferred first: our runtimes, the operator's ``paths``, the usual places.

    ``paths`` are patterns of interpreters or of prefixes that hold ``bin/python`` or ``bin/python3``. In system scope
    an interpreter that other users cannot reach is left out.
    """
    patterns = [f"{runtimes}/*/bin/python", *paths, *USUAL]
    found: list[str] = []
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.expanduser(pattern))):
            path = _program(path) if os.path.isdir(path) else path
            if os.access(path, os.X_OK) and path not in found:
                found.append(path)
    if system:
        found = [path for path in found if reachable(os.path.realpath(path))]
    with ThreadPoolExecutor(max_workers=4) as pool:
        return [row for row in pool.map(ask, found) if row]


def _program(prefix: str) -> str:
    """The interpreter of ``prefix``; one that was compiled has no ``bin/python``, but for Python 2.7."""
    paths = [os.path.join(prefix, "bin", name) for name in ("python", "python3")]
    return next((path for path in paths if os.access(path, os.X_OK)), paths[0])


def ask(path: str) -> dict[str, Any]:
    """What the interpreter at ``path`` says of itself; empty when it does not work or is a virtualenv's."""
    try:
        row = json.loads(run([path, "-E", "-s", "-S", "-c", ASK], Deadline(ASK_SECONDS), cwd="/", errors=False).output)
    except (PyhostError, ValueError):
        return {}
    if not isinstance(row, dict) or not set(row) >= ANSWERS or not row.pop("prefix"):
        return {}
    return {**row, "path": path}


def reachable(real: str) -> bool:
    """Whether any user may run the program ``real``."""
    if real.startswith(HIDDEN):
        return False
    try:
        parts = real.split("/")
        parents = ["/".join(parts[:n]) or "/" for n in range(1, len(parts))]
        return all(os.stat(path).st_mode & 0o001 for path in [*parents, real])
    except OSError:
        return False
