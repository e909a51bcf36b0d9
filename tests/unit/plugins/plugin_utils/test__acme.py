# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._acme import answers

ONE = {"resource": ".well-known/acme-challenge/t1", "resource_value": "t1.x"}
TWO = {"resource": ".well-known/acme-challenge/t2", "resource_value": "t2.x"}


@pytest.mark.parametrize(
    ("challenges", "files"),
    [
        ({"a.de": {"http-01": ONE, "dns-01": {"record": "r"}}, "b.de": {"http-01": TWO}}, {"t1": "t1.x", "t2": "t2.x"}),
        ({"a.de": {"dns-01": {"record": "r"}}}, {}),
        ({}, {}),
        (None, {}),
    ],
)
def test_answers(challenges, files):
    assert answers({"challenge_data": challenges}) == files
