# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform ``native``: today's conventions of Python web apps. PRIVATE to the collection."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._entrypoint import EntryPoint, find
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS, App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import (
    _env_example,
    _old_web,
    _python_version,
    _wsgiscript,
)
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import Platform, Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._procfile import Procfile, procfile
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs, collect
from ansible_collections.pyhost.platform.plugins.module_utils._servers import (
    DEFAULTS,
    SERVERS,
    Server,
)
from ansible_collections.pyhost.platform.plugins.module_utils._servers.cgi import ENDINGS
from ansible_collections.pyhost.platform.plugins.module_utils._servers.mod_wsgi import SCRIPT
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

PROCFILE = "Procfile: web"
"""How an app without a server of its own is served; such an app may come here a second time, with its command."""

DJANGO_WSGI = """\
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", {settings!r})

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""


EMPTY = Procfile()

CGI = "cgi"


def understand(app: App, facts: TreeFacts) -> Understanding:
    """How to build and run ``app``; raises `PyhostError` when its tree does not say."""
    return replace(
        served(app, facts, procfile(facts, app.approot)),
        python="" if "python" in app.given else _python_version.asked(facts, app.approot),
        expected=_env_example.expected(facts, app.approot),
    )


def served(app: App, facts: TreeFacts, declared: Procfile = EMPTY) -> Understanding:
    """What is installed, and the server, found by what the entry and ``declared`` say and by today's conventions."""
    inputs = collect(facts, app.approot, app.requirements, app.constraints)
    manage = _manage(app.approot, facts)
    tree = _Tree(inputs, manage, declared.processes, declared.release)
    if app.server == WEBLESS:
        return tree.understood(app.server, "", how="processes only")
    if app.command:
        return tree.understood("command", "", how="command" if app.server else PROCFILE)
    if declared.web and not (app.server or app.entrypoint):
        return tree.understood("command", "", how=PROCFILE, command=declared.web)
    if not app.server:
        _old_web.refuse_mod_python(facts, app.approot)
    if app.server == CGI:
        endings = _old_web.cgi_endings(app, facts)
        if endings:
            return tree.understood(CGI, "", how="scripts of CGI", config={ENDINGS: list(endings)})
    wanted = SERVERS[app.server].interfaces[0] if app.server else ""
    script = _wsgiscript.find(app, facts)
    entry = script or find(facts, app.approot, app.entrypoint, wanted)
    server = _server(app.server, entry)
    files: dict[str, str] = {}
    target = f"{entry.module}:{entry.attribute}"
    config: dict[str, Any] = {}
    if not entry.module:
        files = {"pyhost_wsgi.py": DJANGO_WSGI.format(settings=entry.django_settings)}
        target = "pyhost_wsgi:application"
    elif script:
        files = {"pyhost_wsgi.py": _wsgiscript.LOADER.format(file=script.module)}
        target, config = f"pyhost_wsgi:{script.attribute}", {SCRIPT: script.module}
    return tree.understood(server.name, target, files=files, config=config, how=entry.how)


@dataclass(frozen=True)
class _Tree:
    """What holds of an app's tree however the app is served."""

    inputs: Inputs
    manage: str
    processes: dict[str, str]
    release: str

    def understood(self, server: str, target: str, **more: Any) -> Understanding:
        packages = server_packages(SERVERS[server], self.inputs)
        return Understanding(server, target, packages=packages, **vars(self), **more)


def _manage(approot: str, facts: TreeFacts) -> str:
    path = posixpath.normpath(posixpath.join(approot, "manage.py"))
    return path if "DJANGO_SETTINGS_MODULE" in facts.texts.get(path, "") else ""


def _server(name: str, entry: EntryPoint) -> Server:
    if not name:
        return SERVERS[DEFAULTS[entry.interface]]
    server = SERVERS[name]
    if entry.interface not in server.interfaces:
        fitting = ", ".join(one.name for one in SERVERS.values() if entry.interface in one.interfaces)
        raise PyhostError(
            f'server: "{name}" cannot run {entry.module}:{entry.attribute}, '
            f"which is {entry.interface.upper()}; write one of: {fitting}"
        )
    return server


def server_packages(server: Server, inputs: Inputs) -> tuple[str, ...]:
    """The server's packages unless the app requires it itself; pip, as every virtualenv has it if it can be had."""
    own = any(name in inputs.names for name in server.provided_by)
    wheel = any(name.lower().startswith("pip-") for name in inputs.wheel_names)
    pip = "pip" not in inputs.names and (wheel or not inputs.wheels)
    return (*(() if own else server.packages), *(("pip",) if pip else ()))


PLATFORM = Platform(understand, reads=(*_python_version.FILES, _env_example.FILE, _old_web.HTACCESS))
