# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing a Python to a host: unpacked, by uv, or compiled. PRIVATE to the collection."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._archive import (
    ArchiveError,
    ExtractLimits,
    check_and_extract,
    sha256_file,
)
from ansible_collections.pyhost.platform.plugins.module_utils._download import download
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run

UV_SECONDS = 600
BUILD_SECONDS = 3600
"""An optimised build runs the test suite for its profile: about ten minutes on two cores."""

LINES = 20
KEY = "pyhost_python_sources"


Tell = Callable[[str], None]
"""Is told what is done now."""


def unpack(source: PythonSource, sent: str, stage: Path, tell: Tell) -> None:
    """Unpack the archive of ``source`` into ``stage``; ``sent`` is its file on this host, "" to fetch it.

    Its layout is ``install_only`` of python-build-standalone: one directory, ``bin/python3`` below it.
    """
    path = Path(sent) if sent else stage.with_name(f"{stage.name}.archive")
    try:
        _have(source, sent, path, tell)
        tell("unpacking")
        check_and_extract(path, stage, ExtractLimits(), strip=True, times=True)
    except ArchiveError as error:
        raise PyhostError(f"{KEY}: {error}".replace(str(path), source.location)) from error
    finally:
        if not sent:
            path.unlink(missing_ok=True)


def by_uv(source: PythonSource, branch: str, uv: str, environment: Mapping[str, str], stage: Path) -> None:
    """Have ``uv`` install ``branch``; its catalogue and mirror are those of ``source``."""
    into = stage.with_name(f"{stage.name}.uv")
    _files.remove(into)
    words = [uv, "python", "install", "--no-config", "--no-bin", "--install-dir", str(into), f"cpython-{branch}"]
    own = {"HOME": str(into), "PATH": os.defpath, "UV_PYTHON_DOWNLOADS": "manual", "UV_NO_PROGRESS": "1"}
    own |= {"UV_PYTHON_INSTALL_MIRROR": source.mirror} if source.mirror else {}
    own |= {"UV_PYTHON_DOWNLOADS_JSON_URL": source.catalogue} if source.catalogue else {}
    try:
        done = run(words, Deadline(UV_SECONDS), env={**own, **environment})
        brought = [path for path in into.glob(f"cpython-{branch}*") if path.is_dir() and not path.is_symlink()]
        if done.status != 0 or len(brought) != 1:
            raise PyhostError(f"Python {branch}: uv cannot install it:\n{done.tail(LINES)}")
        os.rename(brought[0], stage)
    finally:
        _files.remove(into)


def build(source: PythonSource, branch: str, sent: str, stage: Path, final: Path, jobs: int, tell: Tell) -> None:
    """Compile the sources of ``source`` for the path ``final``, and leave the result in ``stage``."""
    missing = [name for name in ("cc", "make") if not shutil.which(name)]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise PyhostError(f"Python {branch}: {' and '.join(missing)} {verb} missing on this host; nothing can be built")
    work = stage.with_name(f"{stage.name}.build")
    _files.remove(work)
    work.mkdir(mode=0o700)
    try:
        path = Path(sent) if sent else work / "archive"
        _have(source, sent, path, tell)
        tell("unpacking")
        check_and_extract(path, work / "source", ExtractLimits(), strip=True, times=True)
        _compile(source, branch, work, final, jobs, tell)
        os.rename(f"{work}/root{final}", stage)
    except ArchiveError as error:
        raise PyhostError(f"{KEY}: {error}") from error
    finally:
        _files.remove(work)


def _compile(source: PythonSource, branch: str, work: Path, final: Path, jobs: int, tell: Tell) -> None:
    deadline = Deadline(BUILD_SECONDS)
    env = {"HOME": str(work), "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    options = ["--enable-optimizations"] if source.optimised else []
    options += ["--enable-unicode=ucs4"] if branch == "2.7" else []  # As wheels for 2.7 are made (PEP 513).
    for what, words in (
        ("configure", ["./configure", f"--prefix={final}", "--with-ensurepip=install", *options]),
        ("make", ["make", f"-j{jobs}"]),
        ("make install", ["make", "install", f"DESTDIR={work}/root"]),
    ):
        tell(what)
        done = run(words, deadline, cwd=str(work / "source"), env=env)
        if done.status != 0:
            raise PyhostError(f"Python {branch}: {what} failed; its last lines:\n{done.tail(LINES)}")
    _files.remove(Path(f"{work}/root{final}/lib/python{branch}/test"))  # A third of all, and no app's business.


def _have(source: PythonSource, sent: str, path: Path, tell: Tell) -> None:
    """The file of ``source`` is at ``path``, and is the one that was meant."""
    tell("checking" if sent else "downloading")
    if not sent:
        download(source.location, f"sha256:{source.sha256}", path, KEY)
        return
    found = sha256_file(path)
    if found != source.sha256:
        raise PyhostError(f"{KEY}: SHA-256 of {source.location} is {found}, expected {source.sha256}")
