# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._choose import (
    Choice,
    choose,
    distribution_branch,
    key,
)
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource

BOOKWORM = {"ID": "debian", "VERSION_ID": "12"}


def row(branch, path="", real=""):
    return {"branch": branch, "path": path or f"/usr/bin/python{branch}", "real": real or f"/usr/bin/python{branch}"}


def host(*branches, root=True, os=None, packaged=(), lists=True):
    return {
        "interpreters": [row(branch) for branch in branches],
        "root": root,
        "os": BOOKWORM if os is None else os,
        "packaged": list(packaged),
        "lists": lists,
    }


HAD = [
    # wanted, default, aliases, host, choice
    ("3.11", "", {}, host("3.11", "3.13"), Choice("3.11", row("3.11"))),
    ("3.11", "3.13", {}, host("3.11", "3.13"), Choice("3.11", row("3.11"))),
    ("", "3.13", {}, host("3.11", "3.13"), Choice("3.13", row("3.13"))),
    # an alias leads elsewhere, for a wanted branch and for the default
    ("2.7", "", {"2.7": "3.11"}, host("3.11"), Choice("3.11", row("3.11"))),
    ("", "3.4", {"3.4": "3.11"}, host("3.9", "3.11", "3.13"), Choice("3.11", row("3.11"))),
    # the default cannot be had: the newest there, in order of numbers and not of letters; never Python 2
    ("", "3.12", {}, host("3.9", "3.13", "3.10", "2.7"), Choice("3.13", row("3.13"))),
    ("", "", {}, host("3.9", "3.10"), Choice("3.10", row("3.10"))),
    # packages
    ("3.12", "", {}, host("3.11", packaged=["3.12"]), Choice("3.12", None, "python3.12")),
    ("3.11", "", {}, host("3.13"), Choice("3.11", None, "python3.11")),
    ("", "3.11", {}, host("3.13"), Choice("3.11", None, "python3.11")),
    ("", "", {}, host(), Choice("3.11", None, "python3.11")),
    ("", "3.12", {}, host("2.7"), Choice("3.11", None, "python3.11")),
    # no package lists yet: installing will tell, but only for a branch that was asked for
    ("3.12", "", {}, host("3.11", lists=False), Choice("3.12", None, "python3.12")),
    ("", "3.12", {}, host("3.11", lists=False), Choice("3.11", row("3.11"))),
]


@pytest.mark.parametrize(("wanted", "default", "aliases", "there", "choice"), HAD)
def test_had(wanted, default, aliases, there, choice):
    assert choose(wanted, default, aliases, there) == choice


def test_the_first_interpreter_of_a_branch_is_the_preferred_one():
    there = host()
    there["interpreters"] = [row("3.13", "/opt/python/3.13/bin/python"), row("3.13")]
    assert choose("3.13", "", {}, there) == Choice("3.13", row("3.13", "/opt/python/3.13/bin/python"))


SUM = "ab" * 32
ARCHIVE = PythonSource("archive", ("3.12",), "https://x/y", sha256=SUM)
UV = PythonSource("uv", ("3.11", "3.12", "3.13"))
PATH, DISTRO = PythonSource("path"), PythonSource("distro")
OPT, BUILT = "/opt/python/3.12/bin/python", "/srv/built/bin/python3.12"
STORED = f"/opt/python/store/{ARCHIVE.name('3.12')}/bin/python3.12"
OLDER = "/opt/python/store/3.12-000000000000/bin/python3.12"

