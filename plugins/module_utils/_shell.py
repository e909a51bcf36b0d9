# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a shell becomes the command that it runs, so that signals reach that. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re

_ASSIGNMENTS = re.compile(r"""\s*(?:[A-Za-z_]\w*=(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\;&|<>()`$])*\s+)*""", re.ASCII)


def replacing(line: str) -> str:
    """``line`` with an ``exec`` before its last command: ``cd shop && A=1 exec celery``.

    Where pipes, alternatives or jobs leave no last command, the ``exec`` stands in front of all.
    """
    start = _last_command(line)
    if start < 0:
        return f"exec {line}"
    found = _ASSIGNMENTS.match(line, start)
    place = found.end() if found else start
    return line if re.match(r"exec\s", line[place:]) else f"{line[:place]}exec {line[place:]}"


def _last_command(line: str) -> int:
    """Where the last command of a list with ``&&`` and ``;`` begins; -1 for any other line."""
    start, place, quote, depth = 0, 0, "", 0
    while place < len(line):
        sign = line[place]
        if sign == "\\" and quote != "'":
            place += 1
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif not depth and line.startswith("&&", place):
            place += 1
            start = place + 1
        elif not depth and sign == ";":
            start = place + 1
        elif not depth and (sign == "|" or (sign == "&" and line[place - 1 : place] not in ("<", ">"))):
            return -1
        place += 1
    return start if line[start:].strip() and not line.lstrip().startswith(("(", "{")) else -1
