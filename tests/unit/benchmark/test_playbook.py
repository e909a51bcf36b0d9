# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from tests.benchmark.sides.playbook import changed

RECAP = """\
TASK [Report] ******
changed: [one]
one-2                      : ok=31   changed=11   unreachable=0    failed=0    skipped=8
one                        : ok=13   changed=0    unreachable=0    failed=0    skipped=4
"""


def test_the_recap_says_how_much_changed_on_each_host():
    assert changed(RECAP) == {"one-2": 11, "one": 0}


def test_what_is_no_recap_says_nothing():
    assert changed("--> Starting operation\n") == {}
