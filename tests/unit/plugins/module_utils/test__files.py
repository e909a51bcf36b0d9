# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import stat

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _files


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def test_write(tmp_path):
    path = tmp_path / "a"
    _files.write(path, "ü%\n\udcff", mode=0o440)
    assert (path.read_bytes(), mode(path)) == ("ü%\n".encode() + b"\xff", 0o440)
    before = path.stat().st_ino
    _files.write(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o640)
    assert path.stat().st_ino != before
    assert os.listdir(tmp_path) == ["a"]


def test_write_replaces_a_link_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "other").write_text("other")
    (tmp_path / "a").symlink_to("other")
    _files.write(tmp_path / "a", "new")
    assert ((tmp_path / "a").is_symlink(), (tmp_path / "other").read_text()) == (False, "other")


def test_write_that_fails_leaves_everything(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        _files.write(path, "\ud800")
    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["a"])


def test_write_does_not_follow_a_planted_stage(tmp_path):
    (tmp_path / f".stage-a.{os.getpid()}").symlink_to("victim")
    with pytest.raises(OSError, match="symbolic links"):
        _files.write(tmp_path / "a", "text")
    assert not (tmp_path / "victim").exists()


def test_link(tmp_path):
    path = tmp_path / "current"
    assert _files.link_target(path) == ""
    assert _files.link(path, "launches/1") is True
    assert _files.link(path, "launches/1") is False
    assert _files.link(path, "launches/2") is True
    assert _files.link_target(path) == "launches/2"
    assert os.listdir(tmp_path) == ["current"]


def test_link_takes_the_place_of_a_file_and_of_what_a_crash_left(tmp_path):
    path = tmp_path / "a"
    path.write_text("file")
    (tmp_path / f".stage-a.{os.getpid()}").symlink_to("old")
    assert _files.link_target(path) == ""
    assert _files.link(path, "b") is True
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"a": [1, "\xc3\xbc"]}', {"a": [1, "ü"]}),
        (b"[1]", {}),
        (b"{", {}),
        (b"\xff\xfe", {}),
        (b"", {}),
        (b"[" * 100_000, {}),
    ],
)
def test_read_json(tmp_path, content, value):
    (tmp_path / "a").write_bytes(content)
    assert _files.read_json(tmp_path / "a") == value


def test_read_json_of_no_file(tmp_path):
    assert _files.read_json(tmp_path / "none") == {}
    assert _files.read_json(tmp_path) == {}
    os.mkfifo(tmp_path / "fifo")
    assert _files.read_json(tmp_path / "fifo") == {}


def test_read_regular(tmp_path):
    (tmp_path / "a").write_bytes(b"12345")
    assert _files.read_regular(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="a is larger than 4 bytes"):
        _files.read_regular(tmp_path / "a", 4)
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="fifo is no regular file"):
        _files.read_regular(tmp_path / "fifo")


SINCE = [
    # what the log says, where to begin, what is read
    (b"old\nnew\n", 4, "new"),
    (b"old\n", 4, ""),
    # it was rotated meanwhile
    (b"new\n", 400, "new"),
    (b"a\xff\n", 0, "a\ufffd"),
    (b"x" * (64 * 1024) + b"y" * 10, 3, "x" * (64 * 1024 - 10) + "y" * 10),
]


@pytest.mark.parametrize(("content", "start", "text"), SINCE)
def test_text_since(tmp_path, content, start, text):
    (tmp_path / "a.log").write_bytes(content)
    assert _files.text_since(tmp_path / "a.log", start) == text


@pytest.mark.parametrize(("count", "lines"), [(1, "three"), (2, "two\nthree"), (9, "one\ntwo\nthree")])
def test_last_lines(tmp_path, count, lines):
    (tmp_path / "a.log").write_text("one\ntwo\nthree\n\n")
    assert _files.last_lines(tmp_path / "a.log", count) == lines


def test_a_log_that_is_none(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for name in ("none", "fifo", "."):
        assert _files.text_since(tmp_path / name, 0) == _files.last_lines(tmp_path / name, 3) == ""


def test_move_text(tmp_path):
    (tmp_path / "app-next.log").write_bytes(b"two\n\xff")
    (tmp_path / "app.log").write_bytes(b"one\n")
    _files.move_text(tmp_path / "app-next.log", tmp_path / "app.log")
    assert (tmp_path / "app.log").read_bytes() == b"one\ntwo\n\xff"
    assert os.listdir(tmp_path) == ["app.log"]
    (tmp_path / "app-next.log").write_bytes(b"one\n")
    _files.move_text(tmp_path / "app-next.log", tmp_path / "new.log")
    assert (tmp_path / "new.log").read_bytes() == b"one\n"


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "tree"
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "a").write_text("a")
    (root / "b").write_text("b")
    (root / "b").chmod(0o755)
    (tmp_path / "outside").write_text("outside")
    (tmp_path / "outside").chmod(0o666)
    (root / "sub" / "out").symlink_to("../../outside")
    (root / "dangling").symlink_to("nowhere")
    return root


def test_seal(tree):
    for path in (tree, tree / "sub"):
        path.chmod(0o750)
    (tree / "sub" / "a").chmod(0o640)
    _files.seal(tree)
    assert [mode(tree / name) for name in ("", "sub", "sub/a", "b")] == [0o550, 0o550, 0o440, 0o555]
    assert mode(tree.parent / "outside") == 0o666


def test_remove(tree):
    _files.seal(tree)
    _files.remove(tree)
    assert (tree.exists(), (tree.parent / "outside").read_text()) == (False, "outside")
    _files.remove(tree)
    _files.remove(tree.parent / "outside")
    assert not (tree.parent / "outside").exists()


def test_remove_a_link_and_not_what_it_leads_to(tree):
    (tree.parent / "link").symlink_to("tree")
    _files.remove(tree.parent / "link")
    assert (tree / "b").exists()
    _files.remove(tree / "dangling")
    assert not (tree / "dangling").is_symlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become another user")
def test_remove_a_sealed_tree_without_root(home):
    (home / "tree" / "sub").mkdir(parents=True)
    (home / "tree" / "sub" / "a").write_text("a")
    for path in (home, *home.rglob("*")):
        os.chown(path, 65534, 65534)
    _files.seal(home / "tree")
    child = os.fork()
    if not child:
        try:
            os.setgid(65534)
            os.setuid(65534)
            _files.remove(home / "tree")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.listdir(home) == []


def test_discard_takes_the_name_first(tmp_path, monkeypatch):
    (tmp_path / "v1" / "bin").mkdir(parents=True)
    seen = []
    monkeypatch.setattr(_files, "remove", lambda path: seen.append((path.name, sorted(os.listdir(tmp_path)))))
    _files.discard(tmp_path / "v1")
    assert seen == [(f".stage-v1.{os.getpid()}", [f".stage-v1.{os.getpid()}"])]


def test_size_counts_what_removing_frees(tmp_path):
    tree, cache = tmp_path / "tree", tmp_path / "cache"
    (tree / "sub").mkdir(parents=True)
    cache.mkdir()
    empty = _files.size(tree)
    (tree / "own").write_bytes(b"x" * 100_000)
    own = _files.size(tree) - empty
    assert 100_000 <= own < 200_000
    os.link(tree / "own", tree / "sub" / "again")
    assert _files.size(tree) - empty == own
    (cache / "shared").write_bytes(b"x" * 100_000)
    os.link(cache / "shared", tree / "shared")
    assert _files.size(tree) - empty == own
