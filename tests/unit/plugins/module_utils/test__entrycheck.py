# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._entrycheck import answer_in, check_entry
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._process import start_time
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

APP = "def application(environ, start_response):\n    return []\n"


class Code:
    """An app's directory, and the check of its entry point with this Python."""

    def __init__(self, root):
        self.root = root / "code"
        self.root.mkdir()
        self.temporary = root / "tmp"
        self.temporary.mkdir()

    def write(self, text, name="wsgi.py"):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, target="wsgi:application", server="gunicorn", seconds=20, conf=None, build=60, **environment):
        process = {"server": server, "cwd": str(self.root), "environment": environment}
        launch = {"process": process, "health": {"timeout": seconds}}
        plan = {"launch": launch, "target": target, "conf": conf or {}}
        return check_entry(plan, sys.executable, self.temporary, Deadline(build))

    def refused(self, *words, **settings):
        with pytest.raises(PyhostError) as caught:
            self.check(*words, **settings)
        return str(caught.value)


@pytest.fixture
def code(tmp_path):
    return Code(tmp_path)


GOOD = [
    # text, target, server
    (APP, "wsgi:application", "gunicorn"),
    ("def create_app(name='x'):\n    raise SystemExit('never called')\n", "wsgi:create_app('y')", "gunicorn"),
    ("class Site:\n    class api:\n        def __call__(self): pass\nsite = Site()\n", "wsgi:site.api", "uvicorn"),
    ("import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n" + APP, "wsgi:application",
     "gunicorn"),
    ("import sys\nprint('x' * 100000)\nsys.stdout.close()\n" + APP, "wsgi:application", "gunicorn"),
    ("import uwsgi\n" + APP, "wsgi:application", "uwsgi"),
    ("import os\nassert os.environ['KEY'] == '1' and 'HOME' not in os.environ\n" + APP, "wsgi:application", "uwsgi"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "server"), GOOD)
def test_what_a_server_can_run(code, text, target, server):
    code.write(text)
    begun = time.monotonic()
    assert code.check(target, server, KEY="1") == ""
    assert time.monotonic() - begun < 60


def test_what_the_import_started_is_ended(code):
    code.write(
        "import os, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(code.temporary / 'pid')!r}, 'w').write(str(child.pid))\n" + APP
    )
    code.check()
    pid = int((code.temporary / "pid").read_text())
    end = time.monotonic() + 10
    while start_time(pid):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_settings_of_django_are_told(code):
    code.write("import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.live')\n" + APP)
    assert code.check() == "shop.live"
    assert code.check(DJANGO_SETTINGS_MODULE="shop.test") == "shop.test"


def test_generated_modules_are_there(code):
    """They come into force with the launch; here they lie aside."""
    conf = {"python/pyhost_wsgi.py": "import own\n" + APP, "nginx.conf": "x"}
    (code.root / "lib").mkdir()
    code.write("", "lib/own.py")
    assert code.check("pyhost_wsgi:application", conf=conf, PYTHONPATH=str(code.root / "lib")) == ""
    assert (code.temporary / "pyhost_wsgi.py").read_text() == conf["python/pyhost_wsgi.py"]
    assert not (code.temporary / "nginx.conf").exists()


