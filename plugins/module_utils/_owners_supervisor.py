# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Supervisor files of an owner's that supervisord would not read. Runs as the cell's user. PRIVATE to the collection.

One wrong line in one file, and supervisord does not start: after the next reboot the whole cell would be away. So a
deploy refuses such a file, and the start of a cell leaves it out: ``conf/supervisord.conf`` names the other files
then, until supervisord has read it. From then on ``supervisorctl reread`` reads all files, and says what is wrong.
"""

from __future__ import annotations

import glob
import io
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from ansible_collections.pyhost.platform.plugins.module_utils import _files
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

DAEMON = "conf/supervisord.conf"
WHOLE = "conf/.supervisord.conf"
"""The text of `DAEMON` as it was, while that leaves files out."""

OURS = "app.conf"
FILES = re.compile(r"^files=.*$", re.MULTILINE)


def owned(home: Path) -> list[Path]:
    """Files that others than us have written: in ``conf``, and one that came with the code."""
    found = [path for path in (home / "conf" / "supervisor.d").glob("*.conf") if path.name != OURS]
    return [*sorted(found), *sorted((home / "current" / "supervisor.d").glob("*.conf"))]


def check(home: Path, ours: Path, came: Path | None = None, name: str = "") -> None:
    """Raises `PyhostError` that names each of the owner's files that cannot be read along with ``ours``.

    ``came`` is one that came with the code, where it is called ``name``.
    """
    theirs = [path for path in owned(home) if path.parent.parent.name == "conf"]
    theirs += [came] if came and came.exists() else []
    if theirs and objection(home, [ours, *theirs]):
        refused = _sift(home, [ours], theirs)[1]
        lines = [f"{name if path == came else path.relative_to(home)}: {why}" for path, why in refused.items()]
        raise PyhostError(
            "supervisord refuses what the owner wrote, and would not start with it; mend it, or remove the file:\n"
            + "\n".join(lines)
        )


def leave_out(home: Path) -> list[str]:
    """Before supervisord starts: have it read what it can. Returns what it is not to read, ``FILE: why``."""
    restore(home)
    theirs = owned(home)
    if not theirs:
        return []
    ours = [path for path in (home / "conf" / "supervisor.d" / OURS,) if path.exists()]
    ours += sorted((home / "run" / "supervisor.d").glob("*.conf"))
    if not objection(home, [*ours, *theirs]):
        return []
    good, refused = _sift(home, ours, theirs)
    text = (home / DAEMON).read_text("utf-8", "replace")
    _files.write(home / WHOLE, text)
    named = f"files={' '.join(map(_pattern, _ordered(home, [*ours, *good])))}"
    _files.write(home / DAEMON, FILES.sub(lambda _found: named, text))
    lines = [f"{path.relative_to(home)}: {why}" for path, why in refused.items()]
    _tell(home, lines)
    return lines


def restore(home: Path) -> None:
    """`DAEMON` as it was before something was left out; for supervisord itself, once it has read that."""
    with suppress(OSError):
        _files.write(home / DAEMON, _files.read_regular(home / WHOLE).decode("utf-8", "surrogateescape"))
        (home / WHOLE).unlink()


def objection(home: Path, paths: Iterable[Path]) -> str:
    """What supervisord says of the files ``paths`` together, read in its own order; "" for nothing."""
    from supervisor.options import ServerOptions  # type: ignore[import-untyped]

    paths = list(paths)
    if not all(path.is_file() for path in paths):
        return "is no regular file"  # Reading a pipe would never end.
    options = ServerOptions()
    options.here = str(home / "conf")
    names = " ".join(map(_pattern, _ordered(home, paths)))
    try:
        options.read_config(io.StringIO(f"[supervisord]\n[include]\nfiles={names}\n"))
    except Exception as error:  # Whatever it is, supervisord would end with it.
        return " ".join(str(error).split()) or type(error).__name__
    return ""


def _sift(home: Path, ours: Sequence[Path], theirs: Sequence[Path]) -> tuple[list[Path], dict[Path, str]]:
    """Those of ``theirs`` that can be read along with ``ours``, and why not the others."""
    good: list[Path] = []
    refused = {}
    for path in theirs:
        why = objection(home, [*ours, *good, path])
        if why:
            refused[path] = why
        else:
            good.append(path)
    return good, refused


def _ordered(home: Path, paths: Iterable[Path]) -> list[Path]:
    """As supervisord reads them: its directories in their order, each by name. What comes later wins."""
    places = {"run": 1, "current": 2, "launches": 2}

    def rank(path: Path) -> tuple[int, str]:
        return places.get(path.relative_to(home).parts[0], 0), path.name

    return sorted(paths, key=rank)


def _pattern(path: Path) -> str:
    """A pattern that fits ``path``: words of ``files`` end at space, and ``%`` begins an expansion."""
    return re.sub(r"\s", "?", glob.escape(str(path))).replace("%", "%%")


def _tell(home: Path, lines: Iterable[str]) -> None:
    """Into the log of supervisord, which does not run yet."""
    moment = time.strftime("%Y-%m-%d %H:%M:%S")
    with suppress(OSError), (home / "logs" / "supervisord.log").open("a", encoding="utf-8") as log:
        for line in lines:
            log.write(f"{moment} WARN left out, because supervisord would not start with it: {line}\n")
