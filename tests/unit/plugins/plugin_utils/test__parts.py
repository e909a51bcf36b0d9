# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

from ansible_collections.pyhost.platform.plugins.plugin_utils._parts import write_part


def test_each_host_has_its_part(tmp_path):
    path = tmp_path / "new" / "report.json"
    write_part(path, "web1", {"apps": [1]})
    write_part(path, "web2", {"apps": [2]})
    write_part(path, "web1", {"apps": [3]})
    content = json.loads(path.read_text())
    assert content["format"] == 1
    assert {host: part["apps"] for host, part in content["hosts"].items()} == {"web1": [3], "web2": [2]}
    assert content["hosts"]["web1"]["time"].endswith("Z")


def test_what_is_no_report_is_replaced(tmp_path):
    for text in ("{", "[]", '{"format": 7, "hosts": {"old": {}}}', ""):
        path = tmp_path / "report.json"
        path.write_text(text)
        write_part(path, "web1", {})
        assert list(json.loads(path.read_text())["hosts"]) == ["web1"]
