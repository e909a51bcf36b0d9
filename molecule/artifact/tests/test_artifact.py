# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built artifact holds what users need and nothing else, and deploys with no more than Ansible's own folders."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.support.deploy import ROOT, Run, good, playbook
from tests.support.web import get

HOST = "pyhost-debian12"
NEEDED = {"meta", "plugins", "roles", "playbooks"}
WANTED = NEEDED | {"docs", "changelogs", "README.md", "LICENSE", "CHANGELOG.md", "MANIFEST.json", "FILES.json"}
ALLOWED = WANTED | {"CONTRIBUTING.md", "galaxy.yml"}
DOMAIN = "artifact.example.com"
GREETING = f"Hello {uuid.uuid4()}"


def _galaxy(folder: Path, *words: str) -> None:
    """Without knowing the collection of this checkout: what is there already is not installed again."""
    done = subprocess.run(
        ["ansible-galaxy", "collection", *words],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder / "installed")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what a fresh clone with today's changes would hold."""
    folder = tmp_path_factory.mktemp("artifact")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, os.fsdecode(listed).split("\0")):
        if (ROOT / name).exists():
            copy = folder / "source" / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy, follow_symlinks=False)
    (folder / "source" / ".git").mkdir()
    (folder / "source" / ".git" / "config").write_text("[core]\n")
    _galaxy(folder, "build", str(folder / "source"), "--output-path", str(folder))
    (built,) = folder.glob("*.tar.gz")
    return built


@pytest.fixture(scope="module")
def members(artifact: Path) -> list[str]:
    with tarfile.open(artifact) as tar:
        return tar.getnames()


@pytest.fixture(scope="module")
def installed(artifact: Path) -> Path:
    """The path of collections into which only the artifact was installed, and then stripped."""
    path = artifact.parent / "installed"
    _galaxy(artifact.parent, "install", str(artifact), "--offline", "--collections-path", str(path))
    root = path / "ansible_collections" / "pyhost" / "platform"
    for entry in root.iterdir():
        if entry.name not in NEEDED:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    assert {entry.name for entry in root.iterdir()} == NEEDED
    return path


@pytest.fixture(scope="module")
def deployed(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    variables = {
        "pyhost_apps": [
            {
                "name": "artifact",
                "source": {"path": "hello"},
                "domains": [DOMAIN],
                "environment": {"GREETING": GREETING},
                "locations": [{"location": "/static/", "alias": "static/"}],
            }
        ]
    }
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(installed)}
    folder = tmp_path_factory.mktemp("run")
    return [good(playbook("deploy", variables, folder, HOST, environment=environment)) for _number in range(2)]


def test_name_and_version(artifact: Path) -> None:
    assert artifact.name == "pyhost-platform-1.0.0.tar.gz"


def test_artifact_holds_what_users_need(members: list[str]) -> None:
    top = {name.split("/")[0] for name in members}
    assert WANTED - top == set()
    assert top - ALLOWED == set()


def test_artifact_holds_no_leftovers(members: list[str]) -> None:
    def left_over(name: str) -> bool:
        parts = name.split("/")
        return "__pycache__" in parts or name.endswith((".pyc", ".tar.gz")) or any(one.startswith(".") for one in parts)

    assert [name for name in members if left_over(name)] == []


def test_artifact_is_small(artifact: Path) -> None:
    assert artifact.stat().st_size < 1_000_000


def test_installed_artifact_deploys(deployed: list[Run]) -> None:
    assert deployed[0].changed[HOST] > 0
    answer = get(HOST, DOMAIN)
    assert answer.status == 200
    assert GREETING in answer.text
    assert get(HOST, DOMAIN, "/static/hello.css").headers["content-type"].startswith("text/css")


def test_second_run_changes_nothing(deployed: list[Run]) -> None:
    assert deployed[1].changed == {HOST: 0}


def test_its_modules_are_documented(installed: Path) -> None:
    """`ansible-doc` finds every module of the stripped collection."""
    done = subprocess.run(
        ["ansible-doc", "--list", "--type", "module", "pyhost.platform"],
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(installed)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    modules = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}
    assert {line.split()[0].removeprefix("pyhost.platform.") for line in done.stdout.splitlines()} == modules


def test_playbook_names_work_without_the_repository(installed: Path) -> None:
    names: Any = (installed / "ansible_collections" / "pyhost" / "platform" / "playbooks").iterdir()
    assert {"deploy.yml", "remove.yml"} <= {path.name for path in names}
