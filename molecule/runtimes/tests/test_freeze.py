# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed comes back as a requirements file, and only as one."""

from __future__ import annotations

from pathlib import Path

from molecule.runtimes.tests.conftest import HOST, Fleet
from tests.support.deploy import good
from tests.support.remote import shell

HEAD = "# Frozen by pyhost.platform.freeze: "


def test_the_exact_packages(fleet: Fleet, tmp_path: Path) -> None:
    """Neither pip nor the server, which the app did not ask for; check mode shows the file and writes none."""
    path = tmp_path / "calm.txt"
    words = ("-e", "app=calm", "-e", f"dest={path}", "--diff")
    predicted = good(fleet.run("freeze", *words, "--check"))
    assert "+itsdangerous==2.1.2" in predicted.output
    assert not path.exists()
    assert good(fleet.run("freeze", *words)).changed == {HOST: 1}
    assert path.read_text() == f"{HEAD}calm\nitsdangerous==2.1.2\n"
    assert good(fleet.run("freeze", *words)).changed == {HOST: 0}


def test_a_part_of_the_tree_is_a_path_and_no_file_is_lost(fleet: Fleet, tmp_path: Path) -> None:
    path = tmp_path / "capped.txt"
    path.write_text("precious\n")
    words = ("-e", "app=capped", "-e", f"dest={path}")
    run = fleet.run("freeze", *words)
    assert run.message() == f"dest: {path} is there, and no freeze has written it; -e overwrite=true replaces it"
    assert path.read_text() == "precious\n"
    good(fleet.run("freeze", *words, "-e", "overwrite=true"))
    assert path.read_text() == f"{HEAD}capped\n./part\n"


def test_what_a_tenant_writes_is_data(fleet: Fleet, tmp_path: Path) -> None:
    """A name with a line of its own could install anything, where the file is used next."""
    info = shell(HOST, "ls -d /home/stuck/venv/lib/python3.11/site-packages").strip() + "/evil-1.0.dist-info"
    shell(HOST, f"runuser -u stuck -- mkdir {info}")
    try:
        text = "Metadata-Version: 2.1\\nName: evil\\n --index-url http://evil.example\\nVersion: 1.0; x\\n"
        shell(HOST, f"printf '{text}' | runuser -u stuck -- tee {info}/METADATA")
        path = tmp_path / "stuck.txt"
        run = fleet.run("freeze", "-e", "app=stuck", "-e", f"dest={path}")
        assert f"stuck on {HOST}: what its virtualenv says of itself cannot be written into a file:" in run.message()
        assert "is no name of a package (PEP 508)" in run.message()
        assert not path.exists()
    finally:
        shell(HOST, f"rm -r {info}")
