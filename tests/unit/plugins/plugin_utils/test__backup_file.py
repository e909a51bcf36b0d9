# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.plugin_utils._backup_file import Reader, Writer

MEMBERS = {"data.tar.gz": b"d" * 70_000, "data.sha256": b"", "database-db.sql.gz": b"sql" * 341}


def write(path, members=None, finish=True, **manifest):
    writer = Writer(path)
    for name, data in (MEMBERS if members is None else members).items():
        writer.begin()
        for start in range(0, len(data), 999):
            writer.write(data[start : start + 999])
        writer.end(name, 1_000_000_000, {"note": name})
    if finish:
        writer.finish({"app": "ramen", "host": "web1", **manifest}, 1_000_000_000)
    return writer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "ramen" / "a.tar"


def quiet(count):
    return None


def test_what_is_read_is_what_was_written(path):
    write(path)
    reader = Reader(path, "ramen")
    reader.verify(quiet)
    assert {name: b"".join(reader.content(name)) for name in reader.manifest["members"]} == MEMBERS
    assert (reader.manifest["format"], reader.manifest["host"], reader.size) == (1, "web1", 71_023)
    reader.close()


def test_it_is_for_one_user_and_for_tar(path, tmp_path):
    write(path)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    subprocess.run(["tar", "xf", path], cwd=tmp_path, check=True)
    assert {name: (tmp_path / name).read_bytes() for name in MEMBERS} == MEMBERS
    assert json.loads((tmp_path / "manifest.json").read_text())["app"] == "ramen"


def test_what_is_not_finished_has_no_name_and_is_removed_by_the_next(path):
    first = write(path, finish=False)
    assert not path.exists()
    other = path.with_name("b.tar")
    write(other)
    assert sorted(one.name for one in path.parent.iterdir()) == [".stage-a.tar", "b.tar"]  # it is at work
    first._stream.close()  # as a kill does
    write(path.with_name("c.tar"))
    assert sorted(one.name for one in path.parent.iterdir()) == ["b.tar", "c.tar"]


def test_one_that_is_abandoned_leaves_nothing(path):
    write(path, finish=False).abandon()
    assert list(path.parent.iterdir()) == []
    write(path).abandon()
    assert path.exists()


def test_wrong_archives_are_refused_before_their_contents_are_read(path):
    write(path)
    with pytest.raises(PyhostError, match=r"is a backup of ramen, not of soup; nothing was changed$"):
        Reader(path, "soup")
    write(path, format=3)
    with pytest.raises(PyhostError, match=r"has format 3, and this version of the collection reads 1"):
        Reader(path, "ramen")
    with pytest.raises(PyhostError, match="cannot be read: No such file"):
        Reader(path.with_name("none"), "ramen")


@pytest.mark.parametrize("length", [0, 100, 512, 30_000, 71_000, 73_000])
def test_one_that_is_cut_off_is_refused_before_its_contents_are_read(path, length):
    write(path)
    os.truncate(path, length)
    with pytest.raises(PyhostError, match="is damaged or no backup"):
        Reader(path, "ramen")


def test_any_tar_is_no_backup(path, tmp_path):
    path.parent.mkdir()
    subprocess.run(["tar", "cf", path, "--files-from=/dev/null"], check=True)
    with pytest.raises(PyhostError, match=r"it has no manifest\.json, which is written last"):
        Reader(path, "ramen")


@pytest.mark.parametrize("name", ["data.tar.gz", "database-db.sql.gz"])
def test_a_flipped_bit_in_a_member_is_found(path, name):
    write(path)
    reader = Reader(path, "ramen")
    place, size = reader._places[name]
    reader.close()
    with path.open("r+b") as stream:
        stream.seek(place + size // 2)
        stream.write(b"\0")
    reader = Reader(path, "ramen")
    with pytest.raises(
        PyhostError, match=rf"{name} is not what was written \(its SHA-256 differs\); nothing was changed"
    ):
        reader.verify(quiet)
    reader.close()
