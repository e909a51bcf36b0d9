# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import io
import shutil
import tarfile

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _bring
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource

CONFIGURE = """#!/bin/sh
for word in "$@"; do case $word in --prefix=*) prefix=${word#--prefix=};; esac; done
echo "$*" > words
printf 'all:\\n\\techo made\\ninstall:\\n\\tmkdir -p $(DESTDIR)%s/bin\\n\\tcp words $(DESTDIR)%s/bin/python3.12\\n' "$prefix" "$prefix" > Makefile
"""
"""Stands in for CPython's own: its Makefile installs one file, the words that it was called with."""


class Told(list):
    """Is told what is done now, and keeps it."""

    def __call__(self, what):
        self.append(what)


@pytest.fixture
def told():
    return Told()


def tarball(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text.encode()), 0o755
            archive.addfile(member, io.BytesIO(text.encode()))
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def source(kind, path, digest, **more):
    return PythonSource(kind, ("3.12",), str(path), True, digest, **more)


def test_an_archive_is_unpacked_without_its_top_directory(tmp_path, told):
    path, digest = tarball(tmp_path / "a.tar.gz", {"python/bin/python3.12": "x", "python/lib/os.py": "y"})
    _bring.unpack(source("archive", path, digest), str(path), tmp_path / "stage", told)
    assert sorted(str(one.relative_to(tmp_path / "stage")) for one in (tmp_path / "stage").rglob("*.*")) == [
        "bin/python3.12",
        "lib/os.py",
    ]
    assert (tmp_path / "stage/bin/python3.12").stat().st_mode & 0o777 == 0o755
    assert told == ["checking", "unpacking"]


def test_an_archive_by_its_url(tmp_path, told):
    path, digest = tarball(tmp_path / "a.tar.gz", {"python/bin/python3.12": "x"})
    one = PythonSource("archive", ("3.12",), path.as_uri(), False, digest)
    _bring.unpack(one, "", tmp_path / "stage", told)
    assert (tmp_path / "stage/bin/python3.12").exists()
    assert told == ["downloading", "unpacking"]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.tar.gz", "stage"]


@pytest.mark.parametrize("sent", [True, False])
def test_another_content_is_refused(tmp_path, sent, told):
    path, digest = tarball(tmp_path / "a.tar.gz", {"python/bin/python3.12": "x"})
    one = PythonSource("archive", ("3.12",), path.as_uri(), sent, "ab" * 32)
    with pytest.raises(PyhostError, match=f"{digest}, expected .*{'ab' * 32}"):
        _bring.unpack(one, str(path) if sent else "", tmp_path / "stage", told)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.tar.gz"]


def test_half_an_archive_is_refused(tmp_path, told):
    path, _digest = tarball(tmp_path / "a.tar.gz", {"python/bin/python3.12": "x" * 100_000, "python/b": "y" * 5000})
    path.write_bytes(path.read_bytes()[:-40])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(PyhostError, match=r"pyhost_python_sources: .*a\.tar\.gz"):
        _bring.unpack(source("archive", path, digest), str(path), tmp_path / "stage", told)
    assert not (tmp_path / "stage").exists()


@pytest.fixture
def compiler(monkeypatch):
    """Nothing here is compiled, so there need not be one."""
    monkeypatch.setattr(_bring.shutil, "which", lambda name: f"/usr/bin/{name}")


@pytest.mark.skipif(not shutil.which("make"), reason="there is no make here")
def test_sources_are_compiled_for_the_place_where_they_will_lie(tmp_path, compiler, told):
    path, digest = tarball(tmp_path / "a.tar.gz", {"Python-3.12.9/configure": CONFIGURE})
    final = tmp_path / "store" / "3.12-x"
    for optimised in (True, False):
        stage = tmp_path / f"stage{optimised}"
        _bring.build(source("build", path, digest, optimised=optimised), "3.12", str(path), stage, final, 2, told)
        words = (stage / "bin/python3.12").read_text().split()
        assert words == [
            f"--prefix={final}",
            "--with-ensurepip=install",
            *(["--enable-optimizations"] if optimised else []),
        ]
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.tar.gz", "stageFalse", "stageTrue"]
    assert told == 2 * ["checking", "unpacking", "configure", "make", "make install"]


def test_a_build_that_fails_shows_its_last_lines(tmp_path, compiler, told):
    text = "#!/bin/sh\necho 'configure: error: no acceptable C compiler found in $PATH'\nexit 1\n"
    path, digest = tarball(tmp_path / "a.tar.gz", {"Python-3.12.9/configure": text})
    with pytest.raises(PyhostError) as caught:
        _bring.build(source("build", path, digest), "3.12", str(path), tmp_path / "stage", tmp_path / "final", 1, told)
    assert str(caught.value) == (
        "Python 3.12: configure failed; its last lines:\nconfigure: error: no acceptable C compiler found in $PATH"
    )
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.tar.gz"]


def test_without_a_compiler_nothing_is_begun(tmp_path, monkeypatch, told):
    monkeypatch.setattr(_bring.shutil, "which", lambda name: "" if name == "cc" else f"/usr/bin/{name}")
    with pytest.raises(PyhostError, match=r"Python 3\.12: cc is missing on this host; nothing can be built"):
        _bring.build(source("build", "a", "b"), "3.12", "a", tmp_path / "stage", tmp_path / "final", 1, told)
    assert list(tmp_path.iterdir()) == []


UV = """#!/bin/sh
[ -z "$FAIL" ] || { echo "error: No download found for request: cpython-3.12-linux-x86_64-gnu" >&2; exit 2; }
while [ $# -gt 0 ]; do case $1 in --install-dir) into=$2;; esac; shift; done
mkdir -p "$into/cpython-3.12.9-linux-x86_64-gnu/bin" "$into/.temp"
ln -s cpython-3.12.9-linux-x86_64-gnu "$into/cpython-3.12-linux-x86_64-gnu"
env | grep ^UV_ | sort > "$into/cpython-3.12.9-linux-x86_64-gnu/bin/python3.12"
"""


def test_uv_brings_it_by_a_catalogue_of_the_operators(tmp_path):
    (tmp_path / "uv").write_text(UV)
    (tmp_path / "uv").chmod(0o755)
    one = PythonSource("uv", ("3.12",), mirror="http://m/x", catalogue="http://c/y.json")
    _bring.by_uv(one, "3.12", str(tmp_path / "uv"), {}, tmp_path / "stage")
    assert (tmp_path / "stage/bin/python3.12").read_text().splitlines() == [
        "UV_NO_PROGRESS=1",
        "UV_PYTHON_DOWNLOADS=manual",
        "UV_PYTHON_DOWNLOADS_JSON_URL=http://c/y.json",
        "UV_PYTHON_INSTALL_MIRROR=http://m/x",
    ]
    with pytest.raises(PyhostError) as caught:
        _bring.by_uv(one, "3.12", str(tmp_path / "uv"), {"FAIL": "1"}, tmp_path / "stage2")
    assert str(caught.value) == (
        "Python 3.12: uv cannot install it:\nerror: No download found for request: cpython-3.12-linux-x86_64-gnu"
    )
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["stage", "uv"]
