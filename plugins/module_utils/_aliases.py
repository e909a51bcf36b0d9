# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An owner's own nginx text: blocks that do not end, aliases that serve more than they name. Pure. PRIVATE.

nginx puts what follows the location's text behind the alias, so ``location /static { alias /srv/app/static/; }``
answers ``/static../settings.py`` with ``/srv/app/static/../settings.py`` (off-by-slash, ngx_http_core_module), and
``location /static/ { alias /srv/app/static; }`` answers ``/static/-old`` with ``/srv/app/static-old``.
Whether the text is right otherwise, nginx itself says; text that cannot be read is left to it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = r" \t\r\n"
_TOKEN = re.compile(
    rf"""\#[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[;{{}}]|(?:\\.|\${{*|[^{_SPACE};{{\\$])+""",
    re.DOTALL,
)
"""A word, a block's end or a comment, as ``ngx_conf_read_token`` reads them: only ``;``, ``{`` and four kinds of space
end a word, so that ``}`` within it belongs to it, and so does each ``{`` behind a ``$``; ``;`` in ``${}`` ends it, too.
"""

_GROUP_NOT_AFTER_SLASH = re.compile(r"(?:^|[^/\\])\((?!\?:)")


@dataclass(frozen=True)
class _Directive:
    """A directive: its line in the text, its words without quotes, and what the location around it is for."""

    line: int
    words: tuple[str, ...]
    location: tuple[str, ...]


def alias_problems(text: str) -> list[str]:
    """What is wrong with the aliases of a file: ``LINE: what it does; what to write instead``."""
    found = []
    for one in _directives(text):
        if one.words[0] == "alias" and len(one.words) == 2:
            wrong = _wrong(one.location, one.words[1])
            if wrong:
                found.append(f"{one.line}: {wrong}")
    return found


def _wrong(location: tuple[str, ...], alias: str) -> str:
    modifier, path = _split(location)
    if modifier in ("~", "~*"):
        if "$" in alias and _GROUP_NOT_AFTER_SLASH.search(path):
            return (
                f"location {modifier} {path} lets what it captures begin with .., so that files beside the alias "
                f"{alias} are served; let a / stand before each group of the expression"
            )
        return ""
    if modifier == "=" or not path:
        return ""
    if path.endswith("/"):
        if alias.endswith("/") or "$" in alias:
            return ""
        return (
            f"location {path} with alias {alias} serves what is beside {alias}: {path}x is {alias}x; "
            f"write alias {alias}/"
        )
    if alias.endswith("/"):
        return (
            f"location {path} with alias {alias} serves what is beside {alias}, as {path}../ shows; "
            f"write location {path}/"
        )
    if "." in posixpath.basename(path):
        return ""  # One file.
    return (
        f"location {path} with alias {alias} serves everything whose name begins like that, such as {alias}-old; "
        f"write location {path}/ and alias {alias}/, or location = {path} for one file"
    )


def _split(location: tuple[str, ...]) -> tuple[str, str]:
    """Modifier and path, which may be written together: ``=/x``, ``~^/x``."""
    if len(location) == 2:
        return location[0], location[1]
    found = re.match(r"(\^~|~\*|~|=)(.+)", location[0], re.DOTALL) if len(location) == 1 else None
    return (found[1], found[2]) if found else ("", location[0] if location else "")


def block_problem(text: str) -> str:
    """Where blocks and directives do not end as they should: ``LINE: what is wrong``, or "".

    Such text would change the meaning of what comes after it; everything else is for nginx itself to judge.
    """
    blocks: list[int] = []
    pending = 0
    for found in _TOKEN.finditer(text):
        token, line = found[0], text.count("\n", 0, found.start()) + 1
        if token.startswith("#"):
            continue
        if token == "}" and (pending or not blocks):
            return f'{pending}: this has no ";"' if pending else f'{line}: "}}" ends nothing'
        if token == "}":
            blocks.pop()
        elif token == "{":
            blocks.append(pending or line)
        pending = 0 if token in "{};" else pending or line
    if pending:
        return f'{pending}: this has no ";"'
    return f'{blocks[-1]}: this block has no "}}"' if blocks else ""


def _directives(text: str) -> Iterator[_Directive]:
    words: list[str] = []
    line = begun = 1
    counted = 0
    locations: list[tuple[str, ...]] = [()]
    for found in _TOKEN.finditer(text):
        token = found[0]
        if token.startswith("#"):
            continue
        if token not in ("{", "}", ";"):
            if not words:
                line += text.count("\n", counted, found.start())
                counted, begun = found.start(), line
            words.append(_plain(token))
            continue
        if token == "{":
            locations.append(tuple(words[1:]) if words[:1] == ["location"] else locations[-1])
        elif token == "}":
            del locations[max(len(locations) - 1, 1) :]
        elif words:
            yield _Directive(begun, tuple(words), locations[-1])
        words = []


def _plain(token: str) -> str:
    """A word as nginx takes it: without quotes, and with what was escaped."""
    body = token[1:-1] if len(token) > 1 and token[0] == token[-1] and token[0] in "\"'" else token
    return re.sub(r"\\([\"'\\])", r"\1", body)
