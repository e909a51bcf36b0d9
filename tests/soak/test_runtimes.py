# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty apps on three branches of Python: one branch is built for two hosts, and another one changes under its apps."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support import pythons, remote
from tests.support.deploy import INVENTORY, Run, deploy, good
from tests.support.load import load
from tests.support.web import get

pytestmark = pytest.mark.soak

OLD, NEW = "pyhost-debian12", "pyhost-debian13"

BRANCHES = {"3.9": range(6), "3.11": range(6, 13), "3.13": range(13, 20)}
"""Branch to the numbers of its apps on `NEW`: built from source, unpacked, of the distribution."""

WATCHED = ("dish00", "dish06", "dish12", "dish19")

WSGI = """\
import sys

import flask

application = flask.Flask(__name__)


@application.route("/")
def page():
    return "v1 python %d.%d" % sys.version_info[:2]
"""
PINS = "flask==3.1.2\nsqlalchemy==2.0.44\nrequests==2.32.5\n"

LOOP = """\
for name in {names}; do
    runuser -u $name -- env HOME=/home/$name {environment} sh -ceu '
        cd "$HOME"
        rm -rf "$HOME/.cache/loop"
        {uv} venv --quiet --python {python} "$HOME/.cache/loop"
        {uv} pip install --quiet --python "$HOME/.cache/loop/bin/python" -r "$HOME/app/requirements.txt"
        rm -rf "$HOME/.cache/loop"
    '
done
"""
"""What a person would type for the same virtualenvs, each as the app's user with the app's own cache."""


class Fleet:
    """Twenty apps and deploys of them; ``sources`` say where their Pythons come from."""

    def __init__(self, folder: Path, sources: list[Any]) -> None:
        self.folder = folder
        self.sources = sources
        self.entries = [self._entry(f"dish{number:02}", branch) for branch, some in BRANCHES.items() for number in some]

    def _entry(self, name: str, branch: str) -> dict[str, Any]:
        source = self.folder / name
        source.mkdir()
        (source / "wsgi.py").write_text(WSGI)
        (source / "requirements.txt").write_text(PINS)
        health = {"timeout": 180, "seconds": 1}
        return {
            "name": name,
            "source": {"path": str(source)},
            "python": branch,
            "domains": [f"{name}.example.com"],
            "health": health,
            "limits": {"memory": "300M"},
        }

    def deploy(self, *words: str, host: str = NEW, apps: list[dict[str, Any]] | None = None) -> Run:
        settings: dict[str, Any] = {"python_sources": self.sources, "python_published": str(self.folder / "published")}
        return deploy(self.entries if apps is None else apps, self.folder, host, *words, **settings)

    def remove(self, host: str, names: list[str]) -> None:
        good(self.deploy(host=host, apps=[{"name": name, "state": "absent", "purge": True} for name in names]))

    @staticmethod
    def names(branch: str) -> set[str]:
        return {f"dish{number:02}" for number in BRANCHES[branch]}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet")
    build = {**pythons.tarball(NEW, "3.9", folder), "optimised": False}
    one = Fleet(folder, [pythons.packed(OLD, folder, "one"), build, "distro"])
    yield one
    one.remove(OLD, ["dish00"])
    one.remove(NEW, [entry["name"] for entry in one.entries])
    for host in (OLD, NEW):
        remote.shell(host, "rm -rf /opt/python/3.9 /opt/python/3.11 /opt/python/store")


@pytest.fixture
def watched() -> Iterator[None]:
    """Apps of each branch are asked all the while, and answer."""
    with ExitStack() as stack:
        seen = {name: stack.enter_context(load(NEW, f"{name}.example.com")) for name in WATCHED}
        yield
    for name, one in seen.items():
        assert one.requests, name
        assert one.failed == {}, name


