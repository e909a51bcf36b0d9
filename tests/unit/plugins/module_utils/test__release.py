# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import subprocess
import tarfile

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _files, _home, _space
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._release import (
    copy,
    find,
    next_name,
    number,
    release,
    resolve_version,
)

A, B, C, D = ("a" * 40, "b" * 40, "c" * 40, "d" * 40)
LISTED = "\n".join(
    (
        "warning: redirecting to https://example.com/ramen.git/",
        f"{A}\tHEAD",
        f"{A}\trefs/heads/main",
        f"{B}\trefs/heads/v1",
        f"{C}\trefs/tags/v1",
        f"{D}\trefs/tags/v1^{{}}",
        f"{B}\trefs/tags/light",
        f"{C}\trefs/pull/1/head",
        f"{D}\trefs/heads/feature/x",
    )
)


@pytest.mark.parametrize(
    ("version", "commit"),
    [
        ("HEAD", A),
        ("main", A),
        ("v1", D),  # an annotated tag leads to its commit, and a tag wins over a branch (gitrevisions(7))
        ("light", B),
        ("feature/x", D),
        ("refs/pull/1/head", C),
        ("e" * 40, "e" * 40),
    ],
)
def test_resolve_version(version, commit):
    assert resolve_version(LISTED, version) == commit


@pytest.mark.parametrize(
    ("listed", "version", "branches"),
    [
        (LISTED, "mian", "feature/x, main, v1"),
        (LISTED, "E" * 40, "feature/x, main, v1"),
        (LISTED, "abc1234", "feature/x, main, v1"),
        ("", "HEAD", "none"),
    ],
)
def test_no_such_version(listed, version, branches):
    with pytest.raises(PyhostError) as caught:
        resolve_version(listed, version)
    assert str(caught.value) == (
        f'source.version: "{version}" is no branch, tag or commit there; its branches are: {branches}'
    )


def put(home, name, digest, **more):
    (home / "releases" / name).mkdir(parents=True)
    (home / "releases" / f"{name}.json").write_text(json.dumps({"digest": digest, **more}))


@pytest.fixture
def cell(home):
    _home.make_directories(home)
    return home


def test_find(cell):
    assert find(cell, "x") == ""
    for name, digest in (("9-x", "x"), ("10-x", "x"), ("11-y", "y")):
        put(cell, name, digest)
    (cell / "releases" / "12-x.json").write_text('{"digest": "x"}')  # its directory is not there
    (cell / "releases" / "13-x").mkdir()  # nor is its record
    (cell / "releases" / "14-x.json").write_text("{")
    assert (find(cell, "x"), find(cell, "y"), find(cell, "z")) == ("10-x", "11-y", "")


def test_next_name(cell):
    assert next_name(cell, "0123456789abcdef") == "1-0123456789ab"
    put(cell, "9-x", "x")
    (cell / "releases" / "10-half").mkdir()
    (cell / "releases" / ".stage-77").mkdir()
    assert next_name(cell, "0123456789abcdef") == "11-0123456789ab"
    assert number("10-x") == 10


def test_copy(cell):
    put(cell, "1-x", "x", prepared="v1", checked={"v1": "wsgi:app"}, origin="main of URL")
    code = cell / "releases" / "1-x"
    (code / "sub").mkdir()
    (code / "sub" / "a.py").write_text("a")
    (code / "link").symlink_to("sub/a.py")
    _files.seal(code)
    copy(cell, "1-x", "2-x")
    new = cell / "releases" / "2-x"
    assert ((new / "sub" / "a.py").read_text(), os.readlink(new / "link")) == ("a", "sub/a.py")
    assert json.loads((cell / "releases" / "2-x.json").read_text()) == {"digest": "x", "origin": "main of URL"}
    assert stat.S_IMODE((new / "sub").stat().st_mode) == 0o750  # hooks may write there
    assert stat.S_IMODE((code / "sub").stat().st_mode) & 0o222 == 0