BY_SOURCE = [
    # sources, interpreters, packaged, choice
    ((ARCHIVE, UV), [], [], Choice("3.12", None, source=ARCHIVE)),
    ((UV, ARCHIVE), [], [], Choice("3.12", None, source=UV)),
    ((DISTRO, ARCHIVE), [], ["3.12"], Choice("3.12", None, "python3.12")),
    ((DISTRO, ARCHIVE), [], [], Choice("3.12", None, source=ARCHIVE)),
    ((ARCHIVE, DISTRO), [row("3.12")], ["3.12"], Choice("3.12", None, source=ARCHIVE)),
    # what the store has of just this content is taken, and of another content is not
    ((ARCHIVE,), [row("3.12", OPT, STORED)], [], Choice("3.12", row("3.12", OPT, STORED))),
    ((ARCHIVE,), [row("3.12", OPT, OLDER)], [], Choice("3.12", None, source=ARCHIVE)),
    # the order decides between what is there, also against what was adopted
    ((PATH, DISTRO), [row("3.12"), row("3.12", BUILT, BUILT)], [], Choice("3.12", row("3.12", BUILT, BUILT))),
    ((DISTRO, PATH), [row("3.12", BUILT, BUILT), row("3.12")], [], Choice("3.12", row("3.12"))),
    ((DISTRO, PATH), [row("3.12", OPT, BUILT)], [], Choice("3.12", row("3.12", OPT, BUILT))),
    # a source that went away leaves what it brought
    ((DISTRO,), [row("3.12", OPT, OLDER)], [], Choice("3.12", row("3.12", OPT, OLDER))),
]


@pytest.mark.parametrize(("sources", "found", "packaged", "choice"), BY_SOURCE)
def test_the_first_source_that_has_the_branch(sources, found, packaged, choice):
    there = {**host(packaged=packaged), "interpreters": found, "machine": "x86_64"}
    assert choose("3.12", "", {}, there, sources) == choice


def test_what_no_source_has_is_refused():
    there = {**host(packaged=["3.10"]), "machine": "x86_64"}
    with pytest.raises(PyhostError, match=r"it has or can install: 3\.11, 3\.12, 3\.13\. "):
        choose("2.7", "", {}, there, (ARCHIVE, UV))
    with pytest.raises(PyhostError):
        choose("3.10", "", {}, there, (ARCHIVE, UV))


FIX = "Write one of these, or let pyhost_python_sources say where it comes from"
REFUSED = [
    (
        "3.8", {}, host("3.13", "3.9"),
        f'python: "3.8" cannot be had on this host; it has or can install: 3.9, 3.11, 3.13. {FIX}',
    ),
    (
        "2.7", {"2.7": "3.8"}, host("3.13", root=False),
        f'python: "2.7" (pyhost_python_aliases maps it to 3.8) cannot be had on this host; '
        f"it has or can install: 3.13. {FIX}",
    ),
    (
        "3.8", {}, host(root=False, lists=False),
        f'python: "3.8" cannot be had on this host; it has or can install: none. {FIX}',
    ),
    (
        "3.8", {}, host(os={"ID": "fedora", "VERSION_ID": "42"}, lists=False),
        f'python: "3.8" cannot be had on this host; it has or can install: none. {FIX}',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("wanted", "aliases", "there", "message"), REFUSED)
def test_refused(wanted, aliases, there, message):
    with pytest.raises(PyhostError) as caught:
        choose(wanted, "", aliases, there)
    assert str(caught.value) == message


def test_no_python_at_all():
    with pytest.raises(PyhostError) as caught:
        choose("", "3.13", {}, host("2.7", root=False))
    assert str(caught.value) == "python: no Python 3 was found on this host; set pyhost_python_paths"


def test_order_of_branches():
    assert sorted(["3.9", "3.13", "2.7", "3.10"], key=key) == ["2.7", "3.9", "3.10", "3.13"]


@pytest.mark.parametrize(
    ("system", "root", "branch"),
    [
        (BOOKWORM, True, "3.11"),
        (BOOKWORM, False, ""),
        ({"ID": "debian", "VERSION_ID": "13"}, True, "3.13"),
        ({"ID": "ubuntu", "VERSION_ID": "24.04"}, True, "3.12"),
        ({"ID": "debian"}, True, ""),
        ({}, True, ""),
    ],
)
def test_distribution(system, root, branch):
    assert distribution_branch(host(os=system, root=root)) == branch
