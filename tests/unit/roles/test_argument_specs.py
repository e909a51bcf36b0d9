# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults, argument specs, READMEs and generated pages say the same."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from tests.tools import docs  # noqa: E402

ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
TYPES = {"str": str, "bool": bool, "int": int, "list": list, "dict": dict, "raw": list, "path": str}
NO_DEFAULT = {"app_source_base", "python_base"}
"""Options whose default depends on the run, and is told in words."""

META = {
    "min_ansible_version": "2.19",
    "license": "GPL-3.0-or-later",
    "platforms": [
        {"name": "Debian", "versions": ["bookworm", "trixie"]},
        {"name": "Ubuntu", "versions": ["jammy", "noble"]},
    ],
}


SPECS = {
    role: yaml.safe_load((ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text())["argument_specs"]
    for role in ROLES
}
FURTHER = [(role, entry) for role, specs in SPECS.items() for entry in specs if entry != "main"]
"""Entry points besides ``main``; each has a task file of its name."""


def text_of(role, *parts):
    return (ROOT / "roles" / role).joinpath(*parts).read_text(encoding="utf-8")


def plain_defaults(role):
    """The defaults without the variables of the collection that the role app takes them from."""
    values = docs.defaults(role)
    if role != "app":
        return values
    found = {}
    for name, value in values.items():
        inner = re.fullmatch(r"\{\{ pyhost_\w+ \| default\((.*)\) \}\}", str(value))
        assert inner, name
        found[name] = None if name in NO_DEFAULT else yaml.safe_load(inner[1])
    return found


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_the_same_shape(role):
    names = {str(path.relative_to(ROOT / "roles" / role)) for path in (ROOT / "roles" / role).rglob("*.*")}
    wanted = {"README.md", "defaults/main.yml", "meta/main.yml", "meta/argument_specs.yml", "tasks/main.yml"}
    assert wanted <= names


@pytest.mark.parametrize("role", ROLES)
def test_specs_have_the_defaults(role):
    options = docs.specification(role)["options"]
    values = plain_defaults(role)
    assert list(options) == list(values)
    for name, option in options.items():
        if name in NO_DEFAULT:
            assert "default" not in option
        else:
            assert (name, option["default"]) == (name, values[name])


@pytest.mark.parametrize("role", ROLES)
def test_specs_have_the_types(role):
    for name, option in docs.specification(role)["options"].items():
        if name not in NO_DEFAULT:
            assert isinstance(option["default"], TYPES[option["type"]]), name


@pytest.mark.parametrize("role", ROLES)
def test_names_begin_with_the_role(role):
    assert all(name.startswith(f"{role}_") for name in docs.defaults(role))


@pytest.mark.parametrize("role", ROLES)
def test_every_default_has_one_comment(role):
    lines = text_of(role, "defaults", "main.yml").splitlines()
    starts = [number for number, line in enumerate(lines) if re.match(r"\w+:", line)]
    assert len(starts) == len(docs.defaults(role))
    for number in starts:
        assert lines[number - 1].startswith("# "), lines[number]


def variables_of(role, names):
    """The variables with the role's prefix that these task files read."""
    text = "".join(text_of(role, "tasks", name) for name in names)
    text = re.sub(r"^ *- name:.*$|#.*$", "", text, flags=re.MULTILINE)
    return set(re.findall(rf"(?<![\w.]){role}_\w+\b", text))


@pytest.mark.parametrize("role", ROLES)
def test_tasks_use_no_other_variables(role):
    """Every variable with the role's prefix that a task reads is a default or made by the role itself.

    A default that only a further entry point needs is used there.
    """
    files = {path.name for path in (ROOT / "roles" / role / "tasks").iterdir()}
    further = {f"{entry}.yml" for entry in SPECS[role]} - {"main.yml"}
    defaults = set(docs.defaults(role))
    assert variables_of(role, files - further) | (variables_of(role, further) & defaults) == defaults


@pytest.mark.parametrize(("role", "entry"), FURTHER)
def test_further_entry_points_use_the_defaults_and_options_of_their_own(role, entry):
    options = SPECS[role][entry]["options"]
    read = variables_of(role, [f"{entry}.yml"])
    assert read - set(docs.defaults(role)) == set(options)
    assert all(name.startswith(f"{role}_") for name in options)
    for name, option in options.items():
        assert option.get("required", False) is ("default" not in option)
        assert "default" not in option or isinstance(option["default"], TYPES[option["type"]]), name


@pytest.mark.parametrize(("role", "entry"), FURTHER)
def test_further_entry_points_have_the_defaults_that_they_promise(role, entry):
    """Argument specs set nothing: where the option is not given, the task itself has to know its default."""
    text = text_of(role, "tasks", f"{entry}.yml")
    for name, option in SPECS[role][entry]["options"].items():
        if "default" in option and name not in docs.defaults(role):
            default = option["default"]
            written = str(default).lower() if isinstance(default, bool) else repr(default)
            assert f"{{{{ {name} | default({written}) }}}}" in text


@pytest.mark.parametrize("role", ROLES)
def test_tables_of_contents_are_short(role):
    assert len(text_of(role, "tasks", "main.yml").splitlines()) <= 60


@pytest.mark.parametrize("role", ROLES)
def test_meta(role):
    info = yaml.safe_load(text_of(role, "meta", "main.yml"))["galaxy_info"]
    assert {name: info[name] for name in META} == META


@pytest.mark.parametrize("role", ROLES)
def test_readmes_have_an_example(role):
    """It is YAML, it uses the role, and its variables are there."""
    blocks = re.findall(r"```yaml\n(.*?)```", text_of(role, "README.md"), re.DOTALL)
    assert blocks
    plays = yaml.safe_load(blocks[0])
    own = [one for play in plays for one in play["roles"] if one["role"] == f"pyhost.platform.{role}"]
    assert own
    assert {name for name in own[0] if name != "role"} <= set(docs.defaults(role))


def test_every_variable_of_the_collection_is_documented():
    """Those that tasks and playbooks read, too."""
    texts = [path.read_text(encoding="utf-8") for path in (*ROOT.glob("playbooks/*.yml"), *ROOT.glob("roles/**/*.yml"))]
    names = {name for text in texts for name in re.findall(r"\bpyhost_[a-z_]+\b", text)}
    page = (ROOT / "docs" / "variables.md").read_text(encoding="utf-8")
    assert names - set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == set()


def test_generated_pages_are_up_to_date():
    assert docs.outdated() == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('C(a) and V(["x"]) or O(b), E(PATH)', '`a` and `["x"]` or `b`, `PATH`'),
        ("P(pyhost.platform.app#role) does", "`pyhost.platform.app` does"),
        ("V() ends; a|b", r"an empty string ends; a\|b"),
    ],
)
def test_markdown(text, wanted):
    assert docs.markdown(text) == wanted


def test_collection_variable():
    assert docs.collection_variable("{{ pyhost_jobs | default(4) }}") == "pyhost_jobs"
    with pytest.raises(ValueError, match=r"^no variable of the collection: 4$"):
        docs.collection_variable("4")
