# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file ``.s2i/environment``: variables of an app, one a line. Pure. PRIVATE to the collection.

The format is that of source-to-image, which takes what follows the first ``=`` as it stands; real files put quotes
around values, which were for the shell that used them, and which are taken off here.
"""

from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

NAME = ".s2i/environment"
_ESCAPED = re.compile(r'\\(["\\$`])')


def read_environment(text: str) -> dict[str, str]:
    """Name to value; blank lines and comments are skipped. Raises `PyhostError` with each line that is wrong."""
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        name, equals, value = (part.strip() for part in bare.partition("="))
        problem = _problem(name, equals, value)
        if problem:
            wrong.append(f"{NAME}, line {number}, column {len(line) - len(line.lstrip()) + 1}: {problem}")
        else:
            found[name] = unquoted(value)
    if wrong:
        raise PyhostError("\n".join(wrong))
    return found


def _problem(name: str, equals: str, value: str) -> str:
    """What is wrong with a line, "" when nothing is; values may be secrets and are never shown."""
    if not equals:
        return "there is no = in it; write KEY=VALUE, or put # in front of a comment"
    if not name:
        return "there is no name in front of the =; write KEY=VALUE"
    if formats.environment_name(name):
        return formats.environment_name(name)
    if formats.environment_value(value):
        return f"the value of {name} has a character that no variable can hold"
    if value[:1] in ("'", '"') and value[0] not in value[1:]:
        return f"the value of {name} begins with {value[0]} and has no second one; add it, or remove the first"
    return ""


def unquoted(value: str) -> str:
    """``value`` without the quotes around all of it; quotes around a part of it stay."""
    quote = value[:1]
    if len(value) < 2 or quote not in ("'", '"') or value[-1] != quote:
        return value
    inner = value[1:-1]
    if quote == "'":
        return value if "'" in inner else inner
    if re.search(r'(?<!\\)(?:\\\\)*"', inner) or re.search(r"(?<!\\)(?:\\\\)*\\$", inner):
        return value
    return _ESCAPED.sub(r"\1", inner)
