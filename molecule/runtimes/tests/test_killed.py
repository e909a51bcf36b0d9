# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything ends while a Python is brought: what is there is whole, and the next run brings the rest."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from molecule.runtimes.tests.conftest import CALM, HOST, OLD
from molecule.runtimes.tests.test_refusals import tar
from tests.support import faults
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.remote import shell
from tests.support.web import get

testinfra_hosts = [f"ansible://{HOST}"]

pytestmark = pytest.mark.soak

STORE = "/opt/python/store"
CONFIGURE = rb"""#!/bin/sh
for word; do case $word in --prefix=*) prefix=${word#--prefix=};; esac; done
sleep 2
cat > Makefile << END
all:
	sleep 2
install:
	mkdir -p \$(DESTDIR)$prefix/bin \$(DESTDIR)$prefix/lib
	cp /usr/bin/python3.11 \$(DESTDIR)$prefix/bin/
	sleep 2
	cp -a /usr/lib/python3.11 \$(DESTDIR)$prefix/lib/
END
"""
"""Sources that take seconds to become the Python that the host has; every step is long enough to be seen."""

AT_WORK = {
    "configure": "pgrep --full '[.]/configure --prefix'",
    "make": "pgrep --full '^make -j'",
    "make install": "pgrep --full '^make install'",
    "pack": f"ls {STORE}/.new-{OLD}-*.tar.gz",
    "unpack": f"ls -d {STORE}/.new-{OLD}-*/lib",
}
"""What is under way, and the command that sees it."""

HALF = f"""
for python in /opt/python/*/bin/python; do test -e $python && $python -c 'import ssl, venv'; done
for place in $(find {STORE} -mindepth 1 -maxdepth 1 -type d -name '3*'); do test -s $place/.pyhost.json; done
"""
"""Fails if there is a runtime, or anything that is named like one, that does not work."""


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("calm")
    good(deploy([CALM], folder, HOST))
    yield CALM
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in ("calm", "elder")], folder, HOST))
    shell(HOST, f"rm -rf /opt/python/{OLD} {STORE}")


def killed(what: str, entry: dict[str, Any], folder: Path, **settings: Any) -> Run:
    """A deploy of which all that it runs on the host is killed while ``what`` is under way."""
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(deploy, [CALM, entry], folder, HOST, **settings)
        shell(HOST, f'timeout 120 sh -c "until {AT_WORK[what]}; do sleep 0.02; done" > /dev/null 2>&1', seconds=130)
        faults.drop_connections(HOST, whole=True)
        return run.result()


def test_while_a_python_is_compiled(calm: dict[str, Any], tmp_path: Path) -> None:
    source = {"source": "build", "branch": OLD, **tar(tmp_path / "source.tar.gz", {"Python-3.11/configure": CONFIGURE})}
    settings: dict[str, Any] = {"python_sources": [source, "distro"], "python_published": str(tmp_path / "published")}
    entry = {**calm, "name": "elder", "python": OLD, "domains": ["elder.example.com"]}
    for what in ("configure", "make", "make install", "pack"):
        assert killed(what, entry, tmp_path, **settings).status != 0, what
        faults.wait_for_modules(HOST)
        shell(HOST, HALF)
        assert get(HOST, "calm.example.com").status == 200
        assert not list((tmp_path / "published").glob("*.json")), what
    good(deploy([calm, entry], tmp_path, HOST, **settings))
    assert get(HOST, "elder.example.com").status == 200
    assert shell(HOST, f"readlink -f /opt/python/{OLD}/bin/python").startswith(f"{STORE}/{OLD}-")
    assert good(deploy([calm, entry], tmp_path, HOST, **settings)).changed == {HOST: 0}
    good(playbook("prune", {"pyhost_apps": []}, tmp_path, HOST))
    assert not shell(HOST, f"find {STORE} -maxdepth 1 -name '.new-*'")


def test_while_a_python_is_unpacked(calm: dict[str, Any], archive: dict[str, Any], tmp_path: Path) -> None:
    entry = {**calm, "name": "elder", "python": OLD, "domains": ["elder.example.com"]}
    settings: dict[str, Any] = {"python_sources": [archive, "distro"]}
    assert killed("unpack", entry, tmp_path, **settings).status != 0
    faults.wait_for_modules(HOST)
    shell(HOST, HALF)
    good(deploy([calm, entry], tmp_path, HOST, **settings))
    assert shell(HOST, f"readlink -f /opt/python/{OLD}/bin/python").startswith(f"{STORE}/{OLD}-")
    assert not shell(HOST, f"find {STORE} -maxdepth 1 -name '.new-*'")
