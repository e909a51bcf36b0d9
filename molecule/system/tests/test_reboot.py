# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a reboot every app answers, and a deploy changes nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deploy import ROOT, good, playbook
from tests.support.web import get

HOSTS = ("pyhost-debian12", "pyhost-debian13")
VARIABLES = yaml.safe_load((ROOT / "molecule" / "system" / "vars.yml").read_text())
BOOT_SECONDS = 90


def _answers(host: str, domain: str) -> bool:
    try:
        return get(host, domain).status < 400
    except OSError:
        return False


@pytest.fixture(scope="module")
def rebooted() -> tuple[str, ...]:
    words = [sys.executable, "-m", "tests.hosts", "restart", *HOSTS]
    subprocess.run(words, check=True, capture_output=True, cwd=ROOT)
    return HOSTS


@pytest.mark.parametrize("host", HOSTS)
def test_every_app_answers_again(rebooted: Any, host: str) -> None:
    domains = [app["domains"][0] for app in VARIABLES["pyhost_apps"] if "domains" in app and app["name"] != "httpbin"]
    assert len(domains) == 8
    end = time.monotonic() + BOOT_SECONDS
    silent = domains
    while silent and time.monotonic() < end:
        silent = [domain for domain in silent if not _answers(host, domain)]
    assert silent == []


def test_deploy_after_it_changes_nothing(rebooted: Any, tmp_path: Path) -> None:
    variables = {name: value for name, value in VARIABLES.items() if name != "pyhost_source_base"}
    variables.pop("pyhost_report_path")
    run = good(playbook("deploy", variables, tmp_path, ",".join(HOSTS)))
    assert run.changed == dict.fromkeys(HOSTS, 0)
