# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.pyhost.platform.plugins.filter.resolved_apps import FilterModule

resolved_apps = FilterModule().filters()["resolved_apps"]


def test_apps_are_complete_and_without_secrets():
    entry = {"name": "ramen", "source": {"path": "../ramen"}, "environment": {"KEY": "hush", "A": "1"}, "size": "large"}
    (app,) = resolved_apps([entry])
    assert app["environment"] == ["A", "KEY"]
    assert (app["workers"], app["listen"], app["state"]) == (6, ("127.0.0.1:8000",), "present")
    assert "hush" not in repr(app)


def test_settings_count():
    entry = {"name": "ramen", "source": {"path": "."}, "domains": ["ramen.example.com"]}
    assert [app["listen"] for app in resolved_apps([entry])] == [()]
    apps = resolved_apps([entry], scope="account", root="/srv/sites", python_default="3.11")
    assert [app["listen"] for app in apps] == [("127.0.0.1:8000",)]
    assert [app["python"] for app in apps] == ["3.11"]


def test_no_apps():
    assert resolved_apps([]) == []


def test_errors_are_sentences():
    text = '1 problem found, nothing was changed:\n  pyhost_scope: "sistem" is unknown; did you mean "system"?'
    with pytest.raises(AnsibleFilterError, match=f"^{re.escape(text)}$"):
        resolved_apps([], scope="sistem")
