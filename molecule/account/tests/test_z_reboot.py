# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a reboot the apps of an account are there again, where its hoster has cron.

Runs last: two apps are gone by now, and the host may have another address after it, which the tests of one run do not learn.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.hosts.fleet import container
from tests.support import faults
from tests.support.deploy import ROOT, deploy, good
from tests.support.loopback import get
from tests.support.remote import shell
from tests.tools.process import wait_for

testinfra_hosts = ["ansible://account"]

VARIABLES = yaml.safe_load((ROOT / "molecule" / "account" / "vars.yml").read_text())
APPS = [app for app in VARIABLES["pyhost_apps"] if app["name"] in ("hello", "port")]
PORTS = (8000, 8101, 8104)
LINE = "@reboot /home/person/pyhost/tools/bin/pyhost-boot"


def _serve(name: str) -> bool:
    try:
        return all(get(name, port).status == 200 for port in PORTS)
    except AssertionError:
        return False


def test_apps_come_back(host: Any, tmp_path: Path) -> None:
    name = str(host.backend.get_pytest_id().removeprefix("ansible://"))
    before = good(deploy(APPS, tmp_path, name, "--check", scope="account", root="~/pyhost")).output
    assert "WARNING: nothing starts at boot (the user does not linger" in before
    install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends cron >/dev/null"
    subprocess.run(["docker", "exec", container(name), "sh", "-ceu", install], check=True, timeout=300)
    said = good(deploy(APPS, tmp_path, name, scope="account", root="~/pyhost")).output
    assert "at boot the apps are started by @reboot in the crontab of person" in said
    assert shell(name, "crontab -l").strip() == LINE
    faults.cut_power(name)
    wait_for("the apps", lambda: _serve(name), seconds=90)
    assert good(deploy(APPS, tmp_path, name, scope="account", root="~/pyhost")).changed == {name: 0}
