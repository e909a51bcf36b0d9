# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of source brings exactly what it should, and only when it has to."""

from __future__ import annotations

import subprocess

import pytest

from molecule.sources.tests.conftest import GIT, HOST, Shops, commit, page, write
from tests.support.deploy import Run, good
from tests.support.remote import received, shell


def test_repository_that_cannot_be_reached(unserved: Run) -> None:
    """Nothing is there yet, so nothing serves; git itself tells why."""
    assert unserved.status != 0
    assert "Traceback" not in unserved.output
    assert unserved.message() == (
        f"branch on {HOST} FAILED at release; nothing serves:\n"
        f"  source.git: {GIT} cannot be read:\n"
        "  fatal: unable to connect to 127.0.0.1:\n"
        "  127.0.0.1[0: 127.0.0.1]: errno=Connection refused"
    )


@pytest.mark.parametrize(
    ("name", "menu", "files"),
    [
        ("checkout", "modified", [".gitignore", ".pyhostignore", "large.bin", "menu.txt", "serve.py"]),
        ("folder", "plain", [".pyhostignore", "keep.tmp", "menu.txt", "run.sh", "serve.py", "src/build/y"]),
        ("branch", "second", ["menu.txt", "serve.py", "shared/.gitkeep"]),
        ("tag", "first", ["menu.txt", "serve.py", "shared/.gitkeep"]),
        ("commit", "first", ["menu.txt", "serve.py", "shared/.gitkeep"]),
        ("tarball", "tarball", ["menu.txt", "serve.py", "tool.sh"]),
        ("zip", "zip", ["menu.txt", "serve.py", "static/menu.css"]),
        ("fetched", "fetched", ["menu.txt", "serve.py"]),
    ],
)
def test_app_is_made_of(deployed: Run, name: str, menu: str, files: list[str]) -> None:
    assert page(name) == {"menu": menu, "files": files}


def test_rights_of_an_archive_are_not_taken_over(deployed: Run) -> None:
    """Owners, setuid and setgid stay behind; that a file can be executed does not."""
    modes = shell(HOST, "cd /home/tarball/app; stat --format '%n %a %U' menu.txt tool.sh")
    assert modes == "menu.txt 444 tarball\ntool.sh 555 tarball\n"


@pytest.mark.parametrize("name", ["checkout", "branch", "fetched"])
def test_code_belongs_to_the_app(deployed: Run, name: str) -> None:
    owners = shell(HOST, f"find /home/{name}/app/ -printf '%u:%g\\n' | sort --unique")
    assert owners == f"{name}:{name}\n"


def test_executable_stays_executable(deployed: Run) -> None:
    modes = shell(HOST, "cd /home/folder/app; [ -x run.sh ]; [ ! -x menu.txt ]; echo yes")
    assert modes == "yes\n"


def test_unchanged_sources_send_nothing(deployed: Run, shops: Shops) -> None:
    run = good(shops.deploy("-vvv"))
    assert run.changed == {HOST: 0}
    assert _sent(run) == 0


def test_changed_sources_are_sent_and_no_others(deployed: Run, shops: Shops) -> None:
    """Two apps change: one file goes over the wire, and the three megabytes of a third app do not."""
    write(shops.folder / "plain", {"menu.txt": b"plain two", "new.txt": b""})
    commit("third")
    before = received(HOST)
    run = good(shops.deploy("-vvv"))
    arrived = received(HOST) - before
    print(f"{arrived} bytes arrived")
    assert _sent(run) == 1
    assert arrived < 1 << 20
    assert _changed(run) == {"branch", "folder"}
    assert page("folder")["menu"] == "plain two"
    assert "new.txt" in page("folder")["files"]
    assert page("branch")["menu"] == "third"
    assert page("tag")["menu"] == "first"


def test_untracked_file_becomes_tracked(deployed: Run, shops: Shops) -> None:
    subprocess.run(["git", "-C", str(shops.folder / "checkout"), "add", "untracked.txt"], check=True)
    before = received(HOST)
    run = good(shops.deploy("-vvv"))
    assert _sent(run) == 1
    assert received(HOST) - before > 3 << 20
    assert _changed(run) == {"checkout"}
    assert "untracked.txt" in page("checkout")["files"]


def _sent(run: Run) -> int:
    """Files that Ansible put onto the host; modules need none, they go through the connection's standard input."""
    return sum(" PUT " in line for line in run.output.splitlines())


def _changed(run: Run) -> set[str]:
    return {name for name, row in run.rows[HOST].items() if row["rollout"] != "unchanged"}
