# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gzip
import io
import os
import sqlite3
import subprocess
import tarfile
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _datapack, _dataunpack
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError


@pytest.fixture
def data(tmp_path):
    """A data directory with what there may be in one."""
    root = tmp_path / "data"
    (root / "up" / "deep").mkdir(parents=True)
    (root / "up" / "x").write_bytes(b"x" * 3_000_000)
    (root / "up" / "run.sh").write_text("#!/bin/sh\n")
    (root / "up" / "run.sh").chmod(0o750)
    (root / "up" / "deep" / "secret").write_text("s")
    (root / "up" / "deep" / "secret").chmod(0o400)
    (root / "up" / "deep").chmod(0o550)
    (root / "a \\ b\nc").write_text("odd")
    (root / os.fsdecode(b"latin-\xe9")).write_text("no UTF-8")
    (root / "empty").mkdir(mode=0o700)
    os.link(root / "up" / "x", root / "zhard")
    os.symlink("/etc/passwd", root / "absolute")
    os.symlink("../..", root / "up" / "outside")
    os.symlink("nowhere", root / "broken")
    os.utime(root / "up" / "x", (1_000_000_000.25, 1_000_000_000.25))
    os.utime(root / "empty", (1_000_000_000, 1_000_000_000))
    return root


def pack(root, tmp_path):
    out, sums = io.BytesIO(), io.BytesIO()
    packed = _datapack.pack(root, out, sums, tmp_path / "scratch")
    return packed, out.getvalue(), sums.getvalue()


def seen(root):
    """Name to kind, mode, time, and content or target."""
    found = {}
    for directory, names, files in os.walk(root):
        for name in (*names, *files):
            path = os.path.join(directory, name)
            entry = os.lstat(path)
            link = os.path.islink(path)
            content = os.readlink(path) if link else Path(path).read_bytes() if name in files else None
            found[os.path.relpath(path, root)] = (oct(entry.st_mode), link or entry.st_mtime, content)
    return found


def test_everything_comes_back_as_it_was(data, tmp_path):
    packed, archive, _sums = pack(data, tmp_path)
    _dataunpack.unpack(io.BytesIO(archive), tmp_path / "new")
    assert seen(tmp_path / "new") == seen(data)
    assert os.path.samefile(tmp_path / "new" / "up" / "x", tmp_path / "new" / "zhard")
    assert (packed.left_out, packed.changed, packed.files) == ([], [], 5)


def test_the_sums_are_those_of_sha256sum(data, tmp_path):
    _packed, _archive, sums = pack(data, tmp_path)
    done = subprocess.run(["sha256sum", "-c", "--strict"], input=sums, cwd=data, capture_output=True, check=False)
    assert (done.returncode, done.stdout.count(b": OK")) == (0, 5), done.stderr


def test_a_database_in_use_is_copied_as_it_was_at_one_moment(data, tmp_path):
    path = data / "app.db"
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE t (a)")
    writer.executemany("INSERT INTO t VALUES (?)", [(number,) for number in range(500)])
    writer.commit()  # in the log, and not in the file yet
    writer.execute("DELETE FROM t")  # under way
    assert (data / "app.db-wal").stat().st_size > 0
    packed, archive, sums = pack(data, tmp_path)
    writer.close()
    new = tmp_path / "new"
    _dataunpack.unpack(io.BytesIO(archive), new)
    assert sorted(one.name for one in new.glob("app.db*")) == ["app.db"]
    reader = sqlite3.connect(new / "app.db")
    assert reader.execute("SELECT count(*), sum(a) FROM t").fetchone() == (500, 124750)
    reader.close()
    assert packed.changed == []
    assert not (tmp_path / "scratch").exists()
    assert b"  app.db\n" in sums


