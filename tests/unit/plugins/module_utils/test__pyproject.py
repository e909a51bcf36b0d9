# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _pyproject
from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import (
    has_build_system,
    has_project,
    project_dependencies,
    project_name,
    setup_cfg_name,
    setup_name,
)
from hypothesis import given
from hypothesis import strategies as st

FULL = '''# a comment with [project] and name = "wrong"
title = "x # y"

[build-system]
requires = ["hatchling"]  # [tool]

[project]
name = "shop-web"   # "not this"
description = """
[project]
name = "nor this"
"""
dependencies = [
  "flask[async]>=2",  # "commented"
  'uvicorn ; python_version < "3.12"',
]
readme = {file = "README.md", "content-type" = "text/markdown"}

[[tool.uv.index]]
name = "pypi"
'''


def test_project():
    assert project_name(FULL) == "shop-web"
    assert project_dependencies(FULL) == ("flask[async]>=2", 'uvicorn ; python_version < "3.12"')
    assert has_project(FULL)
    assert has_build_system(FULL)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ('project.name = "a"', "a"),
        ("[project]\n'name' = 'a'", "a"),
        ('["project"]\nname = "a"', "a"),
        ("[project]\nname = '''a'''", "a"),
        ('[project]\nname = """a"""', "a"),
        ('[project]\nname = "\\u0061"', "a"),
        ('[project]\nname = "\\q"', "\\q"),
        ('[tool.poetry]\nname = "a"', ""),
        ("[project]\nname = ", ""),
        ("[project]\nname = [", ""),
        ('[project\nname = "a"', ""),
    ],
)
def test_project_name(text, name):
    assert project_name(text) == name


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("[project]\nname = 'a'", False),
        ("[build-system]\nrequires = []", True),
        ("build-system.requires = []", True),
        ("[build-system]\nrequires = []\n[tool.uv]\npackage = false # no", False),
        ("[project]\n[tool.uv]\npackage = true", True),
    ],
)
def test_build_system(text, package):
    assert has_build_system(text) is package


def test_no_project():
    assert not has_project("[tool.ruff]\nline-length = 9")
    assert project_dependencies("[project]") == ()


@given(
    st.text(st.characters(blacklist_categories=("Cs", "Cc"))),
    st.lists(st.text(st.characters(blacklist_categories=("Cs", "Cc")))),
)
def test_strings_are_read_as_tomllib_reads_them(name, dependencies):
    text = f"[project]\nname = {json.dumps(name)}\ndependencies = {json.dumps(dependencies)}\n"
    assert project_name(text) == name
    assert project_dependencies(text) == tuple(dependencies)


@given(st.text(st.sampled_from("[]{}=\"'\\#.\n ab")))
def test_any_text_is_read_without_an_error(text):
    assert isinstance(project_name("[project]\n" + text), str)
    assert isinstance(has_build_system(text), bool)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from setuptools import setup\nsetup(version='1', name='shop')", "shop"),
        ("import setuptools\nsetuptools.setup(name='shop')", "shop"),
        ("NAME = 'shop'\nX, Y = 1, 2\nZ = 3\nif True:\n  setup(name=NAME)", "shop"),
        ("setup(name=NAME)", ""),
        ("setup(name=read('x'))\nprint()\n(lambda: 1)()", ""),
        ("setup()", ""),
        ("setup(**options)", ""),
        ("print 'Python 2'", ""),
        ("x = '\\d'\nsetup(name='shop')", "shop"),
        ("\0", ""),
        ("(" * 5000, ""),
    ],
)
def test_setup_name(text, name):
    assert setup_name(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("[metadata]\nname = a%b\n", "a%b"), ("[options]\n", ""), ("no section", ""), ("", "")],
)
def test_setup_cfg_name(text, name):
    assert setup_cfg_name(text) == name


def test_memory_error_is_no_crash(monkeypatch):
    def no(_text):
        raise MemoryError

    monkeypatch.setattr(_pyproject.ast, "parse", no)
    assert _pyproject.parse_python("x") is None


def test_json_that_is_no_string(monkeypatch):
    assert _pyproject._unescape('a", "b') == 'a", "b'