NAMES = """\
import functools
from collections import OrderedDict as Menu

class Site:
    def __call__(self, environ, start_response): pass

def index(): pass
def wrapper(environ, start_response): pass
def create_app(): pass
_hidden = site = Site()
partial = functools.partial(index)
number = 3
"""
CANNOT = "entry point wsgi:application cannot be imported: "
BAD = [
    ("def application(:\n", "wsgi:application", CANNOT + "SyntaxError: invalid syntax (wsgi.py, line 1); its last lines:"),
    ("import no_such_thing\n", "wsgi:application",
     CANNOT + "ModuleNotFoundError: No module named 'no_such_thing'; its last lines:"),
    ("import uwsgi\n", "wsgi:application", CANNOT + "ModuleNotFoundError: No module named 'uwsgi'; its last lines:"),
    (APP, "shop:application",
     "entry point shop:application cannot be imported: ModuleNotFoundError: No module named 'shop'; its last lines:"),
    ("import json\njson.loads('{')\n", "wsgi:application",
     CANNOT + "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1);"
     " its last lines:"),
    ("raise SystemExit(3)\n", "wsgi:application", CANNOT + "SystemExit: 3; its last lines:"),
    ("raise ValueError('one\\ntwo')\n", "wsgi:application", CANNOT + "ValueError: one; its last lines:"),
    ("import os\nprint('bye', flush=True)\nos._exit(4)\n", "wsgi:application",
     CANNOT + "it ended Python with status 4; its last lines:"),
    ("import os\nos.kill(os.getpid(), 11)\n", "wsgi:application",
     CANNOT + "it ended Python (Segmentation fault) and said nothing"),
    (NAMES, "wsgi:app",
     "entry point wsgi:app is not there: wsgi has no app; names that look right: create_app(), site, wrapper"),
    (NAMES, "wsgi:site.api", "entry point wsgi:site.api is not there: wsgi has no api; names that look right: "
     "create_app(), site, wrapper"),
    ("x = 1\n", "wsgi:application",
     "entry point wsgi:application is not there: wsgi has no application; nothing in it looks like an application"),
    (NAMES, "wsgi:number", "entry point wsgi:number cannot serve: number of wsgi is no callable but a value of type int; "
     "names that look right: create_app(), site, wrapper"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "line"), BAD)
def test_what_no_server_can_run(code, text, target, line):
    code.write(text)
    assert code.refused(target).splitlines()[0] == line


def test_the_traceback_is_the_apps_own(code):
    code.write("import pantry\n")
    code.write("print('cooking')\nimport no_such_thing\n", "pantry.py")
    _head, said = code.refused().split("; its last lines:\n")
    lines = said.splitlines()
    assert lines[:2] == ["cooking", "Traceback (most recent call last):"]
    files = [line.split('"')[1] for line in lines if line.startswith("  File ")]
    assert files == [str(code.root / "wsgi.py"), str(code.root / "pantry.py")]
    assert lines[-1] == "ModuleNotFoundError: No module named 'no_such_thing'"


def test_an_import_that_hangs_is_ended_and_found(code):
    code.write("import pantry.shelf\n")
    code.write("", "pantry/__init__.py")
    code.write(
        "import threading, time\n\nthreading.Thread(target=time.sleep, args=(60,)).start()\ntime.sleep(600)\n",
        "pantry/shelf.py",
    )
    begun = time.monotonic()
    head, said = code.refused(seconds=5).split("; its last lines:\n")
    assert 5 <= time.monotonic() - begun < 60
    assert head == (
        "entry point wsgi:application was not imported within 5 s (health.timeout); it hangs in line 4 of pantry/shelf.py"
    )
    assert "shelf.py" in said


def test_the_build_timeout_ends_it_too(code):
    code.write("import time\ntime.sleep(600)\n")
    assert "was not imported within 1 s (build_timeout); it hangs in line 2 of wsgi.py" in code.refused(build=0)


UNTRIED = [
    # what a server's own settings decide, the server alone can tell
    ({"target": ""}, ""),
    ({}, "gunicorn.conf.py"),
    ({"GUNICORN_CMD_ARGS": "--pythonpath=lib"}, ""),
    ({"server": "uvicorn", "UVICORN_ENV_FILE": "x"}, ""),
]


@pytest.mark.parametrize(("settings", "file"), UNTRIED)
def test_what_is_not_tried(code, settings, file):
    code.write("import no_such_thing\n")
    if file:
        code.write("", file)
    assert code.check(**settings) == ""


@pytest.mark.parametrize("output", ["", "PYHOST-PROBE=", "PYHOST-PROBE={", "PYHOST-PROBE=[]\n", "PYHOST-PROBE={}x\n"])
def test_no_answer(output):
    assert answer_in(output) == {}


def test_the_last_answer_counts():
    assert answer_in('PYHOST-PROBE={"error": "x"}\n\nPYHOST-PROBE={"settings": ""}\n') == {"settings": ""}
