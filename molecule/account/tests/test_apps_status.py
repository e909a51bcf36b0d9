# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of apps in account scope."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from tests.support.deploy import ROOT, good, playbook
from tests.support.loopback import get

testinfra_hosts = ["ansible://account"]

VARIABLES = yaml.safe_load((ROOT / "molecule" / "account" / "vars.yml").read_text())
SECRET = "s3cr3t-canary-value"


def test_every_app_is_well(host: Any, tmp_path: Path) -> None:
    name = str(host.backend.get_pytest_id().removeprefix("ansible://"))
    assert get(name, 8101).status == 200
    settings = {key: VARIABLES[key] for key in ("pyhost_scope", "pyhost_root", "pyhost_apps")}
    files = {what: tmp_path / f"status.{what}" for what in ("path", "page")}
    words = [word for what, path in files.items() for word in ("-e", f"status_{what}={path}")]
    run = good(playbook("status", settings, tmp_path, name, "-e", "strict=true", *words))
    assert run.changed == {name: 0}
    rows = {row["app"]: row for row in json.loads(files["path"].read_text())["hosts"][name]["apps"]}
    assert set(rows) == {app["name"] for app in VARIABLES["pyhost_apps"]}
    assert {row["app"]: row["findings"] for row in rows.values() if row["state"] != "ok"} == {}
    hello = rows["hello"]
    assert [(one["name"], one["state"]) for one in hello["programs"]] == [("app", "RUNNING"), ("nginx", "RUNNING")]
    assert (hello["listen"], hello["requests"]["answered"] > 0) == (["127.0.0.1:8101"], True)
    assert hello["memory"]["app"] > 10 << 20
    told = run.output + files["page"].read_text() + files["path"].read_text()
    assert SECRET not in told
