# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a value is named in an error. Pure. PRIVATE to the collection.

Whatever a value is, these functions return printable text: control characters, lone surrogates and
numbers of many digits included. The credentials of a URL are never shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches

SHOWN = 100
"""Characters of a value that an error shows."""

INTEGERS = 2**63
"""Integers beyond this are no setting of anything; Python refuses to print those of many digits."""

_CREDENTIALS = re.compile(r"(://)[^/\s]*@")
_KEY = re.compile(r"[A-Za-z0-9_./@-]{1,64}")
_ONE_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]")


def _quoted(text: str) -> str:
    return "".join(
        sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in json.dumps(text, ensure_ascii=False)
    )


def masked(text: str) -> str:
    """The text without the credentials of its URLs."""
    return _CREDENTIALS.sub(r"\1***@", text)


def shown(value: object) -> str:
    """The value as YAML would have it: ``"text"`` in quotes, ``true``, ``null``, ``3``; a container by its kind."""
    if isinstance(value, str):
        text = masked(str(value))
        return _quoted(text if len(text) <= SHOWN else text[:SHOWN] + "…")
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(int(value)) if abs(value) < INTEGERS else "this"
    if isinstance(value, float):
        return repr(float(value))
    return "this"


def kind(value: object) -> str:
    """The word for the type of a value, with its article: ``a string``, ``a list`` …"""
    if value is None:
        return "no value"
    for types, word in (
        (bool, "a boolean"),
        (str, "a string"),
        ((int, float), "a number"),
        ((list, tuple), "a list"),
        (dict, "a mapping"),
    ):
        if isinstance(value, types):
            return word
    return f"a value of type {type(value).__name__}"


def key_text(name: object) -> str:
    """A key as it stands in front of a message: as it is where that is readable, else quoted."""
    if isinstance(name, str) and _KEY.fullmatch(name):
        return str(name)
    return shown(name)


def nearest(word: object, known: Iterable[str]) -> str:
    """The known word that ``word`` most likely means, or ""."""
    if not isinstance(word, str) or len(word) > 64:
        return ""
    found = get_close_matches(str(word).lower(), list(known), n=1)
    return found[0] if found else ""


def unknown(word: object, known: Iterable[str], noun: str) -> str:
    """What to say behind an unknown word: the nearest known one, else all of them."""
    words = list(known)
    near = nearest(word, words)
    if near:
        return f'did you mean "{near}"?'
    return f"known {noun} are {', '.join(words)}" if words else f"there are no known {noun}"


def wrong_type(value: object, wanted: str, fix: str, secret: bool = False) -> str:
    """``"x" is a string where a list belongs; write ["x"]``; a secret is called "this"."""
    return f"{'this' if secret else shown(value)} is {kind(value)} where {wanted} belongs; {fix}"


def quote_it(value: object, secret: bool = False) -> str:
    """The message for a number or a boolean where a string belongs.

    YAML 1.1 reads ``3.10`` as the number 3.1 and ``on`` as true, so what was written cannot be
    known any more; only quotes keep it.
    """
    text = shown(value)
    if text == "this" or (secret and not isinstance(value, bool)):
        return f"this is {kind(value)}; quote it"
    message = f'{text} is {kind(value)}; quote it: "{text}"'
    if isinstance(value, bool):
        return message + " (YAML reads yes, no, on and off as booleans, too)"
    if isinstance(value, float) and _ONE_DECIMAL.fullmatch(text):
        return message + f' (YAML reads {text}0 as {text}, too; write "{text}0" if that is what you mean)'
    return message
