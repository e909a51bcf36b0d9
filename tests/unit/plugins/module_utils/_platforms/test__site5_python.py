# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._site5_python import files

from tests.support.python27 import PYTHON27, unknown

PYTHONS = [sys.executable, *([PYTHON27] if PYTHON27 else [])]
FLUP = """
class WSGIServer(object):
    def __init__(self, application, **kw):
        self.said = dict(kw, application=application)

    def run(self):
        print(__name__, sorted(self.said.items()))
"""


@pytest.fixture
def place(tmp_path):
    """A directory on the path, with a Django and a flup that say what they are asked."""
    ours = tmp_path / "ours"
    ours.mkdir()
    for name, text in files().items():
        (ours / name).write_text(text)
    for package in ("django", "django/core", "django/core/servers", "flup", "flup/server"):
        (tmp_path / "lib" / package).mkdir(parents=True)
        (tmp_path / "lib" / package / "__init__.py").write_text("")
    (tmp_path / "lib/django/core/wsgi.py").write_text("def get_wsgi_application():\n    return 'django'\n")
    for name in ("fcgi", "fcgi_fork", "scgi"):
        (tmp_path / "lib" / "flup" / "server" / f"{name}.py").write_text(FLUP)
    return tmp_path


def run(place, code, python=sys.executable, **environment):
    path = os.pathsep.join((str(place / "ours"), str(place / "lib")))
    env = {"PYTHONPATH": path, "PATH": os.environ["PATH"], "HOME": str(place), **environment}
    return subprocess.run([python, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False)


def asked(place, words, python=sys.executable):
    return run(place, f"from django.core.servers.fastcgi import runfastcgi\nprint(runfastcgi({words}))", python)


@pytest.mark.parametrize("name", sorted(files()))
def test_every_python_can_read_it(name):
    assert unknown(files()[name]) == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("words", "module", "more"),
    [
        ('method="threaded", daemonize="false"', "fcgi", {"maxSpare": 5, "minSpare": 2, "maxThreads": 50}),
        ('["method=prefork", "maxchildren=3"]', "fcgi_fork", {"maxSpare": 3, "minSpare": 2, "maxChildren": 3}),
        ('protocol="scgi", method="thread", maxspare="4"', "scgi", {"maxSpare": 4}),
        ('["METHOD=threaded", "umask=022"], maxspare=1', "fcgi", {"maxSpare": 1, "minSpare": 1, "umask": 18}),
    ],
)
def test_options_reach_flup(place, python, words, module, more):
    done = asked(place, words, python)
    assert f"flup.server.{module}" in done.stdout, done.stderr
    for name, value in {**more, "application": "django"}.items():
        assert repr((name, value)) in done.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ('metod="prefork"', "unknown option: metod; known are: daemonize, debug,"),
        ('method="prefrok"', "method: prefrok; write prefork or threaded"),
        ('protocol="http"', "protocol: http; write fcgi, scgi or ajp"),
        ('host="127.0.0.1"', "host and port belong together"),
        ('protocol="ajp"', "it is part of flup: pip install flup"),
    ],
)
def test_what_cannot_be_is_said(place, words, why):
    done = asked(place, words)
    assert why in done.stderr
    assert done.stdout == "False\n"


def test_what_a_project_does_not_import_is_not_laid_on_flup(place):
    (place / "lib/django/core/wsgi.py").write_text("import no_such_module\n")
    done = asked(place, 'method="threaded"')
    assert "no_such_module" in done.stderr.splitlines()[-1]
    assert "flup" not in done.stderr.splitlines()[-1]
    assert done.returncode == 1


@pytest.mark.parametrize("python", PYTHONS)
def test_a_django_that_has_it_is_not_touched(place, python):
    (place / "lib/django/core/servers/fastcgi.py").write_text("def runfastcgi(*a, **k):\n    return 'its own'\n")
    assert asked(place, "", python).stdout == "its own\n"


@pytest.mark.parametrize("python", PYTHONS)
def test_a_script_has_the_environment_of_its_parent(place, python):
    code = "import os; print(os.environ.get('GREETING'), os.environ['HOME'])"
    parent = (
        "import subprocess, sys; "
        "sys.exit(subprocess.call([sys.argv[1], '-c', sys.argv[2]], "
        "env={'PYTHONPATH': sys.argv[3], 'PYHOST_SCRIPT': 'fcgi', 'HOME': '/of the script'}))"
    )
    words = [sys.executable, "-I", "-c", parent, python, code, str(place / "ours")]
    env = {"GREETING": 'he "said"', "HOME": "/of the parent", "PATH": os.environ["PATH"]}
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.replace("('", "").replace("', '", " ").replace("')", "") == 'he "said" /of the script\n'


@pytest.mark.parametrize(("mode", "status"), [(0o755, 0), (0o700, 0), (0o775, 1), (0o757, 1)])
def test_a_script_that_others_may_write_is_refused(place, mode, status):
    script = place / "django.fcgi"
    script.write_text("print('ran')\n")
    script.chmod(mode)
    env = {"PYTHONPATH": str(place / "ours"), "PYHOST_SCRIPT": "fcgi", "HOME": str(place)}
    done = subprocess.run(
        [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, "ran" in done.stdout) == (status, not status)
    assert (f"chmod 755 {script}" in done.stderr) == bool(status)


@pytest.mark.parametrize("python", PYTHONS)
def test_a_version_that_does_not_serve_yet_finds_its_own_code(place, python):
    """Both releases have the package; the home leads to the old one, and a script names the home."""
    for name in ("old", "new"):
        (place / name / "projects" / "shop").mkdir(parents=True)
        (place / name / "projects" / "shop" / "__init__.py").write_text(f"VERSION = {name!r}\n")
    (place / "projects").symlink_to("old/projects")
    code = f"import sys; sys.path.insert(0, {str(place / 'projects')!r}); import shop; print(shop.VERSION)"
    for name in ("old", "new"):
        done = run(place, code, python, PYHOST_SCRIPT="fcgi", PYHOST_ROOT=str(place / name))
        assert done.stdout == f"{name}\n", done.stderr


def test_a_version_that_does_not_serve_yet_runs_in_its_own_virtualenv(place):
    for name in ("old", "new"):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place / name)], check=True, timeout=60)
    for name, target in (("bin", "old/bin"), ("pyvenv.cfg", "old/pyvenv.cfg"), ("venv", "old")):
        (place / name).symlink_to(target)
    more = {"PYHOST_SCRIPT": "fcgi", "PYHOST_ROOT": str(place / "ours")}
    for name, prefix in (("old", place), ("new", place / "new")):
        done = run(place, "import sys; print(sys.prefix)", f"{place}/bin/python", VIRTUAL_ENV=str(place / name), **more)
        assert done.stdout == f"{prefix}\n", done.stderr
