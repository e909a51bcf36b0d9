# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that Python 2.7 has to understand: what of their syntax it does not know, and a real one where there is one."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

PYTHON27 = os.environ.get("PYHOST_TEST_PYTHON27", "")
"""The path of a Python 2.7, "" for none: no test depends on one."""

NEWER = """AnnAssign AsyncFor AsyncFunctionDef AsyncWith Await JoinedStr Match MatMult NamedExpr Nonlocal TemplateStr TryStar
TypeAlias YieldFrom"""
"""Nodes of today's syntax trees that 2.7 has no syntax for."""


def unknown(text: str) -> list[str]:
    """What of ``text`` is newer than Python 2.7, each with its line; empty when all is known.

    Only syntax, and not all of it: a text may still name a module or a method that 2.7 does not have.
    """
    found = [f"{number}: not ASCII" for number, line in enumerate(text.splitlines(), 1) if not line.isascii()]
    tree = ast.parse(text)
    return found + [f"{getattr(node, 'lineno', 0)}: {what}" for node in ast.walk(tree) for what in _newer(node)]


def _newer(node: ast.AST) -> Iterator[str]:
    kind = type(node).__name__
    if kind in NEWER.split():
        yield kind
    if isinstance(node, ast.arguments) and (node.kwonlyargs or node.posonlyargs):
        yield "arguments by keyword or by position only"
    if getattr(node, "annotation", None) or getattr(node, "returns", None):
        yield "annotation"
    if isinstance(node, ast.Raise) and node.cause:
        yield "raise from"
    if isinstance(node, ast.ClassDef) and node.keywords:
        yield "keywords of a class"
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and any(isinstance(one, ast.Starred) for one in node.elts):
        yield "starred"
    if isinstance(node, ast.Dict) and None in node.keys:
        yield "dict in a dict"
    if isinstance(node, ast.Call):
        stars = [isinstance(one, ast.Starred) for one in node.args]
        if any(stars[:-1]) or sum(one.arg is None for one in node.keywords) > 1:
            yield "several stars in a call"
        if getattr(node.func, "id", "") == "print" and (len(node.args) != 1 or node.keywords):
            yield "print with more than one argument"
