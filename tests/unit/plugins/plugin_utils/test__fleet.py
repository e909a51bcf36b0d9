# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils import _fleet


def row(libc, name="3.9-a", machine="x86_64", published=False):
    return {"name": name, "machine": machine, "libc": libc, "published": published}


@pytest.mark.parametrize(
    ("builds", "chosen"),
    [
        ({}, {}),
        ({"a": []}, {}),
        ({"a": [row("glibc 2.36")]}, {"3.9-a x86_64": "a"}),
        # the oldest C library, in numbers and not in letters; of equal ones the first host
        ({"a": [row("glibc 2.36")], "b": [row("glibc 2.9")]}, {"3.9-a x86_64": "b"}),
        ({"a": [row("glibc 2.36")], "b": [row("glibc 2.36")]}, {"3.9-a x86_64": "a"}),
        # each machine and each name for itself
        (
            {"a": [row("glibc 2.36"), row("glibc 2.36", "2.7-b")], "b": [row("glibc 2.41", machine="aarch64")]},
            {"3.9-a x86_64": "a", "2.7-b x86_64": "a", "3.9-a aarch64": "b"},
        ),
        # who can have what is published does not build, also for others
        ({"a": [row("glibc 2.41", published=True)], "b": [row("glibc 2.36")]}, {"3.9-a x86_64": "b"}),
        ({"a": [row("glibc 2.41", published=True)]}, {}),
    ],
)
def test_who_builds(builds, chosen):
    assert _fleet.builders(builds) == chosen


def test_packages_by_name_of_the_distribution():
    old = _fleet.packages(False, {"ID": "debian", "VERSION_ID": "12"})
    new = _fleet.packages(False, {"ID": "debian", "VERSION_ID": "13"})
    assert ("libssl3" in old, "libssl3t64" in old) == (True, False)
    assert ("libssl3" in new, "libssl3t64" in new, "libffi8" in new) == (False, True, True)
    assert _fleet.packages(False, {"ID": "ubuntu", "VERSION_ID": "22.04"}) == old
    assert _fleet.packages(False, {"ID": "ubuntu", "VERSION_ID": "24.04"}) == new
    assert _fleet.packages(False, {}) == old
    assert "build-essential" in _fleet.packages(True, {})


ABOUT = {"libc": "glibc 2.36", "modules": ["bz2"], "branch": "3.9", "version": "3.9.2"}
SUM = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # of abc, FIPS 180-2
NAME = "3.9-a"


def write(data):
    def fetch(path):
        with open(path, "wb") as file:
            file.write(data)

    return fetch


def test_what_is_published_is_found_where_it_runs(tmp_path):
    folder = tmp_path / "deep" / "folder"
    path = _fleet.publish(folder, NAME, "x86_64", {**ABOUT, "sha256": SUM}, write(b"abc"))
    assert path.read_bytes() == b"abc"
    found = _fleet.published(folder, NAME, "x86_64", "glibc 2.41")
    assert (found["path"], found["sha256"], found["modules"]) == (str(path), SUM, ["bz2"])
    for name, machine, libc in (
        (NAME, "x86_64", "glibc 2.31"),
        (NAME, "aarch64", "glibc 2.41"),
        ("3.9-b", "x86_64", "glibc 2.41"),
    ):
        assert _fleet.published(folder, name, machine, libc) == {}
    path.unlink()
    assert _fleet.published(folder, NAME, "x86_64", "glibc 2.41") == {}


def test_what_is_not_what_was_packed_is_not_published(tmp_path):
    with pytest.raises(_fleet.PyhostError, match=f"expected {SUM}"):
        _fleet.publish(tmp_path, NAME, "x86_64", {**ABOUT, "sha256": SUM}, write(b"abd"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"archive": "x"}), json.dumps({**ABOUT, "archive": 5})])
def test_a_note_that_says_nothing_counts_as_none(tmp_path, text):
    (tmp_path / f"{NAME}-x86_64.json").write_text(text)
    assert _fleet.published(tmp_path, NAME, "x86_64", "glibc 2.41") == {}
