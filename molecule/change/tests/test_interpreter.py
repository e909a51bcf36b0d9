# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python under an app changes: a patch upgrade, an interpreter that is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from molecule.change.tests.conftest import DOMAIN, HOST, Shop
from tests.support.deploy import good
from tests.support.load import load
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

OTHER = "/opt/other/bin/python3.11"
RUNTIME = "/opt/python/3.11"


@pytest.fixture
def other(steady: Callable[[], Shop], host: Any) -> Any:
    """The shop on an interpreter of the operator's own, which tests may upgrade and remove."""
    shop = steady()
    host.check_output("test -x /usr/bin/python3.11 || apt-get install --yes python3.11")
    host.check_output(f"rm -rf {RUNTIME} && mkdir -p /opt/other/bin && cp /usr/bin/python3.11 {OTHER}")
    run = good(shop.deploy(python="3.11", python_paths=(OTHER,)))
    assert get(HOST, DOMAIN).text == "v1 python 3.11.2 short"
    assert "Python 3.13.5 → 3.11.2; requirements unchanged" in shop.row(run)["virtualenv"]
    yield shop
    host.check_output(f"rm -rf {RUNTIME} /opt/other")


@pytest.mark.soak
def test_patch_upgrade_rebuilds_the_virtualenv(other: Shop, host: Any) -> None:
    """The same path, the same version, another build: as when the distribution upgrades the package."""
    host.check_output(f"sed 's/GCC [0-9]*[.][0-9]*[.][0-9]/GCC 99.9.9/' {OTHER} > {OTHER}.new")
    host.check_output(f"chmod 755 {OTHER}.new && mv {OTHER}.new {OTHER}")
    assert "GCC 99.9.9" in host.check_output(f"{OTHER} -c 'import sys; print(sys.version)'")
    with load(HOST, DOMAIN) as seen:
        run = good(other.deploy(python="3.11", python_paths=(OTHER,)))
    assert seen.failed == {}
    assert other.row(run)["virtualenv"] == "built (interpreter rebuilt (same version); requirements unchanged)"
    assert good(other.deploy(python="3.11", python_paths=(OTHER,))).changed == {HOST: 0}


@pytest.mark.soak
def test_app_moves_on_when_its_interpreter_is_gone(other: Shop, host: Any) -> None:
    """An app that names no branch takes what is there; its virtualenv is built anew beside the dead one."""
    host.check_output(f"rm {OTHER}")
    with load(HOST, DOMAIN) as seen:
        run = good(other.deploy(python=None))
    assert seen.failed == {}
    assert "Python 3.11.2 → 3.13.5; requirements unchanged" in other.row(run)["virtualenv"]
    assert get(HOST, DOMAIN).text == "v1 python 3.13.5 short"
    assert good(other.deploy(python=None)).changed == {HOST: 0}
