# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant's tree has run while it is deployed runs as the tenant, and reads what the tenant reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from molecule.tenants.tests.conftest import CANARY, HOST, ROOT_CANARY, Tenants
from tests.support.deploy import Run, good
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

SETUP = """
import os, subprocess
from setuptools import setup
subprocess.call("id -un > /srv/data/built-by; touch /etc/evil; chmod u+s /bin/dash; cat /home/bob/data/* /etc/pyhost-canary", shell=True)
setup(name="evil", version="1")
"""
HOOK = "id -un > /srv/data/hooked-by; touch /etc/evil; chmod u+s /bin/dash; rm -rf /srv/current/*"


@pytest.fixture
def deployed(harmless: Tenants) -> Iterator[Tenants]:
    files = {"requirements.txt": "", "evil/setup.py": ""}
    yield harmless
    for name in files:
        (harmless.folder / "alice" / name).unlink(missing_ok=True)
    good(harmless.deploy())
    assert get(HOST, "alice.example.com").text == "alice"


def _still_hers_alone(run: Run) -> None:
    assert CANARY not in run.output
    assert ROOT_CANARY not in run.output
    assert shell(HOST, "stat -L -c %a /bin/dash; ls -d /etc/evil 2>/dev/null || true") == "755\n"
    assert get(HOST, "alice.example.com").text == "alice"


@pytest.mark.soak
def test_requirements_read_no_file_of_root(deployed: Tenants) -> None:
    deployed.write("alice", "requirements.txt", "-r /etc/pyhost-canary\n")
    run = deployed.deploy()
    assert run.status != 0
    assert "alice" in run.output
    _still_hers_alone(run)


def test_a_setup_runs_as_the_tenant(deployed: Tenants) -> None:
    deployed.write("alice", "evil/setup.py", SETUP)
    deployed.write("alice", "requirements.txt", "./evil\n")
    run = deployed.deploy("alice")
    assert shell(HOST, "cat /home/alice/data/built-by") == "alice\n"
    _still_hers_alone(run)


@pytest.mark.soak
def test_a_hook_runs_as_the_tenant_and_ruins_what_is_hers_alone(deployed: Tenants) -> None:
    deployed.write("alice", "wsgi.py", (deployed.folder / "alice" / "wsgi.py").read_text() + "# new\n")
    run = deployed.deploy("alice", hooks={"release": HOOK})
    assert shell(HOST, "cat /home/alice/data/hooked-by") == "alice\n"
    assert CANARY not in run.output
    assert shell(HOST, "stat -L -c %a /bin/dash; ls -d /etc/evil 2>/dev/null || true") == "755\n"
    assert get(HOST, "bob.example.com").text == "bob"