def test_copy_over_one_that_was_killed_before_its_record(cell):
    put(cell, "1-x", "x")
    (cell / "releases" / "1-x" / "new").write_text("")
    (cell / "releases" / "2-x").mkdir()
    (cell / "releases" / "2-x" / "old").write_text("")
    copy(cell, "1-x", "2-x")
    assert os.listdir(cell / "releases" / "2-x") == ["new"]


def job(**changes):
    source = {"kind": "path", "location": "../ramen", "version": "", "checksum": ""}
    values = {
        "source": {**source, **changes.pop("source", {})},
        "archive": "",
        "digest": "",
        "approot": ".",
        "requirements": None,
        "constraints": [],
        "entrypoint": "",
        "reads": [],
        "environment": {},
        "cell": {"home": "/home/ramen"},
    }
    return {**values, **changes}


def archive(path, **files):
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return str(path)


def test_a_sent_archive(cell, tmp_path):
    path = archive(tmp_path / "a.tar.gz", wsgi="x = 1\n", sub__a="a")
    (cell / "releases" / ".stage-1").mkdir()
    found = release(cell, job(archive=path, digest="f" * 64))
    name = "1-ffffffffffff"
    assert found == {
        "changed": True, "name": name, "digest": "f" * 64, "prepared": "", "checked": {}, "origin": "", "facts": None,
    }  # fmt: skip
    assert (cell / "releases" / name / "sub" / "a").read_text() == "a"
    assert sorted(os.listdir(cell / "releases")) == [name, f"{name}.json"]
    assert release(cell, job(archive="/nonexistent", digest="f" * 64)) == {**found, "changed": False}


def test_an_archive_by_url(cell, tmp_path):
    path = archive(tmp_path / "a.tar.gz", top__wsgi="x = 1\n", top__requirements="flask\n")
    checksum = hashlib.sha256((tmp_path / "a.tar.gz").read_bytes()).hexdigest()
    source = {"kind": "archive", "location": f"file://{path}", "checksum": f"sha256:{checksum.upper()}"}
    found = release(cell, job(source=source))
    assert (found["changed"], found["digest"]) == (True, checksum)
    assert list(found["facts"]["paths"]) == ["requirements", "wsgi"]
    again = release(cell, job(source={**source, "location": "file:///nonexistent"}))
    assert again == {**found, "changed": False}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"checksum": "sha256:" + "0" * 64},
         r"^source.archive: checksum of file:.* is sha256:[0-9a-f]{64}, expected sha256:0{64}$"),
        ({"location": "file:///nonexistent"},
         r"^source.archive: file:///nonexistent cannot be fetched: .*No such file"),
        ({"location": "nonsense"}, r"^source.archive: nonsense cannot be fetched: unknown url type"),
    ],
)  # fmt: skip
def test_an_archive_that_cannot_be_had(cell, tmp_path, source, message):
    path = archive(tmp_path / "a.tar.gz", wsgi="")
    values = {"kind": "archive", "location": f"file://{path}", "checksum": "sha256:1"}
    with pytest.raises(PyhostError, match=message):
        release(cell, job(source={**values, **source}))
    assert os.listdir(cell / "releases") == []
    assert not list((cell / "run").glob("download-*"))


git_only = pytest.mark.skipif(not shutil.which("git"), reason="there is no git here")


