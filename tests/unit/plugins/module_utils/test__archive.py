# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _archive, _members
from ansible_collections.pyhost.platform.plugins.module_utils._archive import (
    ArchiveError,
    ExtractLimits,
    ExtractResult,
    check_and_extract,
    check_kind,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def entry(name, kind=tarfile.REGTYPE, data=b"", link="", mode=0o644):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode, info.size = kind, link, mode, len(data)
    return info, data


def tar_bytes(*entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zip_bytes(*entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, mode, data in entries:
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, mode << 16
            bundle.writestr(info, data)
    return out.getvalue()


def extract(tmp_path, data, limits=None, strip=False):
    archive = tmp_path / "a.bin"
    archive.write_bytes(data)
    return check_and_extract(archive, tmp_path / "out", limits or ExtractLimits(), strip)


def refused(tmp_path, data, limits=None, strip=False):
    with pytest.raises(ArchiveError) as error:
        extract(tmp_path, data, limits, strip)
    assert not (tmp_path / "out").exists()
    return str(error.value).replace(str(tmp_path) + "/", "")


def tree(root: Path):
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            found[name] = path.read_bytes()
    return found


PLAIN = tar_bytes(entry("a.txt", data=b"A"), entry("d/b.txt", data=b"B" * 512))


@pytest.mark.parametrize("packed", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_every_compression_is_told_by_content(tmp_path, packed):
    assert extract(tmp_path, packed(PLAIN)) == ExtractResult(2, 513, "")
    assert tree(tmp_path / "out") == {"a.txt": b"A", "d/b.txt": b"B" * 512}


def test_zip(tmp_path):
    data = zip_bytes(
        ("top/", stat.S_IFDIR | 0o700, b""),
        ("top/a", 0, b"A"),
        ("top/x.sh", stat.S_IFREG | 0o4755, b"X"),
        ("top/l", stat.S_IFLNK | 0o777, b"a"),
    )
    assert extract(tmp_path, data, strip=True) == ExtractResult(3, 2, "top")
    assert tree(tmp_path / "out") == {"a": b"A", "l": "a", "x.sh": b"X"}
    assert stat.S_IMODE((tmp_path / "out/x.sh").stat().st_mode) == 0o755


def test_modes_are_normal_and_setuid_is_dropped_whatever_the_umask(tmp_path):
    data = tar_bytes(
        entry("d", tarfile.DIRTYPE, mode=0o2777),
        entry("d/x", data=b"x", mode=0o6711),
        entry("d/y", data=b"y", mode=0o600),
        entry("e/z", data=b"z", mode=0o666),
    )
    before = os.umask(0o077)
    try:
        extract(tmp_path, data)
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "out").rglob("*")}
    assert modes == {"d": 0o755, "e": 0o755, "x": 0o755, "y": 0o644, "z": 0o644}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("time", "kept"), [(1_000_000_000, True), (0, False), (-5, False), (1 << 40, False), (float("nan"), False)]
)
def test_times_are_kept_where_they_matter(tmp_path, time, kept):
    info, data = entry("a.py", data=b"A")
    info.mtime, info.pax_headers = 0, {"mtime": str(time)}
    (tmp_path / "a.tar").write_bytes(tar_bytes((info, data)))
    check_and_extract(tmp_path / "a.tar", tmp_path / "old", times=True)
    assert ((tmp_path / "old" / "a.py").stat().st_mtime == time) is kept
    check_and_extract(tmp_path / "a.tar", tmp_path / "new")
    assert (tmp_path / "new" / "a.py").stat().st_mtime != time


def test_links_inside_the_tree_are_kept(tmp_path):
    data = tar_bytes(
        entry("./a", data=b"A"),
        entry("d/up", tarfile.SYMTYPE, link="../a"),
        entry("d/dangling", tarfile.SYMTYPE, link="no"),
        entry("hard", tarfile.LNKTYPE, link="./a"),
        entry("hard", tarfile.LNKTYPE, link="hard"),
    )
    assert extract(tmp_path, data) == ExtractResult(4, 1, "")
    assert tree(tmp_path / "out") == {"a": b"A", "d/dangling": "no", "d/up": "../a", "hard": b"A"}


def test_the_last_of_equal_names_counts(tmp_path):
    data = tar_bytes(
        entry("a", data=b"old"),
        entry("b", tarfile.LNKTYPE, link="a"),
        entry("a", data=b"new"),
        entry("l", tarfile.SYMTYPE, link="a"),
        entry("l", tarfile.SYMTYPE, link="b"),
        entry("d", tarfile.DIRTYPE),
        entry("d", tarfile.DIRTYPE),
        entry(".", tarfile.DIRTYPE),
    )
    extract(tmp_path, data)
    assert tree(tmp_path / "out") == {"a": b"new", "b": b"old", "l": "b"}


@pytest.mark.parametrize(
    ("names", "stripped"),
    [
        (["top/a", "top/top/b"], "top"),
        (["top/a", "b"], ""),
        (["a"], ""),
        (["./top/a"], "top"),
    ],
)
def test_strip(tmp_path, names, stripped):
    result = extract(tmp_path, tar_bytes(*(entry(name, data=b"1") for name in names)), strip=True)
    assert result.stripped == stripped
    wanted = {name.replace("./", "")[len(stripped and stripped + "/") :] for name in names}
    assert set(tree(tmp_path / "out")) == wanted


BOMB = ExtractLimits(max_bytes=100_000, max_members=3)
HOSTILE = {
    "absolute": (tar_bytes(entry("/etc/x")), "a.bin: '/etc/x' is an absolute path"),
    "dotdot": (tar_bytes(entry("a/../../x")), "a.bin: 'a/../../x' contains '..'"),
    "newline": (tar_bytes(entry("a\nb")), "a.bin: 'a\\nb' has a control character in its name"),
    "symlink out": (
        tar_bytes(entry("d/l", tarfile.SYMTYPE, link="../../x")),
        "a.bin: 'd/l' is a symlink to '../../x', outside the archive",
    ),
    "symlink absolute": (
        tar_bytes(entry("l", tarfile.SYMTYPE, link="/etc")),
        "a.bin: 'l' is a symlink to '/etc', outside the archive",
    ),
    "symlink empty": (
        zip_bytes(("l", stat.S_IFLNK | 0o777, b"")),
        "a.bin: 'l' is a symlink to '', outside the archive",
    ),
    "symlink NUL": (
        zip_bytes(("l", stat.S_IFLNK | 0o777, b"a\0b")),
        "a.bin: 'l' is a symlink to 'a\\x00b', outside the archive",
    ),
    "symlinks together": (
        tar_bytes(
            entry("d/root", tarfile.SYMTYPE, link=".."), entry("y", tarfile.SYMTYPE, link="d/root/../z"), entry("d/f")
        ),
        "a.bin: 'y' is a symlink to 'd/root/../z', outside the archive",
    ),
    "write through": (
        tar_bytes(entry("l", tarfile.SYMTYPE, link="d"), entry("d", tarfile.DIRTYPE), entry("l/x")),
        "a.bin: 'l/x' would be written through 'l', which is a symlink",
    ),
    "below a file": (
        tar_bytes(entry("f"), entry("f/x/y")),
        "a.bin: 'f/x' would be written through 'f', which is a file",
    ),
    "hard link out": (
        tar_bytes(entry("h", tarfile.LNKTYPE, link="/etc/passwd")),
        "a.bin: 'h' is a hard link to '/etc/passwd', which is no file of the archive",
    ),
    "hard link up": (
        tar_bytes(entry("h", tarfile.LNKTYPE, link="../passwd")),
        "a.bin: 'h' is a hard link to '../passwd', which is no file of the archive",
    ),
    "hard link to symlink": (
        tar_bytes(entry("s", tarfile.SYMTYPE, link="f"), entry("h", tarfile.LNKTYPE, link="s")),
        "a.bin: 'h' is a hard link to 's', which is no file of the archive",
    ),
    "device": (tar_bytes(entry("dev", tarfile.CHRTYPE)), "a.bin: 'dev' is of a kind that is not extracted: device"),
    "block": (tar_bytes(entry("dev", tarfile.BLKTYPE)), "a.bin: 'dev' is of a kind that is not extracted: device"),
    "fifo": (tar_bytes(entry("f", tarfile.FIFOTYPE)), "a.bin: 'f' is of a kind that is not extracted: FIFO"),
    "unknown": (tar_bytes(entry("f", b"Z")), "a.bin: 'f' is of a kind that is not extracted: unknown"),
    "zip device": (
        zip_bytes(("c", stat.S_IFCHR | 0o666, b"")),
        "a.bin: 'c' is of a kind that is not extracted: device",
    ),
    "zip fifo": (zip_bytes(("c", stat.S_IFIFO, b"")), "a.bin: 'c' is of a kind that is not extracted: FIFO"),
    "types differ": (
        tar_bytes(entry("a"), entry("a", tarfile.DIRTYPE)),
        "a.bin: 'a' appears twice, as a file and as a directory",
    ),
    "types differ later": (
        tar_bytes(entry("a/b"), entry("a", tarfile.SYMTYPE, link="c")),
        "a.bin: 'a' appears twice, as a directory and as a symlink",
    ),
    "no name file": (tar_bytes(entry(".", data=b"1")), "a.bin: '.' is a file without a name"),
    "long name": (tar_bytes(entry("n" * 300)), f"a.bin: '{'n' * 300}' cannot be written: File name too long"),
    "bomb": (gzip.compress(tar_bytes(entry("big", data=bytes(200_000)))), "a.bin holds more than 100000 bytes"),
    "zip bomb": (zip_bytes(("big", 0, bytes(200_000))), "a.bin holds more than 100000 bytes"),
    "many": (tar_bytes(*(entry(f"f{n}") for n in range(4))), "a.bin holds more than 3 members"),
    "empty": (tar_bytes(), "a.bin holds no files"),
    "empty zip": (zip_bytes(), "a.bin holds no files"),
    "text": (b"hello\n" * 500, "a.bin is not a tar or zip archive"),
    "nothing": (b"", "a.bin is not a tar or zip archive"),
    "gzipped text": (gzip.compress(b"hello\n" * 500), "a.bin is not a tar or zip archive"),
    "cut zip": (zip_bytes(("a", 0, b"1"))[:30], "a.bin is damaged: File is not a zip file"),
    "cut between members": (PLAIN[:1024], "a.bin is damaged: it ends in the middle"),
    "cut in a header": (PLAIN[:1200], "a.bin is damaged: it ends in the middle"),
    "cut in a member": (PLAIN[:2600][: 512 * 3 + 100], "a.bin is damaged: unexpected end of data"),
    "garbled header": (PLAIN[:1024] + b"x" * 512 + PLAIN[1536:], "a.bin is damaged: it ends in the middle"),
}


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_hostile(tmp_path, case):
    data, text = HOSTILE[case]
    assert refused(tmp_path, data, BOMB) == text


def test_zip_name_with_nul(tmp_path):
    data = zip_bytes(("aXb", 0, b"1")).replace(b"aXb", b"a\0b")
    assert refused(tmp_path, data) == "a.bin: 'a\\x00b' has a control character in its name"


def test_gzip_checksum_is_checked(tmp_path):
    assert refused(tmp_path, gzip.compress(PLAIN)[:-8] + bytes(8)).startswith("a.bin is damaged: CRC check failed")


def test_zip_checksum_is_checked(tmp_path):
    data = zip_bytes(("a", 0, b"1"))
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as bundle:
        bundle.writestr("a", b"hello")
    data = stored.getvalue().replace(b"hello", b"hallo")
    assert refused(tmp_path, data) == "a.bin is damaged: Bad CRC-32 for file 'a'"


def test_encrypted_zip(tmp_path):
    data = bytearray(zip_bytes(("a", 0, b"1")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(tmp_path, bytes(data)) == "a.bin: 'a' is of a kind that is not extracted: encrypted file"


def test_name_that_is_not_utf8(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT, encoding="latin-1") as tar:
        tar.addfile(*[tarfile.TarInfo("gr\xfcn")])
    assert refused(tmp_path, out.getvalue()) == "a.bin: 'gr\\udcfcn' has a name that is not UTF-8"


def test_symlink_that_leaves_only_once_stripped(tmp_path):
    data = tar_bytes(entry("top/l", tarfile.SYMTYPE, link="../top/f"), entry("top/f"))
    text = "a.bin: 'top/l' is a symlink to '../top/f', outside the archive"
    assert refused(tmp_path, data, strip=True) == text
    extract(tmp_path, data)


def test_bomb_in_a_header(tmp_path):
    info = tarfile.TarInfo("x")
    info.pax_headers = {"comment": "x" * 2_000_000}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(info)
    data = gzip.compress(out.getvalue())
    assert refused(tmp_path, data) in ("a.bin is damaged: a header is too large", "a.bin is not a tar or zip archive")


def test_bomb_behind_the_end(tmp_path):
    data = gzip.compress(PLAIN + bytes(3_000_000))
    assert refused(tmp_path, data, ExtractLimits(1000, 5)) == "a.bin holds more than 1000 bytes"


def test_stream_refuses_to_go_far_back(tmp_path):
    stream = _members._Stream(io.BytesIO(bytes(3_000_000)), Path("a"), ExtractLimits())
    assert stream.seek(2_000_000) == 2_000_000
    assert stream.seek(1_999_999) == 1_999_999
    assert len(stream.read(600)) == 600
    assert stream.seek(9_000_000) == 3_000_000 == stream.tell()
    with pytest.raises(tarfile.ReadError, match="backwards"):
        stream.seek(0)


def test_target_must_be_empty(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x").touch()
    with pytest.raises(ArchiveError) as error:
        extract(tmp_path, PLAIN)
    assert str(error.value) == f"{tmp_path}/out is not empty: {tmp_path}/a.bin is not extracted into it"
    assert (tmp_path / "out/x").exists()


def test_target_that_cannot_be_made(tmp_path):
    (tmp_path / "a.bin").write_bytes(PLAIN)
    with pytest.raises(ArchiveError) as error:
        check_and_extract(tmp_path / "a.bin", tmp_path / "no/out")
    assert str(error.value) == f"{tmp_path}/no/out cannot be written: No such file or directory"


def test_archive_that_is_not_there(tmp_path):
    for name, reason in (("no.tar", "No such file or directory"), ("", "Is a directory")):
        with pytest.raises(ArchiveError) as error:
            check_kind(tmp_path / name)
        assert reason in str(error.value)


def test_check_kind(tmp_path):
    (tmp_path / "a").write_bytes(PLAIN)
    check_kind(tmp_path / "a")
    (tmp_path / "b").write_bytes(b"no")
    with pytest.raises(ArchiveError) as error:
        check_kind(tmp_path / "b")
    assert str(error.value) == f"{tmp_path}/b is not a tar or zip archive"


NAMES = st.lists(st.sampled_from(["a", "b", "/", "/", "..", "\n"]), min_size=1, max_size=5).map("".join)
ENTRIES = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]),
        NAMES,
    ),
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(ENTRIES, st.booleans())
def test_whatever_is_in_it_nothing_leaves_the_target(tmp_path_factory, entries, strip):
    tmp_path = tmp_path_factory.mktemp("x") / "inner"
    tmp_path.mkdir()
    data = tar_bytes(
        *(entry(name, kind, b"1" if kind == tarfile.REGTYPE else b"", link) for name, kind, link in entries)
    )
    try:
        extract(tmp_path, data, strip=strip)
    except ArchiveError:
        assert not (tmp_path / "out").exists()
    else:
        base = os.path.realpath(tmp_path / "out")
        for path in (tmp_path / "out").rglob("*"):
            assert os.path.realpath(path).startswith(base)
    assert sorted(os.listdir(tmp_path.parent)) == ["inner"]
    assert set(os.listdir(tmp_path)) <= {"a.bin", "out"}


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 3), st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_damaged_bytes_give_an_archive_error_or_a_tree(tmp_path_factory, kind, place, noise):
    data = [PLAIN, gzip.compress(PLAIN), zip_bytes(("a", 0, b"1" * 90), ("l", 0o120777, b"a")), lzma.compress(PLAIN)][
        kind
    ]
    place %= len(data)
    data = data[:place] + noise + data[place + len(noise) :]
    try:
        extract(tmp_path_factory.mktemp("x"), data, ExtractLimits(100_000, 100))
    except ArchiveError:
        pass


def test_public_names():
    assert all(hasattr(_archive, name) for name in _archive.__all__)
