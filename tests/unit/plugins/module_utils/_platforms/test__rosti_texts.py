# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program `virtualenv` of an image, run by a real shell on a real virtualenv."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._rosti_texts import PYTHON, VIRTUALENV


@pytest.fixture
def image(tmp_path):
    """The virtualenv in force, with something called pip and gunicorn; returns what runs a program of the image."""
    venv = tmp_path / "current" / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (site,) = venv.glob("lib/python*/site-packages")
    for name in ("pip", "gunicorn"):
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("")
        (site / f"{name}-1.dist-info").mkdir()
        (venv / "bin" / name).write_text(f"#!{venv}/bin/python\nimport sys, {name}\nprint(sys.prefix)\n")
    (tmp_path / "venv").symlink_to("current/venv")

    def run(text, *words):
        program = tmp_path / "program"
        program.write_text(text.replace("/srv/current", str(tmp_path / "current")))
        line = ["/bin/sh", str(program), *words]
        return subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_R05_the_python_of_the_image(image):
    code = "import sys; print(sys.prefix)"
    assert image(PYTHON, "-c", code).stdout.strip() == os.path.realpath(sys.base_prefix)


def test_R05_a_virtualenv_with_pip_and_gunicorn(image, tmp_path):
    (tmp_path / "venv").unlink()
    made = image(VIRTUALENV, "-p", "python3", "venv")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith("venv: Python 3")
    for name in ("pip", "gunicorn"):
        said = subprocess.run([str(tmp_path / "venv" / "bin" / name)], capture_output=True, text=True, check=True)
        assert said.stdout.strip() == str(tmp_path / "venv")
    again = image(VIRTUALENV, "--upgrade", "venv")
    assert again.returncode == 0, again.stderr


def test_what_a_deploy_keeps_is_not_replaced(image, tmp_path):
    refused = image(VIRTUALENV, "venv")
    assert refused.returncode == 1
    assert "remove it first" in refused.stderr
    assert (tmp_path / "venv").is_symlink()


def test_R05_an_upgrade_of_what_a_deploy_keeps_has_nothing_to_do(image, tmp_path):
    done = image(VIRTUALENV, "--upgrade", "venv")
    assert (done.returncode, done.stderr) == (0, "")
    assert "fits the image already" in done.stdout
    assert (tmp_path / "venv").is_symlink()


def test_a_virtualenv_needs_a_name(image):
    assert image(VIRTUALENV).returncode == 2