def test_what_is_no_file_is_left_out_and_told_of(data, tmp_path):
    os.mkfifo(data / "pipe")
    (data / "fake.db").write_bytes(b"SQLite format 3\0" + b"no database" * 100)
    packed, archive, _sums = pack(data, tmp_path)
    assert (packed.left_out, packed.changed) == (["pipe"], ["fake.db"])
    _dataunpack.unpack(io.BytesIO(archive), tmp_path / "new")
    assert (tmp_path / "new" / "fake.db").read_bytes() == (data / "fake.db").read_bytes()


def test_a_file_that_shrinks_while_it_is_read_is_told_of(data, tmp_path, monkeypatch):
    class Shrinking(io.BytesIO):
        def write(self, block):
            if self.tell() > 1000:
                os.truncate(data / "zz-log", 5)
            return super().write(block)

    (data / "zz-log").write_bytes(os.urandom(3_000_000))
    out = Shrinking()
    packed = _datapack.pack(data, out, io.BytesIO(), tmp_path / "scratch")
    assert packed.changed == ["zz-log"]
    _dataunpack.unpack(io.BytesIO(out.getvalue()), tmp_path / "new")
    assert (tmp_path / "new" / "zz-log").stat().st_size == 3_000_000


def test_what_cannot_be_read_fails_by_name(data, tmp_path, monkeypatch):
    def refuse(path, *more, **named):
        if str(path).endswith("secret"):
            raise PermissionError(13, "Permission denied")
        return real(path, *more, **named)

    real = os.open
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PyhostError, match="^data/up/deep/secret: it cannot be read: Permission denied$"):
        pack(data, tmp_path)


def test_a_link_is_no_data_directory(data, tmp_path):
    os.symlink(data, tmp_path / "link")
    with pytest.raises(PyhostError, match="no directory any more"):
        pack(tmp_path / "link", tmp_path)


def archive_of(*rows):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, kind, link in rows:
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mode = kind, link, 0o7777
            info.size = 3 if kind == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(b"abc"))
    return io.BytesIO(out.getvalue())


FILE, DIRECTORY, LINK, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
EVIL = [
    ([("/etc/x", FILE, "")], "outside"),
    ([("a/../../x", FILE, "")], "outside"),
    ([("..", DIRECTORY, "")], "outside"),
    ([("a", LINK, "/tmp"), ("a/x", FILE, "")], "through what is no directory"),
    ([("a", LINK, "/tmp"), ("a", DIRECTORY, "")], "appears twice"),
    ([("a", LINK, "/tmp"), ("a", FILE, "")], "appears twice"),
    ([("a", FILE, ""), ("a", FILE, "")], "appears twice"),
    ([("a", HARD, "/etc/passwd")], "outside"),
    ([("l", LINK, "/etc/passwd"), ("a", HARD, "l")], "hard link to what is no file"),
    ([("a", HARD, "later")], "hard link to what is no file"),
    ([("a", tarfile.FIFOTYPE, "")], "neither a file"),
    ([("a", tarfile.CHRTYPE, "")], "neither a file"),
]


@pytest.mark.parametrize(("rows", "error"), EVIL)
def test_nothing_is_written_outside(rows, error, tmp_path):
    with pytest.raises(PyhostError, match=error):
        _dataunpack.unpack(archive_of(*rows), tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_no_set_uid_file_comes_back(tmp_path):
    _dataunpack.unpack(archive_of(("d", DIRECTORY, ""), ("d/a", FILE, "")), tmp_path / "new")
    modes = [(tmp_path / "new" / name).stat().st_mode & 0o7777 for name in ("d", "d/a")]
    assert modes == [0o1777, 0o1777]


@pytest.mark.parametrize("damage", ["cut", "flip", "noise"])
def test_a_damaged_archive_is_no_traceback(damage, data, tmp_path):
    archive = bytearray(pack(data, tmp_path)[1])
    if damage == "cut":
        del archive[len(archive) // 2 :]
    elif damage == "flip":
        archive[len(archive) // 2] ^= 0xFF
    else:
        archive = gzip.compress(b"no tar" * 1000)
    with pytest.raises(PyhostError, match="damaged"):
        _dataunpack.unpack(io.BytesIO(bytes(archive)), tmp_path / "new")
