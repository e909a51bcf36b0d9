# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are wrong as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from molecule.refuse.tests.conftest import refused

ACCOUNT = "pyhost-account12"
HELLO = [{"name": "hello", "source": {"path": "hello"}}]
ONE = "1 problem found, nothing was changed:\n  "


@pytest.mark.parametrize(
    ("apps", "says"),
    [
        ("string", 'pyhost_apps: "string" is a string where a list belongs; write one list entry for each app'),
        ({}, "pyhost_apps: this is a mapping where a list belongs; write one list entry for each app"),
    ],
    ids=["string", "mapping"],
)
def test_apps_are_no_list(apps: Any, says: str, tmp_path: Path) -> None:
    assert refused(apps, tmp_path) == ONE + says


def test_unknown_scope(tmp_path: Path) -> None:
    assert refused(HELLO, tmp_path, scope="sistem") == f'{ONE}pyhost_scope: "sistem" is unknown; did you mean "system"?'


def test_root_of_an_account(tmp_path: Path) -> None:
    said = refused(HELLO, tmp_path, scope="account", root="relative")
    form = 'is no absolute path without "$" and line breaks; write for example "~/pyhost"'
    assert said == f'{ONE}pyhost_root: "relative" {form}'


def test_number_of_jobs(tmp_path: Path) -> None:
    """The role's argument specification refuses it, in Ansible's own words."""
    said = refused(HELLO, tmp_path, jobs="many")
    assert said.startswith("Validation of arguments failed:\nargument 'app_jobs' is of type str")


def test_settings_together(tmp_path: Path) -> None:
    said = refused(HELLO, tmp_path, jobs=0, keep_releases=65, python_default="three")
    assert said == (
        "3 problems found, nothing was changed:\n"
        "  pyhost_jobs: 0 is not between 1 and 64\n"
        "  pyhost_keep_releases: 65 is not between 1 and 64\n"
        "  pyhost_python_default: 'three' is no branch; write for example \"3.13\", with quotes"
    )


def test_system_scope_without_root(tmp_path: Path) -> None:
    said = refused(HELLO, tmp_path, ACCOUNT, ("--extra-vars", "ansible_become=false"))
    assert said == f'{ONE}pyhost_scope: "system" needs root on the host; use become, or write "account"'


def test_port_of_root_in_an_account(tmp_path: Path) -> None:
    said = refused([{**HELLO[0], "listen": ["127.0.0.1:80"]}], tmp_path, ACCOUNT, scope="account")
    says = '"127.0.0.1:80" needs root, and pyhost_scope is account; write a port from 1024 up'
    assert said == f'{ONE}hello: listen[0]: {says}, for example "127.0.0.1:8000"'