def test_a_branch_is_built_once_and_unpacked_everywhere_else(fleet: Fleet) -> None:
    """The host with the older C library builds; the other one has the branch in seconds."""
    begun = time.monotonic()
    good(fleet.deploy(host=OLD, apps=fleet.entries[:1]))
    built = time.monotonic() - begun
    assert get(OLD, "dish00.example.com").text == "v1 python 3.9"
    begun = time.monotonic()
    good(fleet.deploy(apps=fleet.entries[:1]))
    unpacked = time.monotonic() - begun
    print(f"first deploy on the host that builds: {built:.0f} s, on the one that unpacks: {unpacked:.0f} s")
    assert get(NEW, "dish00.example.com").text == "v1 python 3.9"
    assert unpacked < built / 2


def test_twenty_apps_are_deployed(fleet: Fleet) -> None:
    good(fleet.deploy())
    for branch in BRANCHES:
        for name in sorted(fleet.names(branch)):
            assert get(NEW, f"{name}.example.com").text == f"v1 python {branch}"
    assert good(fleet.deploy()).changed == {NEW: 0}


def test_one_branch_changes_and_exactly_its_apps_are_built_anew(fleet: Fleet, watched: None) -> None:
    before = remote.shell(NEW, "readlink -f /opt/python/3.11/bin/python")
    fleet.sources = [pythons.packed(OLD, fleet.folder, "two"), *fleet.sources[1:]]
    run = good(fleet.deploy())
    assert remote.shell(NEW, "readlink -f /opt/python/3.11/bin/python") != before
    rows = run.rows[NEW]
    built = {name: row["virtualenv"] for name, row in rows.items() if row["virtualenv"].startswith("built")}
    assert set(built) == fleet.names("3.11")
    for text in built.values():
        assert re.fullmatch(r"built \(interpreter moved \S+ → \S+; requirements unchanged\)", text), text
    assert good(fleet.deploy()).changed == {NEW: 0}
    print(f"built in {run.seconds[NEW]['build']:.1f} s, rolled out in {run.seconds[NEW]['rollout']:.1f} s")
    loop = _loop(fleet.names("3.11"))
    print(f"a shell loop over the same apps: {loop:.1f} s")
    assert run.seconds[NEW]["build"] <= 1.3 * loop


def _loop(names: set[str]) -> float:
    settings = json.loads(INVENTORY.read_text())["all"]["vars"]["pyhost_build_environment"]
    environment = " ".join(f"{name}={value}" for name, value in settings.items())
    uv, python = "/opt/pyhost/tools/bin/uv", "/opt/python/3.11/bin/python"
    script = LOOP.format(names=" ".join(sorted(names)), environment=environment, uv=uv, python=python)
    begun = time.monotonic()
    remote.shell(NEW, script, seconds=600)
    return time.monotonic() - begun


def test_apps_move_to_another_branch(fleet: Fleet, watched: None) -> None:
    entries = [{**entry, "python": "3.13"} if entry["name"] in fleet.names("3.9") else entry for entry in fleet.entries]
    run = good(fleet.deploy(apps=entries))
    built = {name for name, row in run.rows[NEW].items() if row["virtualenv"].startswith("built")}
    assert built == fleet.names("3.9")
    assert get(NEW, "dish00.example.com").text == "v1 python 3.13"
    fleet.entries = entries


def test_an_interpreter_is_removed_under_its_apps(fleet: Fleet, watched: None) -> None:
    remote.shell(NEW, "rm -rf $(dirname $(dirname $(readlink -f /opt/python/3.11/bin/python)))")
    assert get(NEW, "dish06.example.com").text == "v1 python 3.11"
    run = good(fleet.deploy())
    assert run.changed[NEW] > 0
    # The same content comes back to the same place, so that no virtualenv is built anew.
    assert remote.shell(NEW, "/opt/python/3.11/bin/python --version").startswith("Python 3.11")
    assert not [name for name, row in run.rows[NEW].items() if row["virtualenv"].startswith("built")]
    assert good(fleet.deploy()).changed == {NEW: 0}
    assert get(NEW, "dish06.example.com").text == "v1 python 3.11"
