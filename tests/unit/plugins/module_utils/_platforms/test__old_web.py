# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Health, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import native
from ansible_collections.pyhost.platform.plugins.module_utils._tree import read_tree

CALLABLE = "def application(environ, start_response):\n    return []\n"
SCRIPT = "#!/usr/bin/env python\nprint('Hello World!')\n"


def known(tmp_path, files, **keys):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    app = replace(App("ramen", Source("path", "")), **{"server": "cgi", **keys})
    return native.understand(app, read_tree(tmp_path, app.approot, reads=native.PLATFORM.reads))


FOUND = [
    # files, keys, endings of scripts (None: there is a callable), callable
    ({"cgi-bin/a.py": SCRIPT}, {"health": Health("/cgi-bin/a.py/more?x=1")}, [".cgi"], ""),
    ({"cgi-bin/a.py": SCRIPT, "wsgi.py": CALLABLE}, {"health": Health("/cgi-bin/a.py")}, [".cgi"], ""),
    ({"index.cgi": SCRIPT, "wsgi.py": CALLABLE}, {}, [".py", ".cgi"], ""),
    ({"hello.py": SCRIPT}, {"health": Health("/hello.py")}, [".py", ".cgi"], ""),
    ({"shop/index.py": SCRIPT}, {"approot": "shop"}, [".py", ".cgi"], ""),
    ({"hello.py": SCRIPT}, {"health": Health("/", status="200-404")}, [".py", ".cgi"], ""),
    ({"wsgi.py": CALLABLE}, {}, None, "wsgi:application"),
    ({"wsgi.py": CALLABLE, "hello.py": SCRIPT}, {}, None, "wsgi:application"),
    ({"cgi-bin/a.py": SCRIPT, "shop.py": CALLABLE}, {"entrypoint": "shop:application"}, None, "shop:application"),
    ({".cgi-bin/a.cgi": SCRIPT, "app.py": CALLABLE}, {}, None, "app:application"),
]


@pytest.mark.parametrize(("files", "keys", "endings", "target"), FOUND)
def test_scripts_or_a_callable(tmp_path, files, keys, endings, target):
    found = known(tmp_path, files, **keys)
    assert (found.server, found.target) == ("cgi", target)
    assert found.config == ({} if endings is None else {"cgi_endings": endings})


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/", '"/" leads to no script; write for example health: {path: /cgi-bin/a.py}'),
        ("/cgi-bin/", '"/cgi-bin/" leads to no script; write for example health: {path: /cgi-bin/a.py}'),
        ("/lib/b.py", '"/lib/b.py" leads to no script; write for example health: {path: /cgi-bin/a.py}'),
    ],
)
def test_a_health_check_needs_a_script(tmp_path, path, says):
    with pytest.raises(Problems) as caught:
        known(tmp_path, {"cgi-bin/a.py": SCRIPT, "lib/b.py": SCRIPT}, health=Health(path))
    assert [(one.key, one.message) for one in caught.value.problems] == [("health.path", says)]


def test_nothing_to_run(tmp_path):
    with pytest.raises(PyhostError, match="don't know how to run your application"):
        known(tmp_path, {"README": "none"})


REFUSED = [
    ("AddHandler mod_python .py\nPythonHandler mod_python.publisher\n", "AddHandler mod_python"),
    ("  SetHandler python-program\n", "SetHandler python-program"),
    ("pythonhandler hello\n", "pythonhandler"),
]
NO = (
    "which runs code inside of Apache and is no server of this collection, nor a package of any distribution it knows; "
    "give the code a WSGI callable and write server: mod_wsgi, or another one that runs such a callable"
)


@pytest.mark.parametrize(("text", "found"), REFUSED)
def test_mod_python_is_refused(tmp_path, text, found):
    with pytest.raises(PyhostError) as caught:
        known(tmp_path, {".htaccess": text, "hello.py": SCRIPT, "wsgi.py": CALLABLE}, server="")
    assert str(caught.value) == f"server: .htaccess asks for mod_python ({found}), {NO}"


@pytest.mark.parametrize("text", ["# PythonHandler hello\n", "AddHandler fcgid-script .fcgi\n", ""])
def test_other_handlers_are_not(tmp_path, text):
    assert known(tmp_path, {".htaccess": text, "wsgi.py": CALLABLE}, server="").server == "gunicorn"


def test_who_names_a_server_gets_it(tmp_path):
    files = {".htaccess": "PythonHandler hello\n", "wsgi.py": CALLABLE}
    assert known(tmp_path, files, server="uwsgi").server == "uwsgi"
