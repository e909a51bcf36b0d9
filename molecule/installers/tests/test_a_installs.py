# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of requirement installs what it says, and check mode says the same before."""

from __future__ import annotations

import re
import shlex

import pytest

from molecule.installers.tests.conftest import ALWAYS, HOST, Kitchen, page
from tests.support.deploy import Run, good
from tests.support.remote import shell
from tests.support.web import get

PREDICTED = ("nested", "nestedpip", "hashed", "hashedpip", "url", "project", "static")
"""Apps whose packages are known without running code of anybody; of the others only the build can tell."""


def packages_in(diff: str, name: str) -> dict[str, str]:
    """Packages that the difference adds (version) and removes ("-version")."""
    found = re.search(rf"^--- before: {name}: packages$(.*?)(?=^--- |^TASK |\Z)", diff, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^([+-])([a-z0-9-]+)==(\S+)$", found[1] if found else "", re.MULTILINE)
    return {package: version if sign == "+" else f"-{version}" for sign, package, version in rows}


def installed(name: str) -> dict[str, str]:
    return {package: version for package, version in page(name)["packages"].items() if package not in ALWAYS}


def test_check_mode_makes_nothing(predicted: Run) -> None:
    assert "Traceback" not in predicted.output
    assert shell(HOST, "ls -d /home/nested /home/url 2>/dev/null || true") == ""


@pytest.mark.parametrize(
    ("name", "packages"),
    [
        ("nested", {"salt": "1.0", "pepper": "1.0"}),
        ("nestedpip", {"salt": "1.0", "pepper": "1.0"}),
        ("hashed", {"salt": "1.0"}),
        ("hashedpip", {"salt": "1.0"}),
        ("url", {"salt": "2.0"}),
        ("editable", {"shop": "1.0", "pepper": "1.0", "salt": "2.0", "thyme": "1.0"}),
        ("project", {"pepper": "1.0", "salt": "2.0"}),
        ("setuppy", {"shop": "1.0", "pepper": "1.0", "salt": "2.0"}),
        ("limited", {"pepper": "1.0", "salt": "1.0", "plain": "1.0"}),
        ("ownwheels", {"salt": "1.0"}),
        ("ownpip", {"salt": "1.0"}),
        ("locked", {"pepper": "1.0", "salt": "2.0", "thyme": "1.0"}),
    ],
)
def test_virtualenv_holds_exactly(deployed: Run, name: str, packages: dict[str, str]) -> None:
    assert installed(name) == packages


@pytest.mark.parametrize("name", ["editable", "setuppy"])
def test_code_of_the_release_is_what_runs(deployed: Run, name: str) -> None:
    assert page(name)["file"].startswith("/srv/releases/1-")


@pytest.mark.parametrize("name", PREDICTED)
def test_check_mode_predicted_every_package(predicted: Run, deployed: Run, name: str) -> None:
    list_them = "import importlib.metadata as m; print(*sorted(f'{one.name.lower()}=={one.version}' for one in m.distributions()))"
    real = shell(HOST, f"/home/{name}/venv/bin/python -c {shlex.quote(list_them)}").split()
    assert packages_in(predicted.output, name) == dict(one.split("==") for one in real)


def test_static_files_are_not_collected(deployed: Run) -> None:
    """collectstatic: false."""
    assert get(HOST, "static.example.com", "/admin/login/").status == 200
    assert shell(HOST, "ls /home/static/app/staticfiles 2>/dev/null | wc -l") == "0\n"


def test_second_deploy_changes_nothing(deployed: Run, kitchen: Kitchen) -> None:
    assert good(kitchen.deploy()).changed == {HOST: 0}
