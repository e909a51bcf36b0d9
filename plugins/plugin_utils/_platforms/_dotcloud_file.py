# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads dotcloud.yml, with the platform's own messages for what is wrong with it. PRIVATE to the collection.

Like the platform, it ignores keys that it does not know and takes every scalar as its text (``approot: 42``).
"""

from __future__ import annotations

import re
from typing import Any, Callable

import yaml
from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import (
    FILE,
    PORTS,
    TYPES,
    Service,
)
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import parse
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _dotcloud_config as config
from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _nodes as nodes

_KINDS = {yaml.ScalarNode: "string", yaml.SequenceNode: "list", yaml.MappingNode: "dictionary"}
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read(text: str) -> tuple[dict[str, Service], list[str]]:
    """The services in the order of the file, and every problem; a service that has problems is left out."""
    try:
        root = nodes.compose(text)
    except ValueError as error:
        return {}, [f'"{FILE}" cannot be read: {error}']
    if root is None or nodes.is_empty(root):
        return {}, [f'"{FILE}" is empty!']
    reader = _Reader()
    try:
        read = {name: reader.service(name, node) for name, node in reader.dictionary(root).items()}
    except RecursionError:
        return {}, [f'"{FILE}" cannot be read: it is nested too deeply']
    if not reader.problems and not read:
        reader.add("service(s) dict cannot be empty", root)
    return {name: service for name, service in read.items() if service}, reader.problems


class _Reader:
    """Collects what is wrong; what it returns for a wrong value is as good as nothing."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def add(self, what: str, node: yaml.Node) -> None:
        self.problems.append(f'{what} in "{FILE}", {nodes.position(node)}')

    def service(self, name: str, node: yaml.Node) -> Service | None:
        before = len(self.problems)
        if not re.fullmatch("[a-z0-9_]+", name):
            self.add(f"Invalid characters (lowercase alphanum only) for service {shown(name)}", node)
        elif len(name) > 16:
            self.add(f"Invalid service name (must be <= 16 characters) {shown(name)}", node)
        given = {key: value for key, value in self.dictionary(node).items() if not nodes.is_empty(value)}
        if len(self.problems) > before:
            return None
        if "type" not in given:
            self.add('Missing mandatory entry: "type"', node)
            return None
        kind = self.text(given["type"])
        if kind is not None and kind not in TYPES:
            self.add(f"Unrecognized service {shown(kind)}", given["type"])
        values = self._values(name, given)
        return Service(name, str(kind), **values) if len(self.problems) == before else None

    def _values(self, name: str, given: dict[str, yaml.Node]) -> dict[str, Any]:
        readers: dict[str, Callable[[yaml.Node], Any]] = {
            "approot": self._approot,
            "requirements": lambda node: self._listed(node, _requirement),
            "environment": lambda node: self._named(node, _variable),
            "prebuild": self._command,
            "postbuild": self._command,
            "postinstall": self._command,
            "config": lambda node: config.read(self.dictionary(node), self.add),
            "processes": lambda node: self._named(node, _program),
            "ports": self._ports,
            "systempackages": lambda node: self._listed(node, _package),
        }
        found = {key: reader(given[key]) for key, reader in readers.items() if key in given}
        if {"process", "processes"} <= given.keys():
            self.problems.append(f'You can\'t have both "process" and "processes" at the same time in service "{name}"')
        elif "process" in given:
            found["processes"] = {name: self._command(given["process"])}
        return found

    def dictionary(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if isinstance(node, yaml.MappingNode):
            return nodes.members(node)
        self.add(f"Expected a type dictionary but got a type {_KINDS[type(node)]}", node)
        return {}

    def text(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.add(f"Expected a type string but got a type {_KINDS[type(node)]}", node)
        return None

    def _approot(self, node: yaml.Node) -> str:
        value = self.text(node)
        wrong = formats.relative_path(value) if value is not None else ""
        if wrong:
            self.add(f"approot: {wrong}", node)
        return formats.normal_path(value or ".")

    def _command(self, node: yaml.Node) -> str:
        value = (self.text(node) or "").strip()
        if value and formats.one_line(value):
            self.add(f"{shown(value)} is more than one line", node)
        return value

    def _listed(self, node: yaml.Node, rule: Callable[[str], str]) -> tuple[str, ...]:
        if not isinstance(node, yaml.SequenceNode):
            self.add(f"Expected a type list but got a type {_KINDS[type(node)]}", node)
            return ()
        found = []
        for one in nodes.items(node):
            value = self.text(one)
            if value is not None:
                self._judge(rule(value), one)
                found.append(value.strip())
        return tuple(found)

    def _named(self, node: yaml.Node, rule: Callable[[str], str]) -> dict[str, str]:
        found = {}
        for name, one in self.dictionary(node).items():
            value = "" if nodes.is_empty(one) else self.text(one)
            self._judge(rule(name), one)
            if value is not None:
                self._judge(formats.environment_value(value), one)
                found[name] = value
        return found

    def _ports(self, node: yaml.Node) -> dict[str, str]:
        found = self._named(node, _variable)
        for name, one in self.dictionary(node).items():
            if name in found and found[name] not in PORTS:
                self.add(f"Unrecognized port {shown(found[name])}", one)
        return found

    def _judge(self, wrong: str, node: yaml.Node) -> None:
        if wrong:
            self.add(wrong, node)


def _requirement(value: str) -> str:
    lines = parse(value)
    if len(lines) == 1 and lines[0].kind in ("requirement", "url") and "\n" not in value.strip():
        return ""
    return f"{shown(value)} is no requirement; options and paths belong into requirements.txt"


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):
        return f"{shown(name)} cannot name a variable (letters, digits and _ only)"
    if name.startswith("DOTCLOUD_"):
        return f"{shown(name)} cannot be set: names that begin with DOTCLOUD_ are those of the platform"
    return formats.environment_name(name)


def _program(name: str) -> str:
    return "" if _PROGRAM.fullmatch(name) else f"{shown(name)} cannot name a process"


def _package(name: str) -> str:
    return "" if _PACKAGE.fullmatch(name) else f"{shown(name)} is no name of a Debian package"
