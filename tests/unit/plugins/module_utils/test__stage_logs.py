# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_logs import logs


@pytest.fixture
def job(tmp_path):
    for name in ("ramen", "soba"):
        (tmp_path / "apps" / name / "logs").mkdir(parents=True)
    (tmp_path / "apps" / "gone").mkdir()
    (tmp_path / "apps" / "ramen" / "logs" / "app.log").write_text("1\n2\n")
    return {
        "name": "ramen", "scope": "account", "root": str(tmp_path), "program": "", "lines": 1, "follow": True, "wait": 0,
        "marks": None,
    }  # fmt: skip


def test_lines_and_what_comes_after_them(job, tmp_path):
    found = logs(job)
    assert (found["found"], found["texts"], found["programs"]) == (True, [["app.log", "2\n"]], ["app"])
    with (tmp_path / "apps" / "ramen" / "logs" / "app.log").open("a") as log:
        log.write("3\n")
    assert logs({**job, "marks": found["marks"]})["texts"] == [["app.log", "3\n"]]


@pytest.mark.parametrize("name", ["rammen", "gone", "../ramen", ""])
def test_an_app_that_is_not_there(job, name):
    found = logs({**job, "name": name})
    assert found["found"] is False
    assert {"ramen", "soba"} <= set(found["apps"])
    assert name not in found["apps"]


def test_a_name_that_leads_elsewhere(job):
    with pytest.raises(PyhostError, match="cannot name an app"):
        logs({**job, "name": "../ramen", "marks": {}})
