# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._domains import conflicts


def led(**domains):
    """Files of apps with these domains."""
    return {
        f"app-{name.replace('_', '-')}.conf": f"    server_name {' '.join(names)};\n" for name, names in domains.items()
    }


@pytest.mark.parametrize(
    ("there", "wanted", "found"),
    [
        ({}, led(a=["a.de"], b=["b.de"]), {}),
        # who had it first keeps it
        (
            led(b=["x.de"]),
            led(a=["x.de"], b=["x.de"]),
            {"app-a.conf": "x.de belongs to the app b; remove it there first"},
        ),
        ({}, led(a=["x.de"], b=["x.de"]), {"app-b.conf": "x.de belongs to the app a; remove it there first"}),
        # it may be given away
        (led(b=["x.de"]), led(a=["x.de"], b=["y.de"]), {}),
        (led(b=["x.de"]), led(a=["x.de"]), {}),
        (led(a=["x.de"], b=["y.de"]), led(a=["y.de"], b=["x.de"]), {}),
        # but not by one who cannot change
        (
            led(b=["x.de"], c=["z.de"]),
            led(a=["x.de"], b=["z.de"], c=["z.de"]),
            {
                "app-b.conf": "z.de belongs to the app c; remove it there first",
                "app-a.conf": "x.de belongs to the app b; remove it there first",
            },
        ),
    ],
)
def test_a_domain_belongs_to_the_app_that_had_it_first(there, wanted, found):
    assert conflicts(there, wanted) == found
