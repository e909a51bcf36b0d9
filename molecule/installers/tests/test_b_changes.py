# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requirements that change: exact ones, and those that cannot be installed while the version before serves."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from molecule.installers.tests import wheels
from molecule.installers.tests.conftest import HOST, SOURCES, Kitchen, page, write
from molecule.installers.tests.test_a_installs import installed, packages_in
from tests.support.deploy import Run, good
from tests.support.remote import shell

WRONG_HASH = f"salt==1.0 --hash={wheels.sha256('salt-2.0-py3-none-any.whl')}\n"
BROKEN: dict[str, tuple[str, str]] = {
    "url": ("requirements.txt", "thyme\ncumin==9\n"),
    "nestedpip": ("requirements.txt", "thyme\ncumin==9\n"),
    "hashed": ("requirements.txt", WRONG_HASH),
    "hashedpip": ("requirements.txt", WRONG_HASH),
    "project": ("pyproject.toml", '[project]\nname = "shop"\nversion = "1.0"\ndependencies = ["salt==3"]\n'),
    "limited": ("requirements.txt", "broken\n"),
    "ownwheels": ("requirements.txt", "thyme\n"),
    "editable": ("requirements.txt", "sluggish\n"),
}
HASH = "its file has another hash than it should have"
SLOW = {"editable": {"build_timeout": 4}}


@pytest.fixture(scope="module")
def pages(deployed: Run) -> dict[str, Any]:
    return {name: page(name) for name in BROKEN}


@pytest.fixture(scope="module")
def announced(pages: dict[str, Any], kitchen: Kitchen) -> Run:
    """What check mode says of one requirement more and one less."""
    kitchen.write("nested", "salt==1.0\nthyme\n")
    return good(kitchen.deploy("--check", "--diff", only=("nested",)))


def test_check_mode_names_what_comes_and_what_goes(announced: Run) -> None:
    assert packages_in(announced.output, "nested") == {"pepper": "-1.0", "thyme": "1.0"}
    assert installed("nested") == {"salt": "1.0", "pepper": "1.0"}


@pytest.fixture(scope="module")
def failed(announced: Run, kitchen: Kitchen) -> Run:
    """One run: eight apps whose requirements cannot be installed, and one whose can."""
    for name, (file, text) in BROKEN.items():
        kitchen.write(name, text, file)
    return kitchen.deploy(only=(*BROKEN, "nested"), **SLOW)


def test_what_left_the_file_left_the_virtualenv(failed: Run) -> None:
    assert installed("nested") == {"salt": "1.0", "thyme": "1.0"}


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        (
            "url",
            "cumin==9 cannot be installed; the last lines of the installer:",
            "cumin was not found in the package registry",
        ),
        (
            "nestedpip",
            "cumin==9 cannot be installed; the last lines of the installer:",
            "No matching distribution found for cumin==9",
        ),
        (
            "hashed",
            f"salt==1.0 cannot be installed: {HASH}; the last lines of the installer:",
            "Hash mismatch for `salt==1.0`",
        ),
        (
            "hashedpip",
            f"salt==1.0 cannot be installed: {HASH}; the last lines of the installer:",
            "THESE PACKAGES DO NOT MATCH THE HASHES",
        ),
        ("project", "salt==3 cannot be installed; the last lines of the installer:", "there is no version of salt==3"),
        ("limited", "broken==1.0 cannot be installed; the last lines of the installer:", "the pot is broken"),
        (
            "ownwheels",
            "thyme cannot be installed; the last lines of the installer:",
            "thyme was not found in the provided package locations",
        ),
        (
            "editable",
            "build_timeout is over; the package index may be slow, or a package long to build: "
            "uv did not end within 4 s and said nothing",
            "",
        ),
    ],
)
def test_requirement_that_cannot_be_installed(
    failed: Run, pages: dict[str, Any], name: str, first: str, last: str
) -> None:
    """The failure names the package and shows the installer's last lines; the version before serves."""
    found = re.search(rf"^{name} on {HOST} (FAILED.*)\n  (.*)\n((?:  .*\n)*)", failed.message() + "\n", re.MULTILINE)
    assert found, failed.message()
    assert found[1] == "FAILED at build; the old version serves:"
    assert found[2] == first
    assert last in found[3]
    assert page(name) == pages[name]


def test_run_fails_and_shows_no_traceback(failed: Run) -> None:
    assert failed.status != 0
    assert failed.message().count(" FAILED at build") == len(BROKEN)
    assert "most recent call last" not in failed.output


def test_failed_builds_leave_no_virtualenv(failed: Run) -> None:
    listing = "for app in url hashed editable; do ls /home/$app/virtualenvs | wc -l; done"
    assert shell(HOST, listing).split() == ["1", "1", "1"]


def test_good_requirements_again(failed: Run, kitchen: Kitchen, pages: dict[str, Any]) -> None:
    """Those that were never replaced need nothing; a new good one is installed."""
    for name in BROKEN:
        write(kitchen.folder / name, SOURCES[name])
    kitchen.write("url", "thyme\n")
    run = good(kitchen.deploy(only=(*BROKEN, "nested")))
    changed = {name for name, row in run.rows[HOST].items() if row["rollout"] != "unchanged"}
    assert changed == {"url"}
    assert installed("url") == {"thyme": "1.0"}
    assert json.dumps(page("limited")) == json.dumps(pages["limited"])
