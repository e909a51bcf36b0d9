# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._callables import callables
from ansible_collections.pyhost.platform.plugins.module_utils._entrypoint import EntryPoint, find
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

FLASK = "from flask import Flask\napp = Flask('x')\n"
API = "from fastapi import FastAPI\napp = FastAPI()\n"
WSGI = "from shop import app as application\n"
MANAGE = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
DJANGO_WSGI = "application = get_wsgi_application()\n"
DJANGO_ASGI = "application = get_asgi_application()\n"
WRITTEN = ", and there is no wsgi.py, so one is written"


def facts(files, unreadable=None):
    code = {name: callables(text) for name, text in files.items() if name.endswith(".py")}
    return TreeFacts(tuple(sorted([*files, *(unreadable or {})])), dict(files), unreadable or {}, code)


def django(files):
    return {"manage.py": MANAGE, "shop/settings.py": "", **files}


FOUND = [
    (
        {"wsgi.py": WSGI, "asgi.py": API, "app.py": FLASK},
        EntryPoint("wsgi", "application", "wsgi", "", "wsgi.py defines 'application'"),
    ),
    (
        {"wsgi.py": "application = FastAPI()"},
        EntryPoint("wsgi", "application", "asgi", "", "wsgi.py defines 'application'"),
    ),
    (
        django({"shop/wsgi.py": DJANGO_WSGI, "shop/asgi.py": DJANGO_ASGI, "app.py": FLASK}),
        EntryPoint("shop.wsgi", "application", "wsgi", "shop.settings", "Django: manage.py names shop.settings"),
    ),
    (
        django({"shop/asgi.py": DJANGO_ASGI}),
        EntryPoint("shop.asgi", "application", "asgi", "shop.settings", "Django: manage.py names shop.settings"),
    ),
    (
        {
            "manage.py": 'os.environ["DJANGO_SETTINGS_MODULE"] = "conf.settings.live"',
            "conf/settings/live.py": "",
            "conf/wsgi.py": "",
        },
        EntryPoint(
            "conf.wsgi", "application", "wsgi", "conf.settings.live", "Django: manage.py names conf.settings.live"
        ),
    ),
    (
        django(
            {"shop/settings.py": 'WSGI_APPLICATION = "deploy.web.handler"\n', "deploy/web.py": "", "shop/wsgi.py": ""}
        ),
        EntryPoint("deploy.web", "handler", "wsgi", "shop.settings", "Django: manage.py names shop.settings"),
    ),
    (
        django({"shop/settings.py": 'WSGI_APPLICATION = "no.web.handler"\n', "shop/wsgi.py": ""}),
        EntryPoint("shop.wsgi", "application", "wsgi", "shop.settings", "Django: manage.py names shop.settings"),
    ),
    (
        django({}),
        EntryPoint("", "", "wsgi", "shop.settings", "Django: manage.py names shop.settings" + WRITTEN),
    ),
    (
        {"manage.py": "import settings\nexecute_manager(settings)", "settings.py": ""},
        EntryPoint("", "", "wsgi", "settings", "Django: manage.py names settings" + WRITTEN),
    ),
    (
        {
            "manage.py": '# ("DJANGO_SETTINGS_MODULE", "x")\nimport django',
            "settings/__init__.py": "",
            "wsgi.py": "x = 1",
        },
        EntryPoint("wsgi", "application", "wsgi", "settings", "Django: manage.py names settings"),
    ),
    ({"asgi.py": "app = make()", "app.py": FLASK}, EntryPoint("asgi", "app", "asgi", "", "asgi.py defines 'app'")),
    (
        {"app.py": FLASK + "application = app", "main.py": API},
        EntryPoint("app", "application", "wsgi", "", "app.py defines 'application'"),
    ),
    ({"app.py": "x = 1", "main.py": "api = FastAPI()"}, EntryPoint("main", "api", "asgi", "", "main.py defines 'api'")),
    ({"wsgi.py": FLASK}, EntryPoint("wsgi", "app", "wsgi", "", "wsgi.py defines 'app'")),
    ({"main.py": "import fastapi\napp = make()"}, EntryPoint("main", "app", "asgi", "", "main.py defines 'app'")),
    (
        {"main.py": "app = make()", "requirements.txt": "starlette"},
        EntryPoint("main", "app", "asgi", "", "main.py defines 'app'"),
    ),
    (
        {"main.py": "app = make()", "pyproject.toml": "[project]\ndependencies = ['Quart', 'flask']"},
        EntryPoint("main", "app", "wsgi", "", "main.py defines 'app'"),
    ),
    (
        {"setup.py": "setup(name='my-shop')"},
        EntryPoint("my_shop", "application", "wsgi", "", "the project is called my-shop"),
    ),
    (
        {"setup.py": "setup()", "setup.cfg": "[metadata]\nname = Shop", "shop/__init__.py": FLASK},
        EntryPoint("shop", "app", "wsgi", "", "the project is called Shop"),
    ),
    (
        {"pyproject.toml": "[project]\nname = 'shop'", "src/shop/__init__.py": "from .web import app"},
        EntryPoint("shop", "app", "wsgi", "", "the project is called shop"),
    ),
]


