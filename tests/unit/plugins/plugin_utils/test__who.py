# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._who import who


@pytest.fixture(autouse=True)
def laptop(monkeypatch):
    monkeypatch.setattr("socket.gethostname", lambda: "laptop")


def test_user_and_controller(monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "anna")
    assert who() == "anna on laptop"


@pytest.mark.parametrize("error", [KeyError("getpwuid(): uid not found: 4711"), OSError("No username set")])
def test_a_number_without_a_name(monkeypatch, error):
    """As containers are often run; Python 3.13 raises the second one."""

    def nobody():
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert who() == "user 4711 on laptop"
