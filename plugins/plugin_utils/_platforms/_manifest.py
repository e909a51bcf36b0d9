# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads manifest.yml: what it inherits, its symbols, its applications in the order of their start. PRIVATE.

The format is that of AppFog's client (``lib/cli/manifest_helper.rb`` of ``af``); later forms of it, with a list of
applications, are read, too.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import inside
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _nodes as nodes

FILE = "manifest.yml"
_SYMBOL = re.compile(r"\$\{([^}]*)\}")
_DEEPEST = 20
"""Symbols within symbols, and files that inherit files: more is a circle."""

_MOST = 5000
"""Values of a file, with what aliases repeat."""

Read = Callable[[str], "str | None"]
"""The text of a file of the source by its path; None where there is none."""


class Place:
    """Where a value stands: ``file``, line and column."""

    place = ""

    def at(self, node: yaml.Node, file: str) -> Any:
        self.place = f"{file}, {nodes.position(node)}"
        return self


class Text(str, Place):
    """A scalar, as it is written."""


class Table(dict[str, Any], Place):
    """A mapping of values by name."""


class Row(list[Any], Place):
    """A list of values."""


@dataclass(frozen=True)
class Application:
    """``path`` is its directory below that of the file, ``values`` what the file says of it, symbols resolved as far as
    that is possible, ``after`` the paths of those it depends on.
    """

    path: str
    values: Table
    after: tuple[str, ...] = ()


def wrong(message: str, value: object = None) -> PyhostError:
    """The error for ``value``, with its place."""
    place = getattr(value, "place", "")
    return PyhostError(f"{message} ({place})" if place else message)


def read(text: str, file: str, read_file: Read, symbols: Mapping[str, str]) -> list[Application]:
    """The applications, those that others depend on first. ``symbols`` are known besides those of the file itself.

    Raises `PyhostError` with the place of what is wrong.
    """
    content = _inherited(text, file, read_file, 0)
    if not content:
        raise PyhostError(f"{file} is empty")
    found = _applications(content)
    for path, values in found.items():
        _resolve(values, _Scope(values, content, path, symbols))
    return _ordered(found)


def _inherited(text: str, file: str, read_file: Read, depth: int) -> Table:
    content = _table(text, file)
    parents = content.pop("inherit", [])
    merged = Table()
    for parent in [parents] if isinstance(parents, Text) else parents:
        path = inside(posixpath.dirname(file), str(parent))
        above = read_file(path) if path else None
        if path is None or above is None:
            raise wrong(f"inherit: {parent} is not in the source", parent)
        if depth == _DEEPEST:
            raise wrong(f"inherit: {parent} inherits itself", parent)
        _merge(merged, _inherited(above, path, read_file, depth + 1))
    merged.place = content.place
    _merge(merged, content)
    return merged


def _table(text: str, file: str) -> Table:
    try:
        root = nodes.compose(text)
        value = _Values(file).of(root) if root is not None and not nodes.is_empty(root) else Table()
    except ValueError as error:
        raise PyhostError(f"{file} cannot be read: {error}") from None
    except RecursionError:
        raise PyhostError(f"{file} cannot be read: it is nested too deeply") from None
    if not isinstance(value, Table):
        raise wrong(f"{file} is no mapping; write applications: and below it each one by its path", value)
    return value


