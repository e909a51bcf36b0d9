# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources that cannot be had, or must not be: the version before goes on serving, and nothing is written outside."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from molecule.sources.tests.conftest import GIT, HOST, NAMES, SERVED, WWW, Shops, app, checksum, files, packed, page
from tests.support.deploy import Run, deploy, good
from tests.support.remote import put, shell

OUTSIDE = "/tmp/pyhost-escaped"
ZEROS = "0" * 40


def _tar(*members: tuple[str, bytes, str]) -> bytes:
    """An archive of ``(name, type, link)``; regular files hold one line."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, link in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, link
            member.size = len(b"escaped\n") if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(b"escaped\n"))
    return buffer.getvalue()


def _zip(name: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("menu.txt", "menu")
        archive.writestr(name, "escaped")
    return buffer.getvalue()


MENU = ("menu.txt", tarfile.REGTYPE, "")
HOSTILE = {
    "dots": _tar(MENU, ("../../../../../../tmp/pyhost-escaped", tarfile.REGTYPE, "")),
    "absolute": _tar(MENU, (OUTSIDE, tarfile.REGTYPE, "")),
    "link": _tar(MENU, ("out", tarfile.SYMTYPE, "/tmp")),
    "through": _tar(
        MENU, ("out", tarfile.SYMTYPE, "../../../../../../tmp"), ("out/pyhost-escaped", tarfile.REGTYPE, "")
    ),
    "hard": _tar(MENU, ("passwd", tarfile.LNKTYPE, "/etc/passwd")),
    "device": _tar(MENU, ("null", tarfile.CHRTYPE, "")),
    "fifo": _tar(MENU, ("pipe", tarfile.FIFOTYPE, "")),
    "zipdots": _zip("../../../../../../tmp/pyhost-escaped"),
}
SAYS = {
    "dots": "'../../../../../../tmp/pyhost-escaped' contains '..'",
    "absolute": "'/tmp/pyhost-escaped' is an absolute path",
    "link": "'out' is a symlink to '/tmp', outside the archive",
    "through": "'out' is a symlink to '../../../../../../tmp', outside the archive",
    "hard": "'passwd' is a hard link to '/etc/passwd', which is no file of the archive",
    "device": "'null' is of a kind that is not extracted: device",
    "fifo": "'pipe' is of a kind that is not extracted: FIFO",
    "zipdots": "'../../../../../../tmp/pyhost-escaped' contains '..'",
}


@pytest.fixture(scope="module")
def menus(deployed: Run) -> dict[str, str]:
    return {name: page(name)["menu"] for name in NAMES}


@pytest.fixture(scope="module")
def failed(shops: Shops, menus: dict[str, str]) -> Run:
    """Seven apps go to a source that is bad on the host, one does not; all in one run."""
    other = packed(files("other"))
    link, dots = _tar(MENU, ("out", tarfile.SYMTYPE, "/tmp")), HOSTILE["dots"]
    put(HOST, f"{SERVED}/www", {"other.tar.gz": other, "link.tar": link, "dots.tar": dots, "text.zip": b"no archive"})
    return shops.deploy(
        branch={"git": GIT, "version": "mian"},
        tag={"git": GIT.replace("shop", "nothing")},
        commit={"git": GIT, "version": ZEROS},
        folder={"archive": f"{WWW}/dots.tar", "checksum": checksum(dots)},
        tarball={"archive": f"{WWW}/nothing.tar", "checksum": checksum(b"")},
        zip={"archive": f"{WWW}/link.tar", "checksum": checksum(link)},
        fetched={"archive": f"{WWW}/other.tar.gz", "checksum": checksum(b"")},
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("branch", '  source.version: "mian" is no branch, tag or commit there; its branches are: main, old'),
        (
            "tag",
            "  source.git: git://127.0.0.1:9418/nothing.git cannot be read:\n"
            "  fatal: remote error: access denied or repository not exported: /nothing.git",
        ),
        (
            "commit",
            f"  source.git: {ZEROS} of {GIT} cannot be fetched:\n"
            f"  fatal: remote error: upload-pack: not our ref {ZEROS}",
        ),
        ("folder", f"  source.archive: {WWW}/dots.tar: '../../../../../../tmp/pyhost-escaped' contains '..'"),
        ("tarball", f"  source.archive: {WWW}/nothing.tar cannot be fetched: HTTP Error 404: File not found"),
        ("zip", f"  source.archive: {WWW}/link.tar: 'out' is a symlink to '/tmp', outside the archive"),
        (
            "fetched",
            f"  source.archive: checksum of {WWW}/other.tar.gz is {checksum(packed(files('other')))}, "
            f"expected {checksum(b'')}",
        ),
    ],
    ids=["branch", "tag", "commit", "dots", "no-file", "link", "checksum"],
)
def test_source_that_the_host_refuses(failed: Run, menus: dict[str, str], name: str, says: str) -> None:
    head = f"{name} on {HOST} FAILED at release; the old version serves:\n"
    assert f"\n{head}{says}\n" in f"\n{failed.message()}\n"
    assert page(name)["menu"] == menus[name]


def test_run_fails_and_the_rest_is_done(failed: Run) -> None:
    assert failed.status != 0
    assert "Traceback" not in failed.output
    assert failed.message().count(" FAILED at ") == 7
    assert failed.rows[HOST]["checkout"]["failed"] is None


@pytest.fixture(scope="module")
def refused(failed: Run, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Archives on the controller are read before the host is asked."""
    folder = tmp_path_factory.mktemp("hostile")
    apps = []
    for name, data in HOSTILE.items():
        (folder / name).write_bytes(data)
        apps.append(app(name, {"archive": str(folder / name)}))
    run = deploy(apps, folder, HOST)
    assert run.status != 0
    assert run.changed == {HOST: 0}
    return run.message().replace(str(folder), "FOLDER")


def test_hostile_archives(refused: str) -> None:
    text = "\n".join(f"  {name}: source.archive: FOLDER/{name}: {says}" for name, says in SAYS.items())
    assert refused == f"{len(SAYS)} problems found, nothing was changed:\n{text}"


def test_nothing_was_written_outside(refused: str) -> None:
    assert not Path(OUTSIDE).exists()
    assert shell(HOST, f"ls -d {OUTSIDE} /home/*/{Path(OUTSIDE).name} 2>/dev/null || true") == ""
    assert shell(HOST, "find /home/*/releases -maxdepth 1 -name '.*' ; find /home/*/run -name 'download-*'") == ""


def test_good_sources_again_change_nothing(refused: str, shops: Shops) -> None:
    assert good(shops.deploy()).changed == {HOST: 0}


def test_removal_leaves_nothing(refused: str, shops: Shops) -> None:
    absent = [{"name": name, "state": "absent", "purge": True} for name in NAMES]
    good(deploy(absent, shops.folder, HOST))
    names = "|".join(NAMES)
    assert shell(HOST, f"grep -E '^({names}):' /etc/passwd /etc/group || true") == ""
    left = f"ls -d /home/checkout /home/fetched /etc/systemd/system/pyhost-*; ps -e -o user= | grep -E '^({names})'"
    found = shell(HOST, f"{{ {left}; }} 2>/dev/null || true")
    assert not any(name in found for name in NAMES)
    again = good(deploy(absent, shops.folder, HOST))
    assert again.changed == {HOST: 0}
