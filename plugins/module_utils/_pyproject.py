# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few values needed from a project's own description, read without running it. PRIVATE to the collection.

Python 3.9 has no ``tomllib``, so this reads the part of TOML that ``[project]`` is written in (PEP 621):
tables, dotted keys, strings, arrays of strings. What is malformed is skipped, never an error: the installer
reports it with its own words.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import warnings

_STRING = re.compile(
    r'"""(?P<long>(?:\\.|[^\\])*?)"""|\'\'\'(?P<raw>.*?)\'\'\'|"(?P<basic>(?:\\.|[^"\\\n])*)"|\'(?P<literal>[^\'\n]*)\'',
    re.DOTALL,
)
_HEADER = re.compile(r"\[\[?([^\[\]\n]*)\]\]?")
_KEY = re.compile(r"([A-Za-z0-9_.\-\"' \t]+?)[ \t]*=[ \t]*")
_COMMENT = re.compile(r"#[^\n]*")


def _unescape(text: str) -> str:
    try:
        value = json.loads(f'"{text}"', strict=False)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


def _value(found: re.Match[str]) -> str:
    """The text that a matched TOML string stands for."""
    for group in ("long", "basic"):
        if found[group] is not None:
            return _unescape(found[group])
    return found["raw"] if found["raw"] is not None else found["literal"]


def _skip_value(text: str, start: int) -> int:
    """Where the value that begins at ``start`` ends: the end of the line, outside strings and brackets."""
    position, depth = start, 0
    while position < len(text):
        char = text[position]
        token = _STRING.match(text, position) if char in "\"'" else _COMMENT.match(text, position)
        if token:
            position = token.end()
            continue
        if char == "\n" and depth <= 0:
            break
        depth += (char in "[{") - (char in "]}")
        position += 1
    return position


def _dotted(key: str) -> str:
    return ".".join(part.strip(" \t\"'") for part in key.split("."))


def toml_values(text: str) -> dict[str, str]:
    """Dotted key → the unparsed text of its value; a table's own name is a key, too, with the value ``""``."""
    values: dict[str, str] = {}
    table, position = "", 0
    while position < len(text):
        header = _HEADER.match(text, position)
        if header:
            table = _dotted(header[1])
            values.setdefault(table, "")
            position = header.end()
            continue
        key = _KEY.match(text, position)
        if key:
            end = _skip_value(text, key.end())
            values[_dotted(f"{table}.{key[1]}" if table else key[1])] = text[key.end() : end]
            position = end
            continue
        comment = _COMMENT.match(text, position)
        position = comment.end() if comment else position + 1
    return values


def _strings(raw: str) -> tuple[str, ...]:
    """Every string in an unparsed value, comments left out."""
    found: list[str] = []
    position = 0
    while position < len(raw):
        token = _STRING.match(raw, position)
        if token:
            found.append(_value(token))
        token = token or _COMMENT.match(raw, position)
        position = token.end() if token else position + 1
    return tuple(found)


def project_name(pyproject: str) -> str:
    """``[project] name`` of a pyproject.toml's text, or ""."""
    return next(iter(_strings(toml_values(pyproject).get("project.name", ""))), "")


def project_dependencies(pyproject: str) -> tuple[str, ...]:
    """``[project] dependencies`` as they are written."""
    return _strings(toml_values(pyproject).get("project.dependencies", ""))


def has_project(pyproject: str) -> bool:
    """Whether there is a ``[project]`` table."""
    return any(key == "project" or key.startswith("project.") for key in toml_values(pyproject))


def has_build_system(pyproject: str) -> bool:
    """Whether the project itself is a package: a ``[build-system]`` (PEP 517), unless uv is told otherwise.

    ``[tool.uv] package`` overrules it, as uv's "Build systems" page says.
    """
    values = toml_values(pyproject)
    told = _COMMENT.sub("", values.get("tool.uv.package", "")).strip()
    if told in ("true", "false"):
        return told == "true"
    return any(key == "build-system" or key.startswith("build-system.") for key in values)


def parse_python(text: str) -> ast.Module | None:
    """The syntax tree of untrusted Python text, or None when this Python cannot parse it. Nothing is run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _literals(tree: ast.Module) -> dict[str, str]:
    """Top-level names that are assigned one string."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            found.update({target.id: node.value.value for target in node.targets if isinstance(target, ast.Name)})
    return found


def _setup_keyword(setup_py: str, name: str) -> tuple[ast.expr | None, ast.Module | None]:
    """What the ``setup()`` call is given as ``name``, and the syntax tree of the file."""
    tree = parse_python(setup_py)
    for node in ast.walk(tree) if tree else ():
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for keyword in node.keywords if called == "setup" else ():
            if keyword.arg == name:
                return keyword.value, tree
    return None, tree


def setup_name(setup_py: str) -> str:
    """The ``name=`` of the ``setup()`` call, when it is a string or a top-level name for one; else ""."""
    value, tree = _setup_keyword(setup_py, "name")
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    return _literals(tree).get(value.id, "") if tree and isinstance(value, ast.Name) else ""


def setup_requirements(setup_py: str) -> tuple[str, ...]:
    """The ``install_requires=`` of the ``setup()`` call: the strings of a list, or of a top-level name for one."""
    value, tree = _setup_keyword(setup_py, "install_requires")
    if tree and isinstance(value, ast.Name):
        named = [one for one in tree.body if isinstance(one, ast.Assign) for target in one.targets
                 if isinstance(target, ast.Name) and target.id == value.id]  # fmt: skip
        value = named[-1].value if named else None
    listed = value.elts if isinstance(value, (ast.List, ast.Tuple)) else []
    return tuple(one.value for one in listed if isinstance(one, ast.Constant) and isinstance(one.value, str))


def setup_cfg_name(setup_cfg: str) -> str:
    """``[metadata] name`` of a setup.cfg's text, or ""."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(setup_cfg)
        return parser.get("metadata", "name", fallback="").strip()
    except configparser.Error:
        return ""
