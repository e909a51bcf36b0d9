# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _stage_certificates
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_certificates import certificates


@pytest.fixture
def place(tmp_path, monkeypatch):
    root = tmp_path / "pyhost" / "acme"
    monkeypatch.setattr(_stage_certificates, "ACME", str(root))
    monkeypatch.setattr(_stage_certificates, "ANSWERS", root / "challenges")
    monkeypatch.setattr(_stage_certificates, "ACCOUNT", root / "account.key")
    return root


def modes(root):
    return {path.name: oct(path.stat().st_mode & 0o777) for path in (root, *sorted(root.rglob("*")))}


def test_the_way_of_a_certificate(place):
    certificates({"account_key": "one"})
    certificates({"answers": {"to-ken_1": "to-ken_1.thumb"}})
    (place / "a.pem").write_text("issued")
    assert modes(place) == {
        "acme": "0o711", "account.key": "0o600", "challenges": "0o755", "to-ken_1": "0o644", "a.pem": "0o644",
    }  # fmt: skip
    assert (place / "challenges" / "to-ken_1").read_text() == "to-ken_1.thumb"
    assert certificates({"fetch": str(place / "a.pem"), "gone": ["to-ken_1"]})["text"] == "issued"
    assert sorted(modes(place)) == ["account.key", "acme", "challenges"]


def test_an_account_stays(place):
    certificates({"account_key": "one"})
    certificates({"account_key": "two"})
    assert (place / "account.key").read_text() == "one"


def test_what_was_left_goes_after_an_hour(place):
    certificates({"account_key": "one", "answers": {"old": "x", "new": "y"}})
    os.utime(place / "challenges" / "old", (time.time() - 3700,) * 2)
    certificates({"account_key": "one"})
    assert [path.name for path in (place / "challenges").iterdir()] == ["new"]


@pytest.mark.parametrize("name", ["", "../account.key", "a/b", "a.b", "a" * 256, "a\n"])
def test_an_authority_names_no_path(place, name):
    certificates({"account_key": "one"})
    with pytest.raises(PyhostError, match="names a challenge"):
        certificates({"answers": {name: "x"}})
    certificates({"gone": [name]})
    assert sorted(modes(place)) == ["account.key", "acme", "challenges"]


def test_nothing_was_issued(place):
    assert certificates({"fetch": str(place / "a.pem"), "gone": []})["text"] == ""
