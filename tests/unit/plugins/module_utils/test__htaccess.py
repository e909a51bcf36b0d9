# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._htaccess import fastcgi_script, rules

from tests.support.python27 import unknown

FLUP = """
class WSGIServer(object):
    def __init__(self, application):
        self.application = application

    def run(self):
        for name in ("/django.fcgi", "/sub/django.fcgi", "", "/mydjango.fcgi"):
            self.application({"SCRIPT_NAME": name, "PATH_INFO": "/x"}, None)
"""
APP = """
import os

def app(environ, start_response):
    print(__name__, repr(environ["SCRIPT_NAME"]), environ["PATH_INFO"], os.environ.get("SECRET"), os.getcwd())
"""


def test_the_rules_of_the_how_to():
    lines = rules("django.fcgi", ("media", "static.v1")).splitlines()[1:]
    assert lines == [
        "AddHandler fcgid-script .fcgi",
        "RewriteEngine On",
        "RewriteBase /",
        "RewriteRule ^(media/.*)$ - [L]",
        r"RewriteRule ^(static\.v1/.*)$ - [L]",
        r"RewriteCond %{REQUEST_URI} !^/django\.fcgi",
        "RewriteRule ^(.*)$ django.fcgi/$1 [QSA,L]",
    ]


def test_the_script_runs_the_app(tmp_path):
    code, lib = tmp_path / "it's code", tmp_path / "lib"
    (lib / "flup" / "server").mkdir(parents=True)
    code.mkdir()
    (lib / "flup" / "__init__.py").write_text("")
    (lib / "flup" / "server" / "__init__.py").write_text("")
    (lib / "flup" / "server" / "fcgi.py").write_text(FLUP)
    (code / "shop.py").write_text(APP)
    launch = tmp_path / "launch.json"
    launch.write_text(json.dumps({"process": {"environment": {"SECRET": "of the app"}}}))
    script = tmp_path / "django.fcgi"
    script.write_text(fastcgi_script(sys.executable, "shop:app", str(code), launch=str(launch)))
    script.chmod(0o755)
    done = subprocess.run(
        [str(script)],
        env={"PYTHONPATH": str(lib), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names = ["''", "'/sub'", "''", "'/mydjango.fcgi'"]
    assert done.stdout.splitlines() == [f"shop {name} /x of the app {code}" for name in names]
    assert "of the app" not in script.read_text()


def test_processes_and_old_pythons():
    text = fastcgi_script("/p", "shop", "/c", threads=False)
    assert "from flup.server.fcgi_fork import WSGIServer" in text
    assert "from shop import application as own" in text
    assert unknown(text) == []


@pytest.mark.parametrize("python", ["/home/ann/a path/python", f"/home/ann/{'x' * 120}/python"])
def test_an_interpreter_that_no_kernel_finds(python):
    with pytest.raises(PyhostError, match="choose a shorter path"):
        fastcgi_script(python, "shop:app", "/c")
