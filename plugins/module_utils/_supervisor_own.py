# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Supervisor file that came with an app's code, made fit for its cell. Pure. PRIVATE to the collection.

Its programs run as ours do: with the app's environment, in its code, as the user of the cell. Supervisor's own
expansions (``%(process_num)02d`` and so on) and everything else that the file says stay as they are.
"""

from __future__ import annotations

import configparser
import io
from collections.abc import Sequence

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._generated import NOTE

RUNS = ("program", "eventlistener", "fcgi-program")
KINDS = (*RUNS, "group")
OWN = "="
"""Begins the first word for the start wrapper, where the rest is a command of the app's and not a program's name."""

DROPPED = ("user", "umask")
"""Options that only a supervisord of root's obeys, and one that is the cell's."""


def read(text: str, file: str, taken: Sequence[str]) -> configparser.RawConfigParser:
    """The sections of ``text``. ``file`` is the name for people, ``taken`` are the names of the cell's own programs.

    Raises `PyhostError` that names the section and what is wrong.
    """
    found = configparser.RawConfigParser(strict=True, inline_comment_prefixes=(";",))
    found.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        found.read_string(text, file)
    except (configparser.Error, ValueError) as error:
        raise PyhostError(f"{file}: {' '.join(str(error).split())}") from error
    problems = [problem for section in found.sections() for problem in _problems(found, section, taken)]
    if problems:
        raise PyhostError("\n".join(f"{file}: {problem}" for problem in problems))
    return found


def fitted(found: configparser.RawConfigParser, cell: Cell, cwd: str, process: str, logs: str = "") -> str:
    """The text that the cell's supervisord includes.

    ``cwd`` is where programs start that do not say it, ``process`` the digest of what they belong to: with another
    one they are started anew. ``logs`` is the directory for logs of programs that do not say it ("": the cell's own).
    """
    out = configparser.RawConfigParser()
    out.optionxform = str  # type: ignore[assignment,method-assign]
    for section in found.sections():
        if section.partition(":")[0] in KINDS:
            options = {name: value for name, value in found.items(section) if name not in DROPPED}
            out[section] = options
            if section.partition(":")[0] in RUNS:
                out[section]["command"] = f"{cell.tools}/bin/pyhost-start {OWN}{process} {options['command']}"
                out[section].setdefault("directory", cwd)
            if section.startswith("program:") and logs:
                name = f"{logs}/%(program_name)s_%(process_num)02d"
                out[section].setdefault("stdout_logfile", f"{name}.log")
                if out[section].get("redirect_stderr", "false").lower() not in ("true", "1", "yes", "on"):
                    out[section].setdefault("stderr_logfile", f"{name}_error.log")
    written = io.StringIO()
    out.write(written, space_around_delimiters=False)
    return f"; {NOTE}{written.getvalue()}" if out.sections() else ""


def _problems(found: configparser.RawConfigParser, section: str, taken: Sequence[str]) -> list[str]:
    kind, _colon, name = section.partition(":")
    if kind not in KINDS:
        return []
    if not name.strip():
        return [f"[{section}] has no name"]
    if name.strip() in taken:
        return [f"[{section}]: the cell has a program {name.strip()} already; give it another name"]
    if kind in RUNS and not found.get(section, "command", fallback="").strip():
        return [f"[{section}] has no command"]
    return []
