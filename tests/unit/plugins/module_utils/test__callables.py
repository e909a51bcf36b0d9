# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _callables
from ansible_collections.pyhost.platform.plugins.module_utils._callables import callables
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("from flask import Flask\napp = Flask(__name__)", (("app", "wsgi"),)),
        ("import flask as f\nsite: object = f.Flask(__name__)", (("site", "wsgi"),)),
        ("import fastapi\napi = fastapi.FastAPI()", (("api", "asgi"),)),
        ("from fastapi import *\napi = FastAPI()", (("api", "asgi"),)),
        ("import falcon.asgi\napp = falcon.asgi.App()", (("app", "asgi"),)),
        ("import falcon.asgi as fa\napp = fa.App()", (("app", "asgi"),)),
        ("import falcon\napp = falcon.App()", (("app", "wsgi"),)),
        (
            "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()",
            (("application", "wsgi"),),
        ),
        ("from django.core.asgi import get_asgi_application as g\na = g()", (("a", "asgi"),)),
        ("from bottle import app\napplication = app()", (("application", "wsgi"),)),
        ("with Configurator() as c:\n  w = c.make_wsgi_app()", (("w", "wsgi"),)),
        ("x = Configurator(settings={}).make_wsgi_app()", (("x", "wsgi"),)),
        ("app = create_app()", (("app", "unknown"),)),
        ("thing = create_app()", ()),
        ("app = factory", ()),
        ("from x import factory\napp = factory", (("app", "unknown"),)),
        ("from x import app as application", (("application", "unknown"),)),
        ("from . import app", (("app", "unknown"),)),
        ("application = module.app", (("application", "unknown"),)),
        ("app = Flask('x')\napplication = app", (("app", "wsgi"), ("application", "wsgi"))),
        ("application = app = Flask('x')", (("application", "wsgi"), ("app", "wsgi"))),
        ("app = FastAPI()\napp = Wrap(app, 1)", (("app", "asgi"),)),
        ("app = Flask('x')\napplication = WsgiToAsgi(app)", (("app", "wsgi"), ("application", "asgi"))),
        ("app = Flask('x')\napp = None", ()),
        ("app = Celery()", ()),
        ("import typer\napp = typer.Typer()", ()),
        ("app = 5\napp.x = Flask()\na, b = Flask(), Flask()\napp: int", ()),
        ("def application(environ, start_response): pass", (("application", "wsgi"),)),
        ("def simple(environ, start_response): pass", (("simple", "wsgi"),)),
        ("def app(a, b, /): pass", (("app", "wsgi"),)),
        ("async def app(scope, receive, send): pass", (("app", "asgi"),)),
        ("async def run(scope, receive, send): pass\nasync def application(x): pass", (("run", "asgi"),)),
        ("@Request.application\ndef application(request): pass", (("application", "unknown"),)),
        ("def application(): pass\ndef other(a): pass", ()),
        ("class application: pass\nclass Other: pass", (("application", "unknown"),)),
        (
            "try:\n  import x\n  app = Flask(1)\nexcept E:\n  other = FastAPI()\nelse:\n  pass",
            (("app", "wsgi"), ("other", "asgi")),
        ),
        ("if DEBUG:\n  app = Flask(1)\nelse:\n  app = FastAPI()", (("app", "asgi"),)),
        ("if __name__ == '__main__':\n  app = Flask(1)", ()),
        ("if f():\n  app = Flask(1)", (("app", "wsgi"),)),
        ("app = handlers['x']()", (("app", "unknown"),)),
        ("print 'two'\napp = Flask(1)\napp.x = 1\nif app == 1: pass\n", (("app", "unknown"),)),
        ("!\nasync def application(x): pass\napp: T = 1", (("application", "unknown"), ("app", "unknown"))),
        ("!\n app = 1", ()),
    ],
)
def test_callables(text, found):
    assert callables(text) == found


def test_too_deep(monkeypatch):
    def deep(_body):
        raise RecursionError

    monkeypatch.setattr(_callables, "_statements", deep)
    assert callables("app = 1") == ()


@given(st.text())
def test_any_text(text):
    assert isinstance(callables(text), tuple)
