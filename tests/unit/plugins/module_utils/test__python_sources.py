# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource, chosen, read

SUM = "ab" * 32
ARCHIVE = {"source": "archive", "branch": "3.12", "url": "https://example.org/python.tar.gz", "sha256": SUM}
BUILD = {"source": "build", "branch": "2.7", "file": "Python-2.7.18.tar.xz", "sha256": SUM, "optimised": False}


def test_a_list_of_sources():
    sources, problems = read(
        ["path", {"source": "distro"}, ARCHIVE, BUILD, "uv", {"source": "uv", "branches": ["3.13"]}]
    )
    assert problems == []
    assert [(one.kind, one.branches) for one in sources] == [
        ("path", ()),
        ("distro", ()),
        ("archive", ("3.12",)),
        ("build", ("2.7",)),
        ("uv", ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")),
        ("uv", ("3.13",)),
    ]
    archive, build = sources[2:4]
    assert (archive.location, archive.local, archive.sha256) == (ARCHIVE["url"], False, SUM)
    assert (build.location, build.local, build.optimised) == (BUILD["file"], True, False)
    assert [PythonSource.from_dict(one.to_dict()) for one in sources] == list(sources)


WRONG = [
    ("path", "pyhost_python_sources: 'path' is no list; write for example [path, distro]"),
    ([1], "pyhost_python_sources[0]: 1 is no source; write one of path, distro, archive, uv, build, or a mapping with the key source"),
    (["apt"], 'pyhost_python_sources[0].source: "apt" is no source; known are: path, distro, archive, uv, build'),
    (["archive"], "pyhost_python_sources[0].branch: is missing for archive"),
    ([{**ARCHIVE, "sha256": "ab"}], "pyhost_python_sources[0].sha256: 'ab' is no SHA-256; write its 64 hexadecimal digits, as sha256sum prints them"),
    ([{**ARCHIVE, "branch": 3.12}], "pyhost_python_sources[0].branch: 3.12 is no branch; write for example \"3.12\", with quotes"),
    ([{**ARCHIVE, "branch": "3.12.1"}], "pyhost_python_sources[0].branch: '3.12.1' is no branch; write for example \"3.12\", with quotes"),
    ([{**ARCHIVE, "file": "x.tar"}], "pyhost_python_sources[0]: archive needs one of url and file"),
    ([{**ARCHIVE, "url": "ftp://x/y"}], "pyhost_python_sources[0].url: 'ftp://x/y' is no http:// or https:// address"),
    ([{**ARCHIVE, "mirror": "https://x/y"}], "pyhost_python_sources[0].mirror: is unknown for archive; known are: branch, file, machine, sha256, url"),
    ([{**BUILD, "optimised": "yes"}], "pyhost_python_sources[0].optimised: 'yes' is neither true nor false"),
    ([{"source": "uv", "branches": "3.12"}], "pyhost_python_sources[0].branches: '3.12' is no list of branches; write for example [\"3.12\"]"),
    ([{"source": "path", "url": "https://x/y"}], "pyhost_python_sources[0].url: is unknown for path; known are: none"),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "problem"), WRONG)
def test_what_is_wrong_is_named(entries, problem):
    sources, problems = read(entries)
    assert sources == ()
    assert str(problems[0]) == problem


def test_all_that_is_wrong_is_told_at_once():
    _sources, problems = read(["apt", "path", {"source": "archive", "url": 5}])
    assert [one.key for one in problems] == [
        "pyhost_python_sources[0].source",
        "pyhost_python_sources[2].branch",
        "pyhost_python_sources[2].sha256",
        "pyhost_python_sources[2].url",
    ]


def test_a_content_has_a_name():
    [one], _none = read([ARCHIVE])
    [other], _none = read([{**ARCHIVE, "sha256": "cd" * 32}])
    [moved], _none = read([{**ARCHIVE, "url": "https://example.net/other.tar.gz"}])
    assert one.name("3.12").startswith("3.12-")
    assert len({one.name("3.12"), other.name("3.12"), one.name("3.11")}) == 3
    assert moved.name("3.12") == one.name("3.12")


@pytest.mark.parametrize(
    ("branch", "machine", "found", "kind"),
    [
        ("3.12", "x86_64", (), "archive"),
        ("3.12", "aarch64", (), "uv"),
        ("3.12", "x86_64", ("distro",), "archive"),
        ("3.12", "x86_64", ("path", "distro"), "path"),
        ("3.13", "x86_64", ("distro",), "distro"),
        ("3.13", "x86_64", (), "uv"),
        ("2.7", "x86_64", (), "build"),
        ("3.6", "x86_64", (), None),
    ],
)
def test_the_first_source_that_has_it(branch, machine, found, kind):
    sources, problems = read(["path", {**ARCHIVE, "machine": "x86_64"}, "distro", "uv", BUILD])
    assert problems == []
    one = chosen(branch, machine, sources, found)
    assert (one.kind if one else None) == kind
