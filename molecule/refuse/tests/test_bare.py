# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that nothing was ever deployed to stays as it was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from molecule.refuse.tests.conftest import refused
from tests.hosts.fleet import container
from tests.support.deploy import ROOT, deploy

BARE = "pyhost-bare13"
HELLO = {"path": "hello"}


def _hosts(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "tests.hosts", *words], cwd=ROOT, check=True, timeout=180)


@pytest.fixture(scope="module")
def bare() -> Iterator[str]:
    _hosts("up", "--fresh", f"{BARE}=debian13")
    yield BARE
    _hosts("down", BARE)


def test_objection_of_the_host(bare: str, tmp_path: Path) -> None:
    """The Python is there and nginx is not: the whole preparation would be due."""
    good = {"name": "good", "source": HELLO, "domains": ["good.example.com"]}
    said = refused([good, {"name": "person", "source": HELLO}], tmp_path, bare)
    assert said == (
        "1 problem found, nothing was changed:\n"
        "  person: name: the user person exists on this host and was not made by pyhost; choose another name"
    )


def test_python_that_no_package_brings(bare: str, tmp_path: Path) -> None:
    """Which packages there are is not known before the lists are fetched, and that is all that is done."""
    run = deploy([{"name": "new", "source": HELLO, "python": "3.99"}], tmp_path, bare)
    assert run.status != 0
    assert run.changed == {bare: 0}
    assert run.message() == (
        "1 problem found, nothing was changed:\n"
        '  new: python: "3.99" cannot be had on this host; it has or can install: 3.11, 3.13. '
        "Write one of these, or let pyhost_python_sources say where it comes from"
    )
    listing = ["docker", "exec", container(bare), "sh", "-c", "ls /opt /srv; ls /home; dpkg --get-selections nginx git"]
    assert subprocess.run(listing, check=True, capture_output=True, text=True, timeout=30).stdout.split() == [
        *("/opt:", "/srv:"),
        "person",
    ]
