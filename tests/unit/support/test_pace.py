# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.support import pace

FORM = "cpu  {user} 0 {system} {idle} 50 0 10 {stolen} 0 0\ncpu0 9 9 9 9 9 9 9 9 9 9\n"


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        ({"user": 300, "system": 300, "idle": 9000, "stolen": 0}, 10),
        ({"user": 300, "system": 300, "idle": 9000, "stolen": 400}, 20),
        ({"user": 300, "system": 300, "idle": 0, "stolen": 1200}, 40),
        # hardly anything was done so far
        ({"user": 100, "system": 100, "idle": 9000, "stolen": 0}, 10),
        ({"user": 101, "system": 100, "idle": 9000, "stolen": 1000}, 100),
    ],
)
def test_what_others_got_is_allowed_for(tmp_path, monkeypatch, now, seconds):
    monkeypatch.setattr(pace, "STAT", tmp_path / "stat")
    pace.STAT.write_text(FORM.format(user=100, system=100, idle=500, stolen=0))
    monkeypatch.setattr(pace, "_BEGUN", pace._times())
    pace.STAT.write_text(FORM.format(**now))
    monkeypatch.delenv(pace.LANES, raising=False)
    assert pace.allowed(10) == pytest.approx(seconds, rel=0.02)
    monkeypatch.setenv(pace.LANES, "2")
    assert pace.allowed(10) == pytest.approx(2 * seconds, rel=0.02)
