# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of an app's own within generated text, and their places in messages. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re

_BEGIN = re.compile(r"\s*# (.+), lines 1-([0-9]+):")


def marked(path: str, text: str) -> str:
    """``text`` of the file ``path``, after a comment by which `named` finds it; nothing else may be in its lines."""
    lines = text.rstrip().splitlines()
    return "".join(f"{line}\n" for line in (f"# {path}, lines 1-{len(lines)}:", *lines))


def named(message: str, generated: str, text: str) -> str:
    """``message`` with each place ``GENERATED:LINE`` that is in a file of the app's own called by that file's name.

    ``text`` is what the generated file says.
    """

    def place(found: re.Match[str]) -> str:
        return _origin(text.splitlines(), int(found[1])) or found[0]

    return re.sub(rf"{re.escape(generated)}:([0-9]+)", place, message)


def _origin(lines: list[str], number: int) -> str:
    for place, line in enumerate(lines[: number - 1], 1):
        begin = _BEGIN.fullmatch(line)
        if begin and place < number <= place + int(begin[2]):
            return f"{begin[1]}:{number - place}"
    return ""