@pytest.mark.parametrize(("files", "found"), FOUND)
@pytest.mark.parametrize("approot", [".", "web"])
def test_found(files, found, approot):
    prefix = "" if approot == "." else "web/"
    assert find(facts({prefix + name: text for name, text in files.items()}), approot) == found


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"wsgi.py": WSGI, "asgi.py": API}, ("asgi", "app", "asgi")),
        ({"wsgi.py": WSGI}, ("wsgi", "application", "wsgi")),
        (django({"shop/wsgi.py": "", "shop/asgi.py": ""}), ("shop.asgi", "application", "asgi")),
        ({"app.py": "app = make()"}, ("app", "app", "asgi")),
    ],
)
def test_a_server_for_asgi_prefers_asgi(files, found):
    entry = find(facts(files), ".", prefer="asgi")
    assert (entry.module, entry.attribute, entry.interface) == found


@pytest.mark.parametrize(
    ("files", "given", "prefer", "found"),
    [
        ({}, "httpbin:app", "", EntryPoint("httpbin", "app", "wsgi", "", "entrypoint is given")),
        ({}, "httpbin", "", EntryPoint("httpbin", "application", "wsgi", "", "entrypoint is given")),
        ({}, "pkg.api:make()", "asgi", EntryPoint("pkg.api", "make()", "asgi", "", "entrypoint is given")),
        ({}, "pkg.asgi:app", "", EntryPoint("pkg.asgi", "app", "asgi", "", "entrypoint is given")),
        ({"lib/web.py": API}, "lib.web:app", "", EntryPoint("lib.web", "app", "asgi", "", "entrypoint is given")),
        ({"requirements.txt": "fastapi"}, "web:app", "", EntryPoint("web", "app", "asgi", "", "entrypoint is given")),
        (
            django({}),
            "shop.wsgi:application",
            "",
            EntryPoint("shop.wsgi", "application", "wsgi", "shop.settings", "entrypoint is given"),
        ),
        (
            {"manage.py": "", "wsgi.py": FLASK},
            "wsgi:app",
            "asgi",
            EntryPoint("wsgi", "app", "wsgi", "", "entrypoint is given"),
        ),
    ],
)
def test_given(files, given, prefer, found):
    assert find(facts(files), ".", given, prefer) == found


@pytest.mark.parametrize("given", ["a b", "a:", ":a", "../x:app", "a:b;c", "é:app"])
def test_given_wrongly(given):
    with pytest.raises(PyhostError) as error:
        find(facts({}), ".", given)
    assert str(error.value) == f"entrypoint: {given!r} is not a module and a callable; write it like wsgi:application"


NOTHING = """\
don't know how to run your application; tried:
  wsgi.py:application: there is no wsgi.py
  Django: there is no manage.py
  asgi.py: there is no asgi.py
  app.py, main.py: there is no app.py, there is no main.py
  project name: neither setup.py nor pyproject.toml says a project name
set entrypoint (like wsgi:application) or command"""

NEARLY = """\
don't know how to run your application; tried in web:
  wsgi.py:application: wsgi.py defines no 'application'
  Django: manage.py names no DJANGO_SETTINGS_MODULE
  asgi.py: asgi.py defines no 'application' or 'app'
  app.py, main.py: app.py is larger than 256 KiB, main.py defines no WSGI or ASGI callable
  project name: the project is called shop, but there is no module shop
set entrypoint (like wsgi:application) or command"""

DJANGO = """\
don't know how to run your application; tried:
  asgi.py: there is no asgi.py
  wsgi.py:application: there is no wsgi.py
  Django: manage.py names the settings shop.settings, which are not in the source
  app.py, main.py: there is no app.py, there is no main.py
  project name: the project is called shop, but shop.py defines no WSGI or ASGI callable
set entrypoint (like wsgi:application) or command"""


@pytest.mark.parametrize(
    ("files", "unreadable", "approot", "prefer", "text"),
    [
        ({}, {}, ".", "", NOTHING),
        (
            {
                "web/wsgi.py": "x = 1",
                "web/manage.py": "import django",
                "web/asgi.py": "",
                "web/main.py": "print(1)",
                "web/pyproject.toml": "[project]\nname = 'shop'",
                "app.py": FLASK,
            },
            {"web/app.py": "is larger than 256 KiB"},
            "web",
            "",
            NEARLY,
        ),
        ({"manage.py": MANAGE, "setup.py": "setup(name='shop')", "shop.py": ""}, {}, ".", "asgi", DJANGO),
    ],
)
def test_not_found(files, unreadable, approot, prefer, text):
    with pytest.raises(PyhostError) as error:
        find(facts(files, unreadable), approot, prefer=prefer)
    assert str(error.value) == text
