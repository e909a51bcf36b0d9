# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys
import threading

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _store
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

BRANCH = ".".join(map(str, sys.version_info[:2]))
NAME = f"{BRANCH}-0123456789ab"
REAL = os.path.realpath(sys.executable)


def bringing(program=f'exec "{REAL}" "$@"', name=f"python{BRANCH}"):
    """What puts a Python of these tests' own into a stage: a program that leads to the one that runs them."""

    def bring(stage, final):
        (stage / "bin").mkdir(parents=True)
        (stage / "bin" / name).write_text(f"#!/bin/sh\n{program}\n")
        (stage / "bin" / name).chmod(0o755)

    return bring


def listed(runtimes):
    return sorted(path.name for path in (runtimes / "store").iterdir())


def test_what_works_is_kept_once(tmp_path):
    assert _store.keep(tmp_path, NAME, "archive", bringing()) is True
    [entry] = _store.entries(tmp_path)
    assert entry["name"] == NAME
    assert (entry["source"], entry["branch"]) == ("archive", BRANCH)
    assert entry["version"].startswith(f"{BRANCH}.")
    assert os.access(_store.interpreter(tmp_path, NAME), os.X_OK)
    for name in ("python", "python3"):
        assert os.readlink(tmp_path / "store" / NAME / "bin" / name) == f"python{BRANCH}"
    assert _store.keep(tmp_path, NAME, "archive", lambda stage, final: pytest.fail("it is there")) is False
    assert listed(tmp_path) == [".locks", NAME]


WRONG = [
    (bringing(name="perl"), f"Python {BRANCH}: what was brought holds no bin/python{BRANCH}"),
    (
        bringing("exit 3"),
        f"Python {BRANCH}: the interpreter that was brought does not work on this host: it ends with status 3 and says nothing",
    ),
    (
        bringing("echo libx.so.1 is missing >&2; exit 127"),
        f"Python {BRANCH}: the interpreter that was brought does not work on this host: libx.so.1 is missing",
    ),
    (
        bringing(f'case "$*" in *venv*) echo "No module named ssl" >&2; exit 1;; esac; exec "{REAL}" "$@"'),
        f"Python {BRANCH}: the interpreter that was brought lacks what apps need: No module named ssl",
    ),
]


@pytest.mark.parametrize(("bring", "error"), WRONG)
def test_what_does_not_work_is_not_kept(tmp_path, bring, error):
    with pytest.raises(PyhostError) as caught:
        _store.keep(tmp_path, NAME, "archive", bring)
    assert str(caught.value) == error
    assert listed(tmp_path) == [".locks"]


def test_another_branch_is_not_the_one_that_was_meant(tmp_path):
    with pytest.raises(PyhostError, match=f"Python 3.99: the interpreter that was brought is one of {BRANCH}"):
        _store.keep(tmp_path, "3.99-0123456789ab", "archive", bringing(name="python3"))
    assert listed(tmp_path) == [".locks"]


def test_what_an_interrupted_run_left_is_no_runtime(tmp_path):
    """Neither a stage nor a directory without its marker."""
    for name in (f".new-{NAME}", NAME):
        bringing()(tmp_path / "store" / name, None)
    assert _store.entries(tmp_path) == []
    assert _store.keep(tmp_path, NAME, "build", bringing()) is True
    assert [one["name"] for one in _store.entries(tmp_path)] == [NAME]
    assert listed(tmp_path) == [".locks", NAME]


def test_several_runs_bring_it_once(tmp_path):
    brought = []

    def bring(stage, final):
        brought.append(final)
        bringing()(stage, final)

    runs = [threading.Thread(target=_store.keep, args=(tmp_path, NAME, "archive", bring)) for _number in range(4)]
    for one in runs:
        one.start()
    for one in runs:
        one.join(30)
    assert brought == [tmp_path / "store" / NAME]
