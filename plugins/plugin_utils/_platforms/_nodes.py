# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML that an app's owner wrote, as nodes that know where they stand. PRIVATE to the collection.

Nothing is constructed and no tag has a meaning, so nothing that the text says can run or grow beyond its own size.
"""

from __future__ import annotations

from typing import Any

import yaml


def compose(text: str) -> yaml.Node | None:
    """The root of the one document in ``text``, None for an empty one. Raises ``ValueError`` that says what is wrong.

    The message is ``WHAT, line L, column C`` where there is a place.
    """
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise ValueError(f"{error.problem or error.context}{where}") from None
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def position(node: yaml.Node) -> str:
    """``line L, column C``, both from 1."""
    return f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1}"


def is_empty(node: yaml.Node) -> bool:
    """Whether the node is YAML's null, as behind ``key:`` without a value."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def members(node: yaml.MappingNode) -> dict[str, yaml.Node]:
    """The members by the text of their keys; what comes later wins, and ``<<`` gives what is not there."""
    return _members(node, {})


def _members(node: yaml.MappingNode, done: dict[int, dict[str, yaml.Node]]) -> dict[str, yaml.Node]:
    if id(node) in done:
        return done[id(node)]
    done[id(node)] = {}
    merged: dict[str, yaml.Node] = {}
    own: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            for one in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(one, yaml.MappingNode):
                    merged = {**_members(one, done), **merged}
        elif isinstance(key, yaml.ScalarNode):
            own[key.value] = value
    done[id(node)] = {**merged, **own}
    return done[id(node)]


def items(node: yaml.SequenceNode) -> list[yaml.Node]:
    """The elements of a list."""
    found: list[Any] = node.value
    return found
