# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

from tests.support.python27 import unknown

CALLABLES = {"app.py": (("app", "wsgi"),), "shop/wsgi.py": (("application", "wsgi"),)}


def understand(*paths, **app):
    texts = {path: "" for path in paths if path.endswith(".py")}
    found = {path: CALLABLES[path] for path in texts if path in CALLABLES}
    facts = TreeFacts(tuple(sorted(paths)), texts, {}, found)
    return PLATFORMS["native"].understand(App("ramen", Source("path", "../ramen"), **app), facts)


SCRIPTS = [
    # files, entry, target, the script that mod_wsgi runs
    (["app.wsgi"], {"server": "mod_wsgi"}, "pyhost_wsgi:application", "app.wsgi"),
    (["app.py", "my-shop.wsgi"], {"server": "mod_wsgi"}, "pyhost_wsgi:application", "my-shop.wsgi"),
    (["a.wsgi", "b.wsgi"], {"server": "mod_wsgi", "entrypoint": "b.wsgi:main"}, "pyhost_wsgi:main", "b.wsgi"),
    (["code/app.wsgi"], {"server": "mod_wsgi", "approot": "code"}, "pyhost_wsgi:application", "app.wsgi"),
    (["shop.wsgi"], {"entrypoint": "shop.wsgi"}, "pyhost_wsgi:application", "shop.wsgi"),
    (["app.py"], {"server": "mod_wsgi"}, "app:app", None),
    (["app.py", "deploy/app.wsgi", ".wsgi"], {"server": "mod_wsgi"}, "app:app", None),
    (["app.py", "app.wsgi"], {}, "app:app", None),
    (["app.py", "app.wsgi"], {"server": "mod_wsgi", "entrypoint": "app:app"}, "app:app", None),
    (["shop.wsgi", "shop/wsgi.py"], {"entrypoint": "shop.wsgi"}, "shop.wsgi:application", None),
]


@pytest.mark.parametrize(("files", "entry", "target", "script"), SCRIPTS)
def test_what_runs(files, entry, target, script):
    known = understand(*files, **entry)
    assert (known.target, known.config.get("mod_wsgi_script")) == (target, script)
    assert bool(known.files) is bool(script)


def test_several_scripts():
    with pytest.raises(PyhostError, match=r"^entrypoint: there are a.wsgi and b.wsgi; name one, .*: a.wsgi$"):
        understand("b.wsgi", "a.wsgi", server="mod_wsgi")


def test_a_server_that_imports_has_the_names_of_the_script(tmp_path):
    text = understand("shop.wsgi", entrypoint="shop.wsgi").files["pyhost_wsgi.py"]
    assert unknown(text) == []
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "pyhost_wsgi.py").write_text(text)
    (tmp_path / "shop.wsgi").write_text("import sys\napplication = (__file__, sys._getframe().f_code.co_filename)\n")
    words = [sys.executable, "-c", "import pyhost_wsgi; print(*pyhost_wsgi.application)"]
    told = subprocess.run(
        words, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "files")}, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [f"{tmp_path}/shop.wsgi"] * 2
