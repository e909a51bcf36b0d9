# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._archive import ExtractLimits
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import Source
from ansible_collections.pyhost.platform.plugins.plugin_utils import _source
from ansible_collections.pyhost.platform.plugins.plugin_utils._source import (
    LocalSource,
    list_files,
    local_facts,
    open_source,
)


def git(directory, *words):
    settings = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "protocol.file.allow=always")
    subprocess.run(["git", "-C", str(directory), *settings, *words], check=True, capture_output=True)


def write(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


@pytest.fixture
def plain(tmp_path):
    root = tmp_path / "shop"
    write(
        root, "app.py", "a/b.py", "a/__pycache__/x.pyc", "c.pyc", ".git/config", ".hg/x", ".svn/x", ".demo/x",
        "venv/pyvenv.cfg", "venv/bin/python", "node_modules/x", ".env", "static/big.bin",
    )  # fmt: skip
    (root / "link").symlink_to("a")
    os.mkfifo(root / "fifo")
    return root


KEPT = (".env", "a/b.py", "app.py", "link", "node_modules/x", "static/big.bin")


def test_walk(plain):
    (plain / ".git/config").unlink()
    assert list_files(plain) == KEPT


@pytest.mark.parametrize(
    ("patterns", "gone"),
    [
        ("", set()),
        ("# comment\n\n*.bin\n/node_modules/\n", {"static/big.bin", "node_modules/x"}),
        ("*.py\n!/app.py\n", {"a/b.py"}),
        ("b.py\nlink\n", {"a/b.py", "link"}),
        (".pyhostignore", {".pyhostignore"}),
    ],
)
def test_pyhostignore(plain, patterns, gone):
    (plain / ".pyhostignore").write_text(patterns)
    assert set(list_files(plain)) == {*KEPT, ".pyhostignore"} - gone


def test_an_ignore_file_with_lines_of_its_own(plain):
    (plain / ".dotcloudignore").write_text("x")
    found = list_files(plain, ".dotcloudignore", lines=lambda text: ["*.py"] if text == "x" else [])
    assert [name for name in found if name.endswith(".py")] == []
    assert any(name.endswith(".py") for name in list_files(plain, ".dotcloudignore"))


def test_pyhostignore_that_cannot_be_used(plain, monkeypatch):
    (plain / ".pyhostignore").write_bytes(b"\xff")
    with pytest.raises(PyhostError) as error:
        list_files(plain)
    assert str(error.value) == f"source.path: {plain}/.pyhostignore cannot be read: it is not UTF-8 text"
    (plain / ".pyhostignore").write_text("!")
    with pytest.raises(PyhostError) as error:
        open_source(Source("path", str(plain)), plain)
    assert str(error.value).startswith(f"source.path: {plain}/.pyhostignore holds a pattern that cannot be read: ")
    (plain / ".pyhostignore").unlink()
    (plain / ".pyhostignore").mkdir()
    with pytest.raises(PyhostError) as error:
        list_files(plain)
    assert str(error.value) == f"source.path: {plain}/.pyhostignore cannot be read: Is a directory"


def test_pathspec_missing(plain, monkeypatch):
    (plain / ".pyhostignore").write_text("x")
    monkeypatch.setitem(sys.modules, "pathspec", None)
    with pytest.raises(PyhostError) as error:
        open_source(Source("path", str(plain)), plain)
    assert str(error.value) == (
        "pathspec is needed on the controller to read .pyhostignore: pip install pathspec"
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    root = tmp_path / "checkout"
    write(root, "app.py", "gone.py", "sub/x.py", "sub/y.py", "d/z.py", "grün.txt")
    (root / ".gitignore").write_text("ignored/\n")
    git(tmp_path, "init", "-q", str(root))
    git(root, "add", "-A")
    write(root, ".env", "sub/new.py", "ignored/a.py", "untracked/b.py")
    (root / "gone.py").unlink()
    return root


def test_tracked_files_of_the_work_tree(checkout, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    assert list_files(checkout) == (".gitignore", "app.py", "d/z.py", "grün.txt", "sub/x.py", "sub/y.py")
    assert list_files(checkout / "sub") == ("x.py", "y.py")


def test_pyhostignore_in_a_checkout(checkout):
    (checkout / ".pyhostignore").write_text("sub/\n!sub/y.py\n.git*\n")
    assert set(list_files(checkout)) - {"sub/y.py"} == {"app.py", "d/z.py", "grün.txt"}


@pytest.mark.parametrize(("directory", "files"), [("ignored", ("a.py",)), ("untracked", ("b.py",))])
def test_what_git_does_not_track_at_all_is_walked(checkout, directory, files):
    assert list_files(checkout / directory) == files


def test_directories_that_became_links_or_files(checkout):
    for name in ("sub", "d"):
        (checkout / name).rename(checkout.parent / name)
    (checkout / "sub").symlink_to("../sub")
    (checkout / "d").write_text("now a file")
    assert list_files(checkout) == (".gitignore", "app.py", "grün.txt")


def test_submodules(checkout, tmp_path):
    library = tmp_path / "library"
    write(library, "lib.py")
    git(tmp_path, "init", "-q", str(library))
    git(library, "add", "-A")
    git(library, "commit", "-qm", "x")
    git(checkout, "submodule", "--quiet", "add", str(library), "libs/it")
    assert "libs/it/lib.py" in list_files(checkout)
    git(checkout, "submodule", "--quiet", "deinit", "-f", "libs/it")
    with pytest.raises(PyhostError) as error:
        list_files(checkout)
    assert str(error.value) == (
        f"source.path: the submodule libs/it of {checkout} is not checked out:"
        f" run git -C {checkout} submodule update --init --recursive"
    )


def test_listing_runs_nothing_of_the_repository_and_writes_nothing(checkout, tmp_path):
    mark = tmp_path / "ran"
    hook = checkout / ".git/hooks/fsmonitor"
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    git(checkout, "config", "core.fsmonitor", str(hook))

    def written():
        found = (checkout / ".git/index").stat()
        return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size

    before = written()
    list_files(checkout)
    assert not mark.exists()
    assert written() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a checkout of somebody else")
def test_checkout_of_somebody_else(checkout):
    for path in (checkout, checkout / ".git"):
        os.chown(path, 12345, 12345)
    assert "app.py" in list_files(checkout)
    assert ".env" not in list_files(checkout)


def test_broken_checkout(checkout):
    (checkout / ".git/index").write_bytes(b"broken")
    with pytest.raises(PyhostError) as error:
        open_source(Source("path", "checkout"), checkout.parent)
    assert str(error.value) == (
        f"source.path: git cannot list the files of {checkout}: fatal: .git/index: index file smaller than expected"
    )


def test_without_git(plain, monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert list_files(plain) == KEPT


def test_unreadable_directory(plain, monkeypatch):
    real = os.scandir

    def scandir(path):
        if str(path).endswith("/shop/a"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(_source, "_tracked", lambda root: [])
    with pytest.raises(PyhostError) as error:
        list_files(plain)
    assert str(error.value) == f"source.path: {plain}/a cannot be read: Permission denied"


def test_open_tree(plain, monkeypatch):
    found = open_source(Source("path", "../x/../shop"), plain)
    assert (found.kind, found.root_or_file, found.names) == ("tree", str(plain), KEPT)
    assert len(found.digest) == 64
    monkeypatch.setenv("HOME", str(plain.parent))
    assert open_source(Source("path", "~/shop"), Path("/")) == found
    write(plain, "c.pyc", "venv/more")
    assert open_source(Source("path", str(plain)), Path("/")) == found
    (plain / "app.py").write_text("new")
    assert open_source(Source("path", str(plain)), Path("/")).digest != found.digest


def packed(tmp_path, **files):
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"top/{name}.py")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    data = (tmp_path / "a.tgz").read_bytes()
    return data, hashlib.sha256(data).hexdigest()


def test_open_archive_and_its_facts(tmp_path):
    _data, digest = packed(tmp_path, app="app = Flask(1)", other="")
    for checksum in ("", f"sha256:{digest}", f"sha256:{digest.upper()}"):
        source = open_source(Source("archive", "a.tgz", checksum=checksum), tmp_path)
        assert source == LocalSource(digest, "archive", str(tmp_path / "a.tgz"))
    before = set(os.listdir("/tmp"))
    facts = local_facts(source, ".", entrypoint="other:x")
    assert (facts.paths, sorted(facts.texts)) == (("app.py", "other.py"), ["app.py", "other.py"])
    assert facts.callables["app.py"] == (("app", "wsgi"),)
    assert not [name for name in set(os.listdir("/tmp")) - before if name.startswith("pyhost-")]


def test_facts_of_a_tree_see_only_its_files(plain):
    (plain / ".pyhostignore").write_text("app.py")
    assert local_facts(open_source(Source("path", str(plain)), plain), "a").texts == {}
    assert "app.py" not in local_facts(open_source(Source("path", str(plain)), plain), ".").paths


def test_facts_of_an_archive_that_is_no_good(tmp_path):
    data, _digest = packed(tmp_path, app="x" * 900)
    source = LocalSource("", "archive", str(tmp_path / "a.tgz"))
    cases = [
        (".", ExtractLimits(10), f"source.archive: {tmp_path}/a.tgz holds more than 10 bytes"),
        ("web", ExtractLimits(), "approot: web is not a directory of the source"),
    ]
    for approot, limits, text in cases:
        with pytest.raises(PyhostError) as error:
            local_facts(source, approot, limits=limits)
        assert str(error.value) == text
    (tmp_path / "a.tgz").write_bytes(gzip.compress(gzip.decompress(data)[:1024]))
    with pytest.raises(PyhostError) as error:
        local_facts(source, ".")
    assert str(error.value) == f"source.archive: {tmp_path}/a.tgz is damaged: unexpected end of data"


ZERO = "sha256:" + "0" * 64
BAD = [
    (Source("path", "no"), "source.path: {base}/no does not exist"),
    (Source("path", "file"), "source.path: {base}/file is not a directory"),
    (Source("path", "dangling"), "source.path: {base}/dangling is not a directory"),
    (Source("path", "empty"), "source.path: {base}/empty holds no files to deploy"),
    (
        Source("path", "links"),
        "source.path: {base}/links/l is a symlink to '/etc', outside the source; remove it or name it in .pyhostignore",
    ),
    (Source("archive", "no.tgz"), "source.archive: {base}/no.tgz does not exist"),
    (Source("archive", "empty"), "source.archive: {base}/empty is not a file"),
    (Source("archive", "file"), "source.archive: {base}/file is not a tar or zip archive"),
    (
        Source("archive", "file", checksum=ZERO),
        "source.archive: {base}/file: checksum is sha256:" + hashlib.sha256(b"file").hexdigest() + f", expected {ZERO}",
    ),
    (Source("archive", "https://h/a.tgz"), "source.archive: https://h/a.tgz is not on the controller"),
    (Source("git", "git@h:x"), "source.git: git@h:x is not on the controller"),
]


@pytest.mark.parametrize(("source", "text"), BAD)
def test_bad_source(tmp_path, source, text):
    write(tmp_path, "file", "empty/x.pyc")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "links").mkdir()
    (tmp_path / "links/l").symlink_to("/etc")
    with pytest.raises(PyhostError) as error:
        open_source(source, tmp_path)
    assert str(error.value) == text.replace("{base}", str(tmp_path))


def test_unreadable_archive(tmp_path, monkeypatch):
    def no(_path):
        raise PermissionError(13, "Permission denied")

    write(tmp_path, "a.tgz")
    monkeypatch.setattr(_source, "sha256_file", no)
    with pytest.raises(PyhostError) as error:
        open_source(Source("archive", "a.tgz"), tmp_path)
    assert str(error.value) == f"source.archive: {tmp_path}/a.tgz cannot be read: Permission denied"
