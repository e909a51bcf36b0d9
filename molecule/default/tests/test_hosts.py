# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts are what the scenarios take them for: booted, and bare."""

from __future__ import annotations

from typing import Any

import pytest

testinfra_hosts = ["ansible://system", "ansible://account"]


def test_systemd_has_booted(host: Any) -> None:
    assert host.run("systemctl is-system-running").stdout.strip() == "running"


@pytest.mark.parametrize("package", ["nginx", "supervisor", "curl"])
def test_what_the_collection_installs_is_not_there(host: Any, package: str) -> None:
    assert not host.package(package).is_installed


def test_only_an_account_has_venv_beforehand(host: Any) -> None:
    account = host.user().name == "person"
    assert host.package("python3-venv").is_installed == account
