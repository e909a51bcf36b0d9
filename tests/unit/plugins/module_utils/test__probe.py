# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program that imports an entry point, in Python 2.7; `test__entrycheck` runs it in the Python of the tests."""

from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._entrycheck import check_entry
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

from tests.support.python27 import PYTHON27

pytestmark = pytest.mark.skipif(not PYTHON27, reason="PYHOST_TEST_PYTHON27 names no Python 2.7")

APP = "def application(environ, start_response):\n    return []\n"
CANNOT = "entry point wsgi:application cannot be imported: "


def check(root, text, target="wsgi:application", server="gunicorn", seconds=20):
    code = root / "code"
    code.mkdir()
    (code / "wsgi.py").write_text(text, encoding="utf-8")
    process = {"server": server, "cwd": str(code), "environment": {"DJANGO_SETTINGS_MODULE": "shop.live"}}
    plan = {"launch": {"process": process, "health": {"timeout": seconds}}, "target": target, "conf": {}}
    return check_entry(plan, PYTHON27, root, Deadline(60))


GOOD = [
    # text, target, server
    (APP, "wsgi:application", "gunicorn"),
    ("class Old:\n    def __call__(self, *words): pass\nsite = Old()\n", "wsgi:site", "gunicorn"),
    ("class Old:\n    pass\nOld.api = Old\n", "wsgi:Old.api", "gunicorn"),
    ("import uwsgi\n" + APP, "wsgi:application", "uwsgi"),
    ("import uwsgidecorators\n" + APP, "wsgi:application", "uwsgi"),
    ("print 'hello'\nimport sys\nsys.stdout.close()\n" + APP, "wsgi:application", "gunicorn"),
]


@pytest.mark.parametrize(("text", "target", "server"), GOOD)
def test_what_a_server_can_run(tmp_path, text, target, server):
    # A module that only uWSGI has is the end of the look, before the settings are known.
    assert check(tmp_path, text, target, server) == ("" if server == "uwsgi" else "shop.live")


BAD = [
    ("def application(:\n", "wsgi:application", CANNOT + "SyntaxError: invalid syntax (wsgi.py, line 1); its last lines:"),
    ("import no_such_thing\n", "wsgi:application",
     CANNOT + "ImportError: No module named no_such_thing; its last lines:"),
    ("raise SystemExit(3)\n", "wsgi:application", CANNOT + "SystemExit: 3; its last lines:"),
    ("# coding: utf-8\nraise ValueError(u'sůl')\n", "wsgi:application",
     CANNOT + r"ValueError: ValueError(u's\u016fl',); its last lines:"),
    ("# coding: utf-8\nraise ValueError('sůl')\n", "wsgi:application", CANNOT + "ValueError: sůl; its last lines:"),
    ("raise ValueError('\\xff')\n", "wsgi:application", CANNOT + "ValueError: \ufffd; its last lines:"),
    ("class Own(Exception):\n    pass\nraise Own('one\\ntwo')\n", "wsgi:application",
     CANNOT + "wsgi.Own: one; its last lines:"),
    ("class Old:\n    pass\nclass Site(object):\n    def __call__(self): pass\nsite = Site()\n", "wsgi:app",
     "entry point wsgi:app is not there: wsgi has no app; names that look right: site"),
    ("application = 3\n", "wsgi:application", "entry point wsgi:application cannot serve: application of wsgi is no "
     "callable but a value of type int; nothing in it looks like an application"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "line"), BAD)
def test_what_no_server_can_run(tmp_path, text, target, line):
    with pytest.raises(PyhostError) as caught:
        check(tmp_path, text, target)
    assert str(caught.value).splitlines()[0] == line


def test_the_traceback_is_the_apps_own(tmp_path):
    with pytest.raises(PyhostError) as caught:
        check(tmp_path, "import no_such_thing\n")
    files = [line.split('"')[1] for line in str(caught.value).splitlines() if line.startswith("  File ")]
    assert files == [str(tmp_path / "code" / "wsgi.py")]


@pytest.mark.parametrize("hang", ["import time\ntime.sleep(600)\n", "import time\nwhile True: pass\n"])
def test_an_import_that_hangs_is_ended_and_found(tmp_path, hang):
    with pytest.raises(PyhostError) as caught:
        check(tmp_path, hang, seconds=2)
    assert str(caught.value).startswith(
        "entry point wsgi:application was not imported within 2 s (health.timeout); it hangs in line 2 of wsgi.py; "
    )
