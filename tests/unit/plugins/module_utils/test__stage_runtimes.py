# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _pythons, _store
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource
from ansible_collections.pyhost.platform.plugins.module_utils._stage_runtimes import runtimes

BRANCH = ".".join(map(str, sys.version_info[:2]))
REAL = os.path.realpath(sys.executable)
COMMON = {"scope": "account", "python_paths": [], "uv": "", "environment": {}, "step": "make"}


@pytest.fixture
def source(tmp_path):
    """An archive with a program that leads to the Python of these tests, and where it lies."""
    text = f'#!/bin/sh\nexec "{REAL}" "$@"\n'.encode()
    path = tmp_path / "python.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in (f"python{BRANCH}", "idle"):
            member = tarfile.TarInfo(f"python/bin/{name}")
            member.size, member.mode = len(text), 0o755
            archive.addfile(member, io.BytesIO(text))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PythonSource("archive", (BRANCH,), str(path), True, digest)


def order(source):
    return {"branch": BRANCH, "source": source.to_dict(), "sent": source.location}


def test_what_a_source_brings_is_adopted_and_stays(tmp_path, source):
    job = {**COMMON, "root": str(tmp_path / "root"), "orders": [order(source)]}
    assert runtimes(job)["changed"] is True
    name = source.name(BRANCH)
    base = tmp_path / "root" / "python"
    for program in ("python", "python3", f"python{BRANCH}"):
        assert os.readlink(base / BRANCH / "bin" / program) == f"{base}/store/{name}/bin/python{BRANCH}"
    assert _pythons.ask(str(base / BRANCH / "bin" / "python"))["branch"] == BRANCH
    os.unlink(source.location)
    assert runtimes(job)["changed"] is False


def test_another_content_is_brought_beside_and_taken_over(tmp_path, source):
    job = {**COMMON, "root": str(tmp_path / "root"), "orders": [order(source)]}
    runtimes(job)
    path = Path(source.location)
    with gzip.open(path) as before:
        content = before.read()
    path.write_bytes(gzip.compress(content, 1))
    newer = PythonSource("archive", (BRANCH,), source.location, True, hashlib.sha256(path.read_bytes()).hexdigest())
    assert runtimes({**job, "orders": [order(newer)]})["changed"] is True
    base = tmp_path / "root" / "python"
    assert newer.name(BRANCH) in os.readlink(base / BRANCH / "bin" / "python")
    assert {path.name for path in (base / "store").glob("3*")} == {source.name(BRANCH), newer.name(BRANCH)}


def test_what_is_there_is_adopted(tmp_path):
    job = {**COMMON, "root": str(tmp_path), "orders": [{"branch": BRANCH, "real": REAL}]}
    assert runtimes(job)["changed"] is True
    assert os.readlink(tmp_path / "python" / BRANCH / "bin" / "python") == REAL
    assert runtimes(job)["changed"] is False


def test_a_source_that_fails_leaves_what_was_adopted(tmp_path, source):
    job = {**COMMON, "root": str(tmp_path / "root"), "orders": [{"branch": BRANCH, "real": REAL}]}
    runtimes(job)
    wrong = PythonSource("archive", (BRANCH,), source.location, True, "ab" * 32)
    with pytest.raises(PyhostError, match="expected"):
        runtimes({**job, "orders": [order(wrong)]})
    base = tmp_path / "root" / "python"
    assert os.readlink(base / BRANCH / "bin" / "python") == REAL
    assert [path.name for path in (base / "store").iterdir()] == [".locks"]


def test_a_look_tells_what_the_store_has(tmp_path, source):
    job = {**COMMON, "root": str(tmp_path / "root"), "branches": [], "step": "look"}
    assert runtimes(job)["look"]["store"] == []
    runtimes({**job, "step": "make", "orders": [order(source)]})
    look = runtimes(job)["look"]
    assert look["store"] == [source.name(BRANCH)]
    assert look["runtimes_directory"] == f"{tmp_path}/root/python"


