# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding WSGI and ASGI callables in Python text without importing it. PRIVATE to the collection.

WSGI is PEP 3333 (two arguments), ASGI 3 is ``scope, receive, send``. What a name is bound to is told from
the framework whose constructor is called; where that cannot be known the answer is ``unknown``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import parse_python

_USUAL = ("application", "app")
_FRAMEWORKS = {
    "wsgi": (
        "flask.Flask", "bottle.Bottle", "bottle.default_app", "bottle.app", "falcon.App", "falcon.API",
        "falcon.app.App", "django.core.wsgi.get_wsgi_application", "django.core.handlers.wsgi.WSGIHandler",
        "apiflask.APIFlask", "paste.deploy.loadapp", "cherrypy.Application", "cherrypy.tree.mount", "tg.TGApp",
        "socketio.WSGIApp", "a2wsgi.ASGIMiddleware", "morepath.App", "web.application",
    ),
    "asgi": (
        "fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette", "quart.Quart",
        "litestar.Litestar", "litestar.app.Litestar", "starlite.Starlite", "falcon.asgi.App", "blacksheep.Application",
        "django.core.asgi.get_asgi_application", "django.core.handlers.asgi.ASGIHandler", "sanic.Sanic",
        "channels.routing.ProtocolTypeRouter", "asgiref.wsgi.WsgiToAsgi", "socketio.ASGIApp", "a2wsgi.WSGIMiddleware",
    ),
}  # fmt: skip
_NOT_WEB = {"Celery", "Typer", "Huey", "ArgumentParser", "QApplication", "Tk", "Dash", "Cyclopts", "RedisQueue"}
_METHODS = {"make_wsgi_app": "wsgi", "wsgifunc": "wsgi"}
_BY_NAME = {name: interface for interface, names in _FRAMEWORKS.items() for name in names}
_BY_LAST = {
    name.rpartition(".")[2]: interface
    for name, interface in _BY_NAME.items()
    if name.rpartition(".")[2] not in ("App", "app", "Application", "application", "mount", "API")
}
_FALLBACK = re.compile(r"^(?:(?:async\s+)?def\s+)?(application|app)\s*(?:=(?!=)|\(|:)", re.MULTILINE)

Found = dict[str, str]


def _dotted(node: ast.expr) -> str:
    """``a.b.c`` of an attribute chain; only the last attribute when it hangs on something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return f"{head}.{node.attr}" if head else node.attr
    return ""


def _is_main(node: ast.If) -> bool:
    """``if __name__ == "__main__":``, whose names nobody can import."""
    test = node.test
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run on import, in order, those inside if, try and with included."""
    for node in body:
        if isinstance(node, ast.If) and not _is_main(node):
            yield from _statements([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            yield from _statements([*node.body, *handlers, *node.orelse, *node.finalbody])
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            yield from _statements(node.body)
        else:
            yield node


class _Module:
    """Names bound so far: ``imports`` to what, ``found`` which are callables."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}
        self.found: Found = {}

    def take(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.split(".")[0]
                self.imports[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom):
            self._import_from(node)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign(node.target, node.value)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._function(node)
        elif isinstance(node, ast.ClassDef) and node.name in _USUAL:
            self.found[node.name] = "unknown"

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            bound = alias.asname or alias.name
            self.imports[bound] = f"{'.' * node.level}{node.module or ''}.{alias.name}"
            if bound in _USUAL and self.imports[bound] not in _BY_NAME:
                self.found[bound] = "unknown"

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        names = [arg.arg for arg in [*node.args.posonlyargs, *node.args.args]]
        if isinstance(node, ast.AsyncFunctionDef):
            if len(names) == 3 and (node.name in _USUAL or names == ["scope", "receive", "send"]):
                self.found[node.name] = "asgi"
        elif len(names) == 2 and (node.name in _USUAL or names == ["environ", "start_response"]):
            self.found[node.name] = "wsgi"
        elif node.name in _USUAL and node.decorator_list:
            self.found[node.name] = "unknown"

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        interface = self._interface(value)
        self.found.pop(target.id, None)
        if interface is None or (interface == "unknown" and target.id not in _USUAL):
            return
        self.found[target.id] = interface

    def _interface(self, value: ast.expr) -> str | None:
        """``wsgi``, ``asgi``, ``unknown``, or None when the value is surely no application."""
        if isinstance(value, ast.Name):
            return self.found.get(value.id, "unknown" if value.id in self.imports else None)
        if isinstance(value, ast.Attribute):
            return "unknown"
        if isinstance(value, ast.Call):
            return self._call(value)
        return None

    def _call(self, call: ast.Call) -> str | None:
        name = _dotted(call.func)
        head, _dot, rest = name.partition(".")
        full = ".".join(part for part in (self.imports.get(head, head), rest) if part)
        last = name.rpartition(".")[2]
        if last in _NOT_WEB:
            return None
        known = _BY_NAME.get(full) or _BY_LAST.get(last) or _METHODS.get(last)
        if known:
            return known
        wrapped = [self.found[arg.id] for arg in call.args if isinstance(arg, ast.Name) and arg.id in self.found]
        return wrapped[0] if wrapped else "unknown"


def callables(text: str) -> tuple[tuple[str, str], ...]:
    """``(name, interface)`` of each top-level application of a module, in the order they are bound.

    ``interface`` is ``wsgi``, ``asgi`` or ``unknown``. Text that this Python cannot parse (it may be written
    for a newer one) is searched for the usual names only.
    """
    tree = parse_python(text)
    if tree is None:
        return tuple((name, "unknown") for name in dict.fromkeys(_FALLBACK.findall(text)))
    module = _Module()
    try:
        for node in _statements(tree.body):
            module.take(node)
    except RecursionError:
        return ()
    return tuple(module.found.items())