class _Values:
    """Makes values of nodes; what stands behind several aliases is a value of its own at each of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.count = 0

    def of(self, node: yaml.Node) -> Any:
        self.count += 1
        if self.count > _MOST:
            raise ValueError(f"it holds more than {_MOST} values")
        if isinstance(node, yaml.MappingNode):
            pairs = nodes.members(node).items()
            return Table({key: self.of(one) for key, one in pairs if not nodes.is_empty(one)}).at(node, self.file)
        if isinstance(node, yaml.SequenceNode):
            return Row(self.of(one) for one in nodes.items(node)).at(node, self.file)
        return Text(node.value).at(node, self.file)


def _merge(into: Table, other: Table) -> None:
    for key, value in other.items():
        if isinstance(value, Table) and isinstance(into.get(key), Table):
            _merge(into[key], value)
        else:
            into[key] = value


def _applications(content: Table) -> dict[str, Table]:
    """By path; a file without ``applications`` describes one, that of its own directory."""
    given = content.get("applications")
    if given is None:
        return {".": content}
    found: dict[str, Table] = {}
    for path, values in _pairs(given):
        if not isinstance(values, Table):
            raise wrong("applications: each one is a mapping, with its name and more", values or given)
        clean = inside("", str(path))
        if clean is None:
            raise wrong(f"applications: {path} leaves the source", values)
        if clean in found:
            raise wrong(f"applications: {path} is there twice; an app has its own directory", values)
        found[clean] = values
    if not found:
        raise wrong("No applications.", given)
    return found


def _pairs(given: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(given, Table):
        yield from given.items()
    elif isinstance(given, Row):
        yield from ((one.get("path", ".") if isinstance(one, Table) else ".", one) for one in given)
    else:
        raise wrong("applications: is a mapping of paths to applications", given)


@dataclass
class _Scope:
    """Where symbols of one application are looked up."""

    values: Table
    content: Table
    path: str
    symbols: Mapping[str, str]

    def find(self, name: str) -> str | None:
        if name == "random-word":
            return hashlib.sha256(f"{self.symbols.get('name', '')}/{self.path}".encode()).hexdigest()[:5]
        if name in self.symbols:
            return self.symbols[name]
        for table in (self.values, self.content.get("properties"), self.content):
            if isinstance(table, Table) and isinstance(table.get(name), Text):
                return str(table[name])
        return None


OUTER = ("target-base", "target-url")
"""Symbols that only the one who deploys can give; a value with one of them is left out without that."""


def _resolve(value: Any, scope: _Scope) -> None:
    """Put their values in place of the symbols, in ``value`` and below it."""
    places: Sequence[Any] = list(value) if isinstance(value, Table) else range(len(value)) if value else ()
    for place in places:
        one = value[place]
        if isinstance(one, (Table, Row)):
            _resolve(one, scope)
        elif isinstance(one, Text):
            text = Text(_text(one, one, scope, 0))
            text.place = one.place
            value[place] = text


def _text(text: str, origin: Text, scope: _Scope, depth: int) -> str:
    def put(match: re.Match[str]) -> str:
        found = scope.find(match[1])
        if found is None and match[1] in OUTER:
            return match[0]
        if found is None:
            raise wrong(f"Unknown symbol in manifest: {match[1]}", origin)
        if depth == _DEEPEST:
            raise wrong(f"symbol {match[1]} is made of itself", origin)
        return _text(found, origin, scope, depth + 1)

    return _SYMBOL.sub(put, text)


def _ordered(found: dict[str, Table]) -> list[Application]:
    """Each one behind those it depends on; otherwise as the file has them."""
    needs: dict[str, tuple[str, ...]] = {path: tuple(_depends(path, values, found)) for path, values in found.items()}
    ordered: list[Application] = []
    todo = dict(needs)
    while todo:
        free = [path for path, before in todo.items() if not set(before) & set(todo)]
        if not free:
            circle = ", ".join(todo)
            raise wrong(f"Circular dependency detected: {circle}", found[next(iter(todo))].get("depends-on"))
        ordered.append(Application(free[0], found[free[0]], needs[free[0]]))
        del todo[free[0]]
    return ordered


def _depends(path: str, values: Table, found: Mapping[str, Table]) -> Iterator[str]:
    """The paths that an application names; names of applications are taken, too."""
    given = values.get("depends-on", [])
    names = {str(one.get("name", "")): other for other, one in found.items()}
    for one in [given] if isinstance(given, Text) else given:
        clean = inside("", str(one))
        target = clean if clean in found else names.get(str(one))
        if target is None:
            raise wrong(f"depends-on: {one} is no application of this file", one)
        yield target
