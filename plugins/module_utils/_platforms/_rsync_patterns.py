# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of ``rsync --exclude-from`` as lines of gitignore's syntax. Pure. PRIVATE to the collection.

Source: rsync(1), "FILTER RULES" and "INCLUDE/EXCLUDE PATTERN RULES"; gitignore(5). They differ in this:

* of rsync's rules the first that matches counts, of gitignore's the last, so the lines come out in reverse;
* rsync compares a pattern with a slash in it with the end of a name, unless it begins with one;
* rsync has ``- PATTERN``, ``+ PATTERN``, ``!`` alone, and comments with ``;``;
* in a pattern without wildcards a backslash is only a letter.
"""

from __future__ import annotations

import re

_WILD = re.compile(r"[*?\[]")


def gitignore(text: str) -> list[str]:
    """The lines that leave out what rsync would leave out with this file."""
    rules: list[str] = []
    for line in re.split(r"[\r\n]", text):
        if line.strip() == "!":
            rules.clear()
        elif line.strip() and not line.startswith(("#", ";")):
            rules.append(_rule(line))
    return rules[::-1]


def _rule(line: str) -> str:
    sign, pattern = (line[0], line[2:]) if line.startswith(("- ", "+ ")) else ("-", line)
    escaped = pattern if _WILD.search(pattern) else pattern.replace("\\", "\\\\")
    body = re.sub(r"/\*\*\*$", "/", escaped)
    if body.endswith(" "):
        body = f"{body[:-1]}\\ "
    if "/" in body.rstrip("/") and not body.startswith(("/", "**/")):
        body = f"**/{body}"
    elif body.startswith(("#", "!")):
        body = f"\\{body}"
    return f"!{body}" if sign == "+" else body