@pytest.fixture
def repository(tmp_path):
    root = tmp_path / "repository"
    root.mkdir()

    def git(*words):
        env = {"GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(tmp_path), "PATH": os.environ["PATH"]}
        base = ["git", "-C", str(root), "-c", "user.name=me", "-c", "user.email=me@example.com"]
        return subprocess.run([*base, *words], env=env, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    (root / "wsgi.py").write_text("application = 1\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    return root, git


@git_only
def test_git(cell, repository):
    root, git = repository
    first = git("rev-parse", "HEAD")
    wanted = job(source={"kind": "git", "location": str(root)}, allow_file=True)
    found = release(cell, wanted)
    assert (found["changed"], found["name"], found["digest"]) == (True, f"1-{first[:12]}", first)
    assert found["origin"] == f"HEAD of {root}"
    assert os.listdir(cell / "releases" / found["name"]) == ["wsgi.py"]
    assert release(cell, wanted)["changed"] is False
    (root / "wsgi.py").write_text("application = 2\n")
    git("commit", "--quiet", "-a", "-m", "two")
    assert release(cell, wanted)["name"] == f"2-{git('rev-parse', 'HEAD')[:12]}"


@git_only
def test_git_with_more_refs_than_fit_the_end_of_an_output(cell, repository):
    root, git = repository
    commit = git("rev-parse", "HEAD")
    names = "".join(f"create refs/pull/{number}/a-rather-long-name/head {commit}\n" for number in range(1500))
    subprocess.run(["git", "-C", str(root), "update-ref", "--stdin"], input=names, text=True, check=True)
    wanted = job(source={"kind": "git", "location": str(root), "version": "main"}, allow_file=True)
    assert release(cell, wanted)["digest"] == commit


@git_only
def test_git_that_cannot_be_read(cell, tmp_path):
    wanted = job(source={"kind": "git", "location": str(tmp_path / "none")}, allow_file=True)
    with pytest.raises(PyhostError, match=rf"^source.git: {tmp_path}/none cannot be read:\n"):
        release(cell, wanted)
    with pytest.raises(PyhostError, match="transport 'file' not allowed"):
        release(cell, {**wanted, "allow_file": False})


@pytest.fixture
def full(monkeypatch):
    """A disk on which nothing can be written any more, from the call that is named on."""

    def refuse(what, number=28):
        def call(*words, **names):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(what, call)

    return refuse


@pytest.mark.parametrize("what", ["os.fchmod", "os.replace"])
def test_a_full_disk_leaves_no_half_release(cell, tmp_path, full, what):
    path = archive(tmp_path / "a.tar.gz", wsgi="x = 1\n", sub__a="a")
    full(what)
    with pytest.raises((OSError, PyhostError)) as caught:
        release(cell, job(archive=path, digest="f" * 64))
    assert _space.refusal_in(caught.value).errno == 28
    assert os.listdir(cell / "releases") == []


def test_a_full_disk_leaves_no_release_without_its_record(cell, tmp_path, full):
    path = archive(tmp_path / "a.tar.gz", wsgi="x = 1\n")
    full("os.fsync")
    with pytest.raises(OSError, match="No space left"):
        release(cell, job(archive=path, digest="f" * 64))
    assert os.listdir(cell / "releases") == []


def test_a_full_disk_leaves_no_half_copy(cell, full):
    put(cell, "1-x", "x")
    (cell / "releases" / "1-x" / "a").write_text("a")
    full("shutil.copystat")
    with pytest.raises(shutil.Error) as caught:
        copy(cell, "1-x", "2-x")
    assert _space.refusal_in(caught.value) is caught.value
    assert sorted(os.listdir(cell / "releases")) == ["1-x", "1-x.json"]


def test_an_archive_that_cannot_fit_is_not_fetched(cell, tmp_path, monkeypatch):
    path = archive(tmp_path / "a.tar.gz", wsgi="x = 1\n")
    monkeypatch.setattr(_space, "free", lambda place: _space.Room(1 << 20, 9))
    source = {"kind": "archive", "location": f"file://{path}", "checksum": "sha256:1"}
    with pytest.raises(PyhostError) as caught:
        release(cell, job(source=source))
    assert str(caught.value).startswith("no space on /home/ramen: 1 MB and 9 inodes free, at least 16 MB and 500 ")
    assert os.listdir(cell / "releases") == []
    assert not list((cell / "run").glob("download-*"))


@git_only
def test_a_commit_that_cannot_fit_is_not_fetched(cell, repository, monkeypatch):
    root, _git = repository
    monkeypatch.setattr(_space, "free", lambda place: _space.Room(1 << 40, 499))
    with pytest.raises(PyhostError, match=r"^no space on /home/ramen: 1048576 MB and 499 inodes free"):
        release(cell, job(source={"kind": "git", "location": str(root)}, allow_file=True))
    assert os.listdir(cell / "releases") == []
