# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The default stages are run by bash, with stand-ins for python and gunicorn that say how they were called."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._s2i_scripts import ASSEMBLE, RUN, UNKNOWN

BASH = shutil.which("bash")
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $* [$GUNICORN_CMD_ARGS] $$"
"""
PYTHON = """#!/bin/sh
case "$*" in
  "-c import django") exit ${NO_DJANGO:-0} ;;
  "setup.py --name") echo running; echo testapp ;;
  *collectstatic*) echo "python $*"; exit ${FAILS:-0} ;;
  *) echo "python $*" ;;
esac
"""


@pytest.fixture
def cell(tmp_path):
    """Runs a stage in a tree; returns its status and lines."""
    programs = tmp_path / "programs"
    programs.mkdir()

    def call(script, files=(), gunicorn=True, **environment):
        tree = tmp_path / "tree"
        tree.mkdir(exist_ok=True)
        for name in files:
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text("")
        for name, text in {"python": PYTHON, **({"gunicorn": STAND_IN} if gunicorn else {})}.items():
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        stage = tmp_path / "stage"
        stage.write_text(script)
        env = {"PATH": f"{programs}:{os.environ['PATH']}", **environment}
        # A hook sources the stage and prints before it.
        words = [BASH, "-c", f"echo before; . {stage}; echo after"]
        done = subprocess.run(words, cwd=tree, env=env, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines()[1:], done.stderr.splitlines()

    return call


def test_N02_the_run_order(cell):
    status, said, _errors = cell(RUN, ["wsgi.py", "app.py"])
    assert (status, said[0].rpartition(" ")[0]) == (0, "gunicorn wsgi [--bind=0.0.0.0:8080 --access-logfile=-]")


def test_N02_app_py_without_gunicorn(cell):
    assert cell(RUN, ["wsgi.py", "app.py"], gunicorn=False)[:2] == (0, ["python app.py"])


def test_N02_nothing_to_run(cell):
    assert cell(RUN, ["wsgi.py"], gunicorn=False) == (1, [], list(UNKNOWN))


def test_N03_the_name_of_setup_py(cell):
    assert cell(RUN, ["setup.py"])[1][0].startswith("gunicorn testapp [")


def test_N05_the_configuration_file(cell):
    said = cell(RUN, ["wsgi.py"], GUNICORN_CONFIG="my conf.py", APP_CONFIG="old.py")[1][0]
    assert said.startswith("gunicorn wsgi --config my conf.py [")


def test_N12_debug(cell):
    assert "--reload --log-level=debug]" in cell(RUN, ["wsgi.py"], DEBUG="TRUE")[1][0]
    assert "--reload" not in cell(RUN, ["wsgi.py"], DEBUG="FALSE")[1][0]


@pytest.mark.parametrize("value", ["echo a b", '"echo a b"', "'echo a b'"])
def test_N04_app_run(cell, value):
    assert cell(RUN, ["wsgi.py", "app.py"], APP_RUN=value)[:2] == (0, ["a b"])


def test_N10_the_default_build(cell):
    status, said, _errors = cell(ASSEMBLE, ["setup.py", "a/manage.py", "b/c/manage.py"], PIP_UPGRADE="TRUE")
    assert status == 0
    assert [line for line in said if not line.startswith("--->")] == [
        "python -m pip install -U pip",
        "python -m pip install -r requirements.txt",
        "python a/manage.py collectstatic --noinput",
        "after",
    ]


def test_N08_no_collectstatic(cell):
    files = ["requirements.txt", "manage.py"]
    for more in ({"DISABLE_COLLECTSTATIC": "TRUE"}, {"NO_DJANGO": "1"}):
        assert not any("collectstatic" in line for line in cell(ASSEMBLE, files, **more)[1])


def test_N08_collectstatic_that_fails(cell):
    status, said, _errors = cell(ASSEMBLE, ["requirements.txt", "manage.py"], FAILS="3")
    assert status == 3
    assert "after" not in said