def test_what_one_host_has_made_is_installed_from_its_archive_by_another(tmp_path, source):
    """The source itself is not fetched: what was made of it came instead."""
    one, other = tmp_path / "one", tmp_path / "other"
    runtimes({**COMMON, "root": str(one), "orders": [order(source)]})
    packed = runtimes({**COMMON, "root": str(one), "step": "pack", "name": source.name(BRANCH)})
    assert packed["sha256"] == hashlib.sha256(Path(packed["path"]).read_bytes()).hexdigest()
    assert (packed["branch"], packed["version"]) == (BRANCH, ".".join(map(str, sys.version_info[:3])))
    built = PythonSource("build", (BRANCH,), "https://nowhere.invalid/x.tar.xz", sha256="ab" * 32)
    made = {"sent": packed["path"], "published": packed["sha256"], "modules": packed["modules"]}
    job = {**COMMON, "root": str(other), "orders": [{"branch": BRANCH, "source": built.to_dict(), **made}]}
    assert runtimes(job)["changed"] is True
    assert _pythons.ask(str(other / "python" / BRANCH / "bin" / "python"))["branch"] == BRANCH
    assert runtimes({**COMMON, "root": str(one), "step": "packed", "name": source.name(BRANCH)})["changed"] is False
    assert not Path(packed["path"]).exists()


def test_one_that_lacks_modules_here_is_not_used(tmp_path, source):
    job = {**COMMON, "root": str(tmp_path / "root"), "orders": [{**order(source), "modules": ["sqlite3", "nosuch"]}]}
    with pytest.raises(PyhostError, match="nosuch cannot be imported on this host"):
        runtimes(job)
    assert not (tmp_path / "root" / "python" / BRANCH).exists()


def test_one_branch_that_fails_keeps_no_other_from_coming(tmp_path, source):
    wrong = PythonSource("archive", ("3.99",), source.location, True, "ab" * 32)
    orders = [{"branch": "3.99", "source": wrong.to_dict(), "sent": source.location}, order(source)]
    with pytest.raises(PyhostError, match="expected"):
        runtimes({**COMMON, "root": str(tmp_path / "root"), "orders": orders})
    assert (tmp_path / "root" / "python" / BRANCH / "bin" / "python").exists()


KILLED = 77
DYING = """\
import json, os, sys
sys.path.insert(0, {path!r})
sys.dont_write_bytecode = True
import conftest  # makes the collection importable
from ansible_collections.pyhost.platform.plugins.module_utils import _pythons
from ansible_collections.pyhost.platform.plugins.module_utils._stage_runtimes import runtimes

EVENTS = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.chmod", "os.utime", "subprocess.Popen", "open")
last, count = int(sys.argv[1]), 0


def hook(event, words):
    global count
    if event in EVENTS and (event != "open" or words[2] & os.O_CREAT):
        count += 1
        if count == last:
            os._exit({killed})


job = json.load(sys.stdin)
_pythons.discover = lambda *about: []
os.sync = lambda: None
sys.addaudithook(hook)
runtimes(job)
"""


@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_at_any_point_nothing_half_is_ever_used(tmp_path, source, monkeypatch, step):
    """What was in use goes on, and the next run ends it."""
    monkeypatch.setattr(_pythons, "discover", lambda *about: [])  # It asks every Python of this machine.
    monkeypatch.setattr(os, "sync", lambda: None)
    root = tmp_path / "root"
    base, wanted = root / "python", source.name(BRANCH)
    job = {**COMMON, "root": str(root), "orders": [order(source)]}
    unit = Path(__file__).parents[2]
    program = DYING.format(path=str(unit), killed=KILLED)
    adopted = {**job, "orders": [{"branch": BRANCH, "real": REAL}]}
    points = killed = 0
    while True:
        shutil.rmtree(root, ignore_errors=True)
        runtimes(adopted)
        words = [sys.executable, "-c", program, str(points + step)]
        done = subprocess.run(words, input=json.dumps(job), text=True, capture_output=True, timeout=60, check=False)
        if done.returncode == 0:
            break
        assert done.returncode == KILLED, done.stderr
        points, killed = points + step, killed + 1
        leads = os.readlink(base / BRANCH / "bin" / "python")
        assert leads in (REAL, f"{base}/store/{wanted}/bin/python{BRANCH}")
        assert _pythons.ask(str(base / BRANCH / "bin" / "python"))["branch"] == BRANCH
        names = [one["name"] for one in _store.entries(base)]
        assert names in ([], [wanted])
        runtimes(job)
        assert os.readlink(base / BRANCH / "bin" / "python") == f"{base}/store/{wanted}/bin/python{BRANCH}"
        assert sorted(path.name for path in (base / "store").iterdir()) == [".locks", wanted]
    assert killed >= 40 // step
