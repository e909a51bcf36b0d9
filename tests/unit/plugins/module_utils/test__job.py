# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import zlib

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._job import SPEC, pack, unpack


def packed(text):
    return base64.b85encode(zlib.compress(text)).decode()


def test_round_trip():
    job = {"apps": [{"environment": {"A": "1", "Ü": "\n%'\"\ud800"}}], "n": 1, "none": None}
    assert unpack(pack(job)) == job


def test_no_value_shows():
    assert "geheim" not in pack({"environment": {"SECRET": "geheim"}})
    assert SPEC["job"]["no_log"] is True


NOT_OURS = "job was not made by the action half of this module"


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("", NOT_OURS),
        ("not base 85 \x01", NOT_OURS),
        (base64.b85encode(b"not zlib").decode(), NOT_OURS),
        (packed(b"not json"), NOT_OURS),
        (packed(b"\xff"), NOT_OURS),
        (packed(b"[1]"), "job is not a mapping"),
    ],
)
def test_not_a_job(word, message):
    with pytest.raises(ValueError, match=r"^job ") as caught:
        unpack(word)
    assert str(caught.value) == message
