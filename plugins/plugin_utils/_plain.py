# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of strangers as it may be shown on a terminal. Pure. PRIVATE to the collection."""

from __future__ import annotations

import re
import unicodedata

SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # a control sequence: colours, the cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"  # a string: titles, links
    r"|\x1b[ -/]*[0-~]"
)
"""ECMA-48, sections 5.4 to 5.6; with what they say, so that nothing of it is left over."""

JOINERS = "\u200c\u200d"
"""Letters of some languages, and pictures, need them; they move nothing."""

GONE = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of what is no letter: controls, direction and other formats, surrogates, ends of lines."""


def plain(text: str) -> str:
    """``text`` without anything that a terminal obeys or that changes how other letters are read; tabs stay."""
    text = SEQUENCES.sub("", text)
    return "".join(sign for sign in text if sign in f"\t{JOINERS}" or unicodedata.category(sign) not in GONE)
