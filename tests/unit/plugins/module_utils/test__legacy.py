# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _legacy
from ansible_collections.pyhost.platform.plugins.plugin_utils import _toolbox

INSTALLERS = [
    # wanted, branch, installer, refused
    ("", "2.7", "pip", False),
    ("pip", "2.7", "pip", False),
    ("uv", "2.7", "pip", True),
    ("", "3.6", "uv", False),
    ("uv", "3.6", "uv", False),
    ("pip", "3.6", "pip", False),
    ("", "3.8", "uv", False),
    ("", "3.13", "uv", False),
    ("pip", "3.13", "pip", False),
    ("uv", "3.13", "uv", False),
]


@pytest.mark.parametrize(("wanted", "branch", "installer", "refused"), INSTALLERS)
def test_what_installs(wanted, branch, installer, refused):
    assert _legacy.installer_for(wanted, branch) == installer
    assert bool(_legacy.refusal(wanted, branch)) is refused


def test_texts():
    assert _legacy.note("", "2.7") == "installed by pip 20.3.4, for uv does not serve Python 2.7"
    assert [_legacy.note("pip", "2.7"), _legacy.note("", "3.6"), _legacy.note("", "3.13")] == ["", "", ""]
    assert _legacy.refusal("uv", "2.7") == (
        "uv does not serve Python 2.7; write pip, or leave the key out, which means pip there"
    )


SEEDS = [
    # installer, branch, what our virtualenv begins with
    ("pip", "2.7", {"pip": "20.3.4", "setuptools": "44.1.1", "wheel": "0.37.1"}),
    ("pip", "3.6", {"pip": "21.3.1", "setuptools": "59.6.0", "wheel": "0.37.1"}),
    ("pip", "3.7", {"pip": "23.1", "setuptools": "67.6.1", "wheel": "0.40.0"}),
    ("pip", "3.8", {"pip": "23.1", "setuptools": "67.6.1", "wheel": "0.40.0"}),
    ("pip", "3.9", {}),
    ("uv", "3.6", {}),
]


@pytest.mark.parametrize(("installer", "branch", "seeds"), SEEDS)
def test_seeds(installer, branch, seeds):
    assert _legacy.seeds(installer, branch) == seeds


def test_where_packages_are_built_there_is_what_builds_them():
    assert _legacy.seeds("pip", "2.7", sources=True) == _legacy.seeds("pip", "2.7")
    for branch in ("3.9", "3.13", "3.14"):
        assert {"setuptools", "wheel"} < set(_legacy.seeds("pip", branch, sources=True))


def test_virtualenv_is_the_last_one_that_serves_them():
    """Another one has other wheels inside, and the versions of the table would not be found."""
    assert "virtualenv==20.21.1" in _toolbox.PACKAGES
