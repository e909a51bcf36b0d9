# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action half of stage runtimes by itself, as the role python uses it: what the host is asked to bring."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

CONTENT = b"an archive"
SUM = hashlib.sha256(CONTENT).hexdigest()
OURS = "/home/me/pyhost/python"


@pytest.fixture
def looked(run, host):
    """A run whose host has 3.11 of the distribution, and an empty store."""
    look = {**host, "root": True, "store": [], "libc": "glibc 2.36", "machine": "x86_64"}

    def answer(job):
        if job["step"] == "look":
            return {"changed": False, "look": look}
        if job["step"] == "pack":
            return {"path": "/host/x.tar.gz", "sha256": SUM, "modules": ["bz2"], "branch": "3.9", "version": "3.9.2"}
        return {"changed": True, "interpreters": []}

    run.answers["runtimes"] = answer
    return run, look


def orders(run):
    return [order for _name, job in run.jobs for order in job.get("orders", ())]


def test_what_is_there_is_adopted(looked):
    run, _look = looked
    assert run.stage("runtimes", branches=["3.11"])["changed"] is True
    assert orders(run) == [{"branch": "3.11", "real": "/usr/bin/python3.11"}]


def test_the_first_source_brings_it(looked):
    run, _look = looked
    archive = {"source": "archive", "branch": "3.12", "url": "https://x/y.tar.gz", "sha256": SUM}
    run.stage("runtimes", branches=["3.12", "3.11"], sources=["distro", archive, "uv"])
    assert [(one["branch"], one.get("source", {}).get("kind")) for one in orders(run)] == [
        ("3.12", "archive"),
        ("3.11", None),
    ]
    [asked] = [job for _name, job in run.jobs if "orders" in job]
    assert asked["uv"] == "/home/me/pyhost/tools/bin/uv"


def test_check_mode_brings_nothing_and_says_what_packages_come_first(looked):
    run, look = looked
    look["packaged"] = ["3.13"]
    found = run.stage("runtimes", check=True, branches=["3.11", "3.13"])
    assert (found["changed"], found["packages"]) == (True, ["python3.13"])
    assert orders(run) == []
    adopted = {**look["interpreters"][0], "path": f"{OURS}/3.11/bin/python"}
    look["interpreters"].insert(0, adopted)
    assert run.stage("runtimes", check=True, branches=["3.11"])["changed"] is False


def test_everything_that_cannot_be_had_is_named_before_anything_is_brought(looked):
    run, _look = looked
    found = run.stage("runtimes", branches=["2.7", "3.11", "3.6"], sources=["path", "distro"])
    assert found["failed"] is True
    assert 'python: "2.7" cannot be had on this host' in found["msg"]
    assert 'python: "3.6" cannot be had on this host' in found["msg"]
    assert orders(run) == []


def test_wrong_sources_are_refused_before_the_host_is_asked(looked):
    run, _look = looked
    found = run.stage("runtimes", branches=["3.11"], sources=["apt", {"source": "archive"}])
    assert found["failed"] is True
    assert "python_sources[0].source" in found["msg"]
    assert "python_sources[1].sha256: is missing for archive" in found["msg"]
    assert run.jobs == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "cannot be read: No such file or directory"), (b"another", f"expected {SUM}")],
)
def test_a_wrong_file_of_the_controller_is_not_sent(looked, tmp_path, content, problem):
    run, _look = looked
    if content is not None:
        (tmp_path / "python.tar.gz").write_bytes(content)
    archive = {"source": "archive", "branch": "3.12", "file": "python.tar.gz", "sha256": SUM}
    found = run.stage("runtimes", branches=["3.12"], sources=[archive], base=str(tmp_path))
    assert found["failed"] is True
    assert problem in found["msg"]
    assert orders(run) == []


BUILD = {"source": "build", "branch": "3.9", "url": "https://x/Python-3.9.2.tar.xz", "sha256": SUM, "optimised": False}


@pytest.fixture
def building(looked, tmp_path):
    """A run that wants 3.9 built; the controller keeps what is built in ``tmp_path``."""
    run, look = looked
    fetched = []

    def fetch(path, target):
        fetched.append(path)
        Path(target).write_bytes(CONTENT)

    run.fetch = fetch
    args = {"branches": ["3.9"], "sources": [BUILD], "published": str(tmp_path / "published")}
    return run, look, args, fetched


def steps(run):
    return [job["step"] for _name, job in run.jobs]


def test_a_build_is_announced_and_one_host_does_it(building):
    run, _look, args, fetched = building
    [row] = run.stage("runtimes", check=True, **args)["builds"]
    name = row["name"]
    assert row == {"name": name, "machine": "x86_64", "libc": "glibc 2.36", "published": False}
    other = {**row, "libc": "glibc 2.31"}
    asked = run.stage("runtimes", check=True, **args, peers={run.host: [row], "older": [other]})
    assert (asked["changed"], "libssl3" in asked["packages"], "build-essential" in asked["packages"]) == (
        False,
        True,
        False,
    )
    run.jobs.clear()
    assert run.stage("runtimes", **args, peers={run.host: [row], "older": [other]})["changed"] is False
    assert steps(run) == ["look"]
    asked = run.stage("runtimes", check=True, **args, peers={"newer": [{**row, "libc": "glibc 2.41"}], run.host: [row]})
    assert (asked["changed"], "build-essential" in asked["packages"]) == (True, True)
    assert fetched == []


def test_what_was_built_is_kept_and_sent_to_the_next(building):
    run, look, args, fetched = building
    [row] = run.stage("runtimes", check=True, **args)["builds"]
    run.jobs.clear()
    assert run.stage("runtimes", **args, peers={run.host: [row]})["changed"] is True
    assert steps(run) == ["look", "make", "pack", "packed"]
    assert fetched == ["/host/x.tar.gz"]
    run.jobs.clear()
    [again] = run.stage("runtimes", check=True, **args)["builds"]
    assert again == {**row, "published": True}
    run.stage("runtimes", **args)
    [order] = orders(run)
    assert (order["published"], order["modules"]) == (SUM, ["bz2"])
    [(path, target)] = run.sent
    assert (Path(path).read_bytes(), target) == (CONTENT, order["sent"])
    # an older C library cannot run it
    look["libc"] = "glibc 2.31"
    assert run.stage("runtimes", check=True, **args)["builds"][0]["published"] is False


def test_what_was_not_fetched_whole_is_not_kept(building):
    run, _look, args, _fetched = building
    run.fetch = lambda path, target: Path(target).write_bytes(CONTENT[:4])
    [row] = run.stage("runtimes", check=True, **args)["builds"]
    found = run.stage("runtimes", **args, peers={run.host: [row]})
    assert found["failed"] is True
    assert f"expected {SUM}" in found["msg"]
    assert steps(run)[-1] == "packed"
    assert run.stage("runtimes", check=True, **args)["builds"] == [row]
