# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads input by the table of keys and collects what is wrong. Pure. PRIVATE to the collection.

Input is anything that YAML can say. Nothing here raises: a wrong value is reported and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._schema import Key
from ansible_collections.pyhost.platform.plugins.module_utils._wording import (
    INTEGERS,
    key_text,
    kind,
    quote_it,
    shown,
    unknown,
    wrong_type,
)


@dataclass(frozen=True)
class Report:
    """Collects the problems of one app."""

    app: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, key: str, message: str) -> None:
        """Takes a message; "" is none."""
        if message:
            self.problems.append(Problem(self.app, key, message))


@dataclass(frozen=True)
class Values:
    """What a mapping said: ``good`` values by key, and which keys were ``given``, good or not.

    A table below is Values again; a list holds None in place of an element that is not good.
    """

    good: dict[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def get(self, name: str, default: Any = None) -> Any:
        return self.good.get(name, default)

    def listed(self, name: str) -> list[tuple[int, Any]]:
        """The good elements of a list with their positions."""
        return [(place, one) for place, one in enumerate(self.get(name, ())) if one is not None]


def read_table(raw: Mapping[Any, Any], table: tuple[Key, ...], report: Report, prefix: str = "") -> Values:
    """The good values of a mapping; problems go to the report."""
    known = {key.name: key for key in table}
    for name in raw:
        if not isinstance(name, str) or name not in known:
            report.add(prefix + key_text(name), _unknown_key(name, table))
    good: dict[str, Any] = {}
    for key in table:
        if key.name in raw:
            value = _read(raw[key.name], key, report, prefix + key.name)
            if value is not None:
                good[key.name] = value
        elif key.required:
            report.add(prefix + key.name, f"missing; write {key.name}: {key.example}")
    return Values(good, frozenset(known).intersection(name for name in raw if isinstance(name, str)))


def _unknown_key(name: object, table: tuple[Key, ...]) -> str:
    for key in table:
        below = [one.name for one in key.keys if key.type == "list" or not key.elements]
        if name in below or (key.name == "config" and isinstance(name, str) and name.startswith("uwsgi_")):
            return f'unknown key here; write it below "{key.name}", for example {key.name}: {key.example}'
    return f"unknown key; {unknown(name, [key.name for key in table], 'keys')}"


def _read(value: object, key: Key, report: Report, where: str) -> Any:
    """The value as the table wants it, or None after reporting why not."""
    if value is None:
        report.add(where, f"null is no value; write {key.example} or leave the key out")
        return None
    reader = {"str": _string, "int": _integer, "bool": _boolean, "list": _list, "dict": _mapping}[key.type]
    return reader(value, key, report, where)


def _string(value: object, key: Key, report: Report, where: str) -> str | None:
    text = _text(value, key, report, where)
    if text is None:
        return None
    if key.choices and text not in key.choices:
        why = key.refused.get(text) or f"is unknown; {unknown(text, key.choices, 'values')}"
        report.add(where, f"{shown(text)} {why}")
        return None
    message = key.rule(text) if key.rule else ""
    report.add(where, message)
    return None if message else text


def _text(value: object, key: Key, report: Report, where: str) -> str | None:
    if isinstance(value, str):
        return str(value)
    if key.number and isinstance(value, int) and not isinstance(value, bool) and abs(value) < INTEGERS:
        return str(int(value))
    if isinstance(value, (bool, int, float)):
        report.add(where, quote_it(value, key.secret))
    else:
        nested = key.example.startswith(("[", "{"))  # The example is that of the whole list or mapping.
        fix = "write one string here" if nested else f"write {key.example}"
        report.add(where, wrong_type(value, "a string", fix))
    return None


def _integer(value: object, key: Key, report: Report, where: str) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int):
        digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        report.add(where, wrong_type(value, "a whole number", f"write {int(str(value)) if digits else key.example}"))
        return None
    if not key.least <= value <= key.most:
        report.add(where, f"{shown(value)} is out of range; write a number from {key.least} to {key.most}")
        return None
    return int(value)


def _boolean(value: object, key: Key, report: Report, where: str) -> bool | None:
    if not isinstance(value, bool):
        report.add(where, wrong_type(value, "a boolean", "write true or false"))
        return None
    return value


def _list(value: object, key: Key, report: Report, where: str) -> list[Any] | None:
    if not isinstance(value, (list, tuple)):
        fix = f"[{shown(value)}]" if isinstance(value, str) and key.elements == "str" else key.example
        report.add(where, wrong_type(value, "a list", f"write {fix}"))
        return None
    return [_element(one, key, report, f"{where}[{place}]") for place, one in enumerate(value)]


def _element(value: object, key: Key, report: Report, where: str) -> Any:
    return _mapping(value, key, report, where) if key.elements == "dict" else _string(value, key, report, where)


def _mapping(value: object, key: Key, report: Report, where: str) -> Any:
    if not isinstance(value, Mapping):
        report.add(where, wrong_type(value, "a mapping", f"write {key.example.strip('[]')}", key.secret))
        return None
    if key.keys and (key.type == "list" or not key.elements):
        return read_table(value, key.keys, report, where + ".")
    pairs = {name: _pair(name, one, key, report, where) for name, one in value.items()}
    return {str(name): one for name, one in pairs.items() if one is not None}


def _pair(name: object, value: object, key: Key, report: Report, where: str) -> Any:
    place = f"{where}.{key_text(name)}"
    if key.number_names and isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str):
        report.add(place, f"the name {shown(name)} is {kind(name)}; quote it or choose another")
        return None
    message = key.name_rule(name) if key.name_rule else ""
    report.add(place, message)
    good = _table(value, key, report, place) if key.keys else _string(value, key, report, place)
    return None if message else good


def _table(value: object, key: Key, report: Report, where: str) -> Values | None:
    """One of the tables of a mapping by name, or what stands for it."""
    if isinstance(value, str) and key.short:
        value = {key.short: value}
    if not isinstance(value, Mapping):
        text = f"a mapping or the string for {key.short}" if key.short else "a mapping"
        report.add(where, wrong_type(value, text, f"write {key.example[1:-1].partition(': ')[2]}"))
        return None
    return read_table(value, key.keys, report, where + ".")
