# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import MISSING, fields

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _schema
from ansible_collections.pyhost.platform.plugins.module_utils._models import (
    App,
    Cron,
    Health,
    Hooks,
    Limits,
    Location,
    Logs,
    Requests,
    Source,
    Tls,
)

KEYS = _schema.keys()
TABLE = {key.name: key for key in KEYS}
FOLLOWS = ("workers", "seconds")
"""Keys whose default follows from another key, so that their text tells it."""


def test_every_field_of_an_app_has_a_key():
    assert set(TABLE) - {"size"} == {field.name for field in fields(App)} - {"given"}


@pytest.mark.parametrize(
    ("table", "model"),
    [
        (_schema.keys(), App),
        (_schema.CRON, Cron),
        (_schema.LOGS, Logs),
        (_schema.HEALTH, Health),
        (_schema.HOOKS, Hooks),
        (_schema.LIMITS, Limits),
        (_schema.REQUESTS, Requests),
        (_schema.TLS, Tls),
        (_schema.LOCATION, Location),
    ],
)
def test_documented_defaults_are_those_of_the_model(table, model):
    defaults = {field.name: field.default for field in fields(model) if field.default is not MISSING}
    documented = {key.name: key.default for key in table if key.type != "dict" and key.name in defaults}
    for name in FOLLOWS:
        assert documented.pop(name, None) is None
        defaults.pop(name, None)
    assert documented == {name: value for name, value in defaults.items() if name in documented}


def test_nested_keys_are_those_of_the_models():
    assert {key.name for key in _schema.LOCATION} == {field.name for field in fields(Location)}
    assert {key.name for key in _schema.HEALTH} == {field.name for field in fields(Health)}
    assert {key.name for key in _schema.HOOKS} == {field.name for field in fields(Hooks)}
    assert {key.name for key in _schema.LIMITS} == {field.name for field in fields(Limits)}
    places = {"path", "git", "archive"}
    assert {key.name for key in _schema.SOURCE} - places == {field.name for field in fields(Source)} - {
        "kind",
        "location",
    }


def test_choices_are_the_members_there_are():
    table = {key.name: key for key in _schema.keys(("native", "rosti"), ("gunicorn",))}
    assert table["platform"].choices == ("native", "rosti")
    assert table["server"].choices == ("gunicorn",)


@pytest.mark.parametrize(
    "row",
    [
        ("name", "str", "required", "Name of the app; becomes its user and directory."),
        ("platform", "str", '"native"', "The profile that the host follows for this app. One of native."),
        ("source", "dict", "", "Where the code is: one of path, git or archive."),
        ("source.checksum", "str", '""', "sha256: and 64 hexadecimal digits; an archive from a URL needs it."),
        ("locations", "list of dict", "[]", "URL paths that nginx answers with files."),
        ("locations[].location", "str", "required", "Where the URL path begins; ends with / if the alias does."),
        ("health.timeout", "int", "30", "Seconds from the start of an instance to its last good answer."),
        (
            "health.seconds",
            "int",
            "",
            "Seconds over which the same processes must give good answers; 4, or half of a shorter timeout, if not given.",
        ),
        ("hooks.release", "str", '""', "Runs once per rollout, on one host, before the new version serves."),
        ("processes.NAME.count", "int", "1", "How many of it run; 0 is none."),
        ("requirements", "list of str", "", "Requirements files below approot; found out if not given."),
        (
            "size",
            "str",
            '"small"',
            "Number of workers by name: small 2, medium 4, large 6, 2xlarge 10. One of small, medium, large, 2xlarge.",
        ),
        (
            "purge",
            "bool",
            "false",
            "With state absent: remove data and logs, too. In any "
            "case: remove the data of services that the app is no longer bound to.",
        ),
    ],
)
def test_documentation(row):
    assert row in _schema.documentation(("native",), ("gunicorn",))


def test_documentation_is_complete_and_says_something():
    rows = _schema.documentation()
    names = [name for name, _type, _default, _text in rows]
    assert len(names) == len(set(names)) > 90
    assert all(text.endswith(".") for _name, _type, _default, text in rows)
