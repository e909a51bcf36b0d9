# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib

from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of, value_digests


def test_digests_of_values():
    assert value_digests({"A": "1", "B": "1", "C": "2", "D": "\ud800"}) == {
        "A": "6b86b273",
        "B": "6b86b273",
        "C": "d4735e3a",
        "D": hashlib.sha256(b"\xed\xa0\x80").hexdigest()[:8],
    }


def test_digest_does_not_depend_on_the_order_of_keys():
    assert (
        digest_of({"a": 1, "b": "ü"})
        == digest_of({"b": "ü", "a": 1})
        == (hashlib.sha256('{"a": 1, "b": "ü"}'.encode()).hexdigest()[:12])
    )
