# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data directory of an app, out and in again, while visitors come."""

from __future__ import annotations

import os

from molecule.backup.tests.conftest import APP, HOST, Larder, fill, listing, manifest
from tests.support.deploy import good
from tests.support.kitchen import unharmed

testinfra_hosts = [f"ansible://{HOST}"]


def test_there_and_back(larder: Larder) -> None:
    """A backup harms no request; the restore brings everything back as it was, and its last line takes it back."""
    first = fill("first")
    with larder.kitchen.load(APP, what="a backup is taken") as seen:
        archive = larder.backup()
    unharmed(seen)
    assert (archive.stat().st_mode & 0o777, archive.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    told = manifest(archive)
    assert (told["app"], told["host"], told["members"]["data.tar.gz"]["files"]) == (APP, HOST, 3)
    assert (told["members"]["data.tar.gz"]["changed"], larder.left()) == ([], [])
    second = fill("second")
    run = good(larder.run("restore"))
    assert listing() == first
    assert larder.kitchen.serves_within(5) == larder.kitchen.versions
    undo = run.output.split("this takes it back: ansible-playbook pyhost.platform.restore ")[1].split()[:4]
    good(larder.run("restore", *undo))
    assert listing() == second
    larder.kitchen.rests()


def test_check_mode_changes_nothing(larder: Larder) -> None:
    before, archives = listing(), larder.all()
    assert good(larder.run("backup", "--check")).changed == {HOST: 1}
    run = good(larder.run("restore", "--check"))
    assert f"would replace the data on {HOST}" in run.output
    assert (listing(), larder.all()) == (before, archives)


def test_only_the_newest_stay(larder: Larder) -> None:
    larder.backup(pyhost_backup_keep=0)
    kept = larder.all()[-1:]
    kept.append(larder.backup(pyhost_backup_keep=2))
    assert larder.all() == kept


def test_wrong_and_damaged_archives_change_nothing(larder: Larder) -> None:
    """The cause is in one sentence, and the host is not touched."""
    before = listing()
    good_one = larder.all()[-1]
    bad = larder.folder / "bad.tar"
    bad.write_bytes(good_one.read_bytes())
    with bad.open("r+b") as stream:
        stream.seek(200_000)
        stream.write(b"damage")
    for size, text in ((None, "its SHA-256 differs"), (300_000, "damaged or no backup"), (0, "damaged or no backup")):
        if size is not None:
            os.truncate(bad, size)
        run = larder.run("restore", "-e", f"archive={bad}")
        assert run.status == 2
        assert text in run.message()
        assert run.message().rstrip().endswith("nothing was changed")
    archives = larder.all()
    run = larder.run("restore", "-e", f"archive={larder.folder}/none.tar")
    assert "none.tar cannot be read: No such file or directory" in run.message()
    assert (listing(), larder.all()) == (before, archives)
