# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import os
import socket
import tarfile
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._archive import (
    check_and_extract,
    pack,
    sha256_file,
    tree_digest,
)
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

NAMES = ["b", "d/x.sh", "a", "l", "s", "d"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    root = tmp_path / "src"
    (root / "d").mkdir(parents=True)
    (root / "a").write_bytes(b"A")
    (root / "b").write_bytes(b"")
    (root / "d/x.sh").write_bytes(b"X")
    (root / "d/x.sh").chmod(0o700)
    (root / "l").symlink_to("d/x.sh")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(root)
        listener.bind("s")
    return root


def test_sha256_file(root):
    assert sha256_file(root / "a") == hashlib.sha256(b"A").hexdigest()


def test_pack_gives_equal_bytes_for_equal_trees(root, tmp_path):
    pack(root, NAMES, tmp_path / "1.tgz")
    os.utime(root / "a", (1, 1))
    (root / "b").chmod(0o600)
    pack(root, reversed(NAMES), tmp_path / "2.tgz")
    assert (tmp_path / "1.tgz").read_bytes() == (tmp_path / "2.tgz").read_bytes()
    with tarfile.open(tmp_path / "1.tgz") as tar:
        rows = [(m.name, oct(m.mode), m.mtime, m.uid, m.gid, m.uname, m.linkname) for m in tar]
    assert rows == [
        ("a", "0o644", 0, 0, 0, "", ""),
        ("b", "0o644", 0, 0, 0, "", ""),
        ("d/x.sh", "0o755", 0, 0, 0, "", ""),
        ("l", "0o644", 0, 0, 0, "", "d/x.sh"),
    ]


def test_what_is_packed_can_be_extracted_and_has_the_same_digest(root, tmp_path):
    pack(root, NAMES, tmp_path / "1.tgz")
    check_and_extract(tmp_path / "1.tgz", tmp_path / "out")
    assert tree_digest(tmp_path / "out", NAMES[:4]) == tree_digest(root, NAMES)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "a").write_bytes(b"B"),
        lambda root: (root / "a").chmod(0o755),
        lambda root: (root / "a").rename(root / "s2") and (root / "s2").rename(root / "b"),
        lambda root: [(root / "l").unlink(), (root / "l").symlink_to("a")],
        lambda root: [(root / "l").unlink(), (root / "l").write_bytes(b"d/x.sh")],
    ],
)
def test_digest_sees_every_difference(root, change):
    names = ["a", "b", "d/x.sh", "l"]
    before = tree_digest(root, names)
    assert before == tree_digest(root, names[::-1])
    change(root)
    present = [name for name in names if os.path.lexists(root / name)]
    assert tree_digest(root, present) != before


@pytest.mark.parametrize("link", ["/etc/passwd", "../outside", "d/../../src/a", "up/../../x"])
def test_symlink_that_leaves_the_tree(root, tmp_path, link):
    (root / "up").symlink_to("d")
    (root / "bad").symlink_to(link)
    out = tmp_path / "1.tgz"
    for action in (lambda: pack(root, ["a", "bad"], out), lambda: tree_digest(root, ["bad"])):
        with pytest.raises(PyhostError) as error:
            action()
        assert str(error.value) == (
            f"{root}/bad is a symlink to {link!r}, outside the source; remove it or name it in .pyhostignore"
        )
    assert not out.exists()


def test_names_that_cannot_be_packed(root):
    with pytest.raises(PyhostError) as error:
        tree_digest(root, ["a\nb"])
    assert str(error.value) == (
        f"'{root}': 'a\\nb' has a control character in its name; rename it or name it in .pyhostignore"
    )


def test_missing_file(root, tmp_path):
    with pytest.raises(PyhostError) as error:
        pack(root, ["no"], tmp_path / "1.tgz")
    assert str(error.value) == f"{root}/no cannot be read: No such file or directory"


def test_file_that_cannot_be_opened(root, tmp_path, monkeypatch):
    def no(*_args, **_kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", no)
    for action in (lambda: pack(root, ["a"], tmp_path / "1.tgz"), lambda: tree_digest(root, ["a"])):
        with pytest.raises(PyhostError) as error:
            action()
        assert str(error.value) == f"{root}/a cannot be read: Permission denied"


def test_file_that_shrinks_while_it_is_packed(root, tmp_path, monkeypatch):
    real = os.fstat

    class Longer:
        st_size = 5

    monkeypatch.setattr(
        os, "fstat", lambda fd: Longer if os.readlink(f"/proc/self/fd/{fd}").endswith("/a") else real(fd)
    )
    with pytest.raises(PyhostError) as error:
        pack(root, ["a"], tmp_path / "1.tgz")
    assert str(error.value) in (f"{root}/a cannot be read: it changed while it was read",)


def test_digest_of_many_files_is_fast(tmp_path):
    names = [f"f{number}" for number in range(2000)]
    for name in names:
        (tmp_path / name).write_bytes(b"x" * 2000)
    times = []
    for _attempt in range(3):
        start = time.perf_counter()
        tree_digest(tmp_path, names)
        times.append(time.perf_counter() - start)
    print(min(times))
    assert min(times) < 1.5
