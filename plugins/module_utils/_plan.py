# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one app should look like on a host: the `Plan`. Pure. PRIVATE to the collection."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import (
    _bindings,
    _legacy,
    _nginx,
    _pages,
    _rotation,
    _supervisor,
    _through,
    _viewing,
)
from ansible_collections.pyhost.platform.plugins.module_utils._bindings import Reach
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._digest import digest_of
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import (
    Interpreter,
    components,
    fingerprint,
)
from ansible_collections.pyhost.platform.plugins.module_utils._fitting import branch_problems
from ansible_collections.pyhost.platform.plugins.module_utils._home import GATEWAYS
from ansible_collections.pyhost.platform.plugins.module_utils._locations import (
    compile_locations,
    render,
)
from ansible_collections.pyhost.platform.plugins.module_utils._models import SIZES, WEBLESS, App, Process
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS, Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._processes import programs
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS, Job
from ansible_collections.pyhost.platform.plugins.module_utils._shell import replacing

SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Site:
    """What planning needs to know of the host besides the interpreter."""

    installer_version: str = ""
    build_environment: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Everything the stages on the host need for one app; plain data, so that it travels as JSON.

    ``virtualenv`` is the order for the build, ``hooks`` what runs in the release once it is built, ``steps`` the
    app's own on the way to a new version,
    ``exclusive`` whether the release is prepared for this virtualenv alone, ``target`` the callable to be
    imported and ``manage`` Django's ``manage.py`` in the release ("" for none), which the build checks,
    ``conf`` the files of the configuration set, ``launch`` the file that the start wrapper reads (with
    the environment, hence secret) and ``process`` the digest of that part of it that needs new processes
    when it changes. ``services`` are those that have to answer before anything is switched, without passwords;
    ``once`` are the files of the owner's that are written when they were never there.
    """

    app: str
    cell: dict[str, Any]
    release: str
    digest: str
    approot: str
    virtualenv: dict[str, Any]
    hooks: tuple[dict[str, str], ...]
    steps: tuple[dict[str, Any], ...]
    exclusive: bool
    target: str
    manage: str
    conf: dict[str, str]
    conf_digest: str
    launch: dict[str, Any]
    launch_digest: str
    process: str
    address: str
    how: str
    drain: int
    build_timeout: int
    services: tuple[dict[str, Any], ...] = ()
    once: dict[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def virtualenv_order(
    app: App, known: Understanding, interpreter: Interpreter, site: Site, release: str
) -> dict[str, Any]:
    """The order for one virtualenv: its fingerprint, what that was made of, and what to install.

    ``files`` and ``constraints`` are named from approot, where the installer runs, ``texts`` from the release.
    ``seeds`` are what our own virtualenv puts into it first, if that makes it, and ``note`` is for the report.
    """
    inputs = known.inputs
    installer = "pip" if inputs.bundle else _legacy.installer_for(app.installer, interpreter.branch)
    packages = SERVERS[known.server].packages_on(interpreter.branch, known.packages)
    parts = components(
        interpreter,
        inputs,
        app.pip_index_url,
        installer,
        site.installer_version,
        packages,
        release if inputs.local else "",
    )
    return {
        "fingerprint": fingerprint(parts),
        "components": parts,
        "python": interpreter.real,
        "branch": interpreter.branch,
        "version": interpreter.version,
        "kind": inputs.kind,
        "files": [posixpath.relpath(name, app.approot) for name in inputs.files],
        "constraints": [posixpath.relpath(name, app.approot) for name in inputs.constraints],
        "texts": dict(inputs.texts),
        "wheels": inputs.wheels,
        "bundle": inputs.bundle,
        "local": inputs.local,
        "hashes": inputs.hashes,
        "packages": list(packages),
        "installer": installer,
        "seeds": _legacy.seeds(installer, interpreter.branch, bool(inputs.bundle)),
        "note": _legacy.note(app.installer, interpreter.branch),
        "index_url": app.pip_index_url,
        "environment": dict(site.build_environment),
    }


def workers(app: App) -> int:
    """How many web workers run; where nobody says it, those of a small app."""
    return app.workers or SIZES["small"]


def scheduled(app: App) -> bool:
    """Whether the cell has a scheduler: for the entry's own ``cron``, or for a table that the owner may install."""
    return bool(app.cron) or PLATFORMS[app.platform].crontab


def told(app: App, known: Understanding, bound: Sequence[Reach]) -> dict[str, str]:
    """What an app's services, its platform and its entry say to it; the entry wins."""
    return {**_bindings.environment(bound), **known.environment, **app.environment}


def environment(app: App, known: Understanding, cell: Cell, prefix: str, bound: Sequence[Reach] = ()) -> dict[str, str]:
    """The whole environment of the app's processes; the app's own values win."""
    platform = PLATFORMS[app.platform].of(cell.user)
    return {
        "HOME": platform.home or cell.inside,
        "USER": cell.user,
        "LOGNAME": cell.user,
        "LANG": "C.UTF-8",
        "PATH": ":".join((f"{prefix}/bin", *platform.path, SYSTEM_PATH)),
        "VIRTUAL_ENV": prefix,
        "PYTHONUNBUFFERED": "1",
        "PYHOST_APP": app.name,
        "PYHOST_DATA": cell.path("data"),
        "WEB_CONCURRENCY": str(workers(app)),
        **told(app, known, bound),
    }


def configuration(app: App, known: Understanding, cell: Cell, ports: dict[str, int]) -> dict[str, str]:
    """The files of the app's configuration set: path below the set to text."""
    texts = {
        "supervisor.d/app.conf": _supervisor.programs_conf(
            cell, app.drain, programs(app.processes), web(app), scheduled(app)
        ),
        _rotation.LIMITS: _rotation.text(app.logs.bytes, app.logs.keep, app.logs.days),
        **{f"python/{name}": text for name, text in known.files.items()},
    }
    if not web(app):
        return texts
    texts = {
        **texts,
        "nginx.conf": _nginx.main_conf(cell, cell.path("conf", "nginx.d", "*.conf"), app.drain, app.requests.body),
        "nginx.d/app.conf": servers(app, known, cell),
    }
    if ports:
        texts["nginx.d/app.conf"] += _nginx.bridge_conf(cell, ports, app.requests.timeout)
    texts.update(_pages.files(app.error_pages))
    return texts


def servers(app: App, known: Understanding, cell: Cell) -> str:
    """The servers of the app, and what they answer."""
    listen = () if known.through else app.listen
    if app.maintenance:
        return _nginx.servers_conf(cell, listen, _pages.maintenance_rules(cell, app.approot, app.error_pages))
    names = {name: cell.path(name) for name in ("app", "data", "static")}
    names["before"] = cell.path("current", "before")
    locations = render(compile_locations(app.locations, app.approot, names))
    pages = _pages.error_rules(cell, app.approot, app.error_pages)
    protocol, timeout = SERVERS[known.server].protocol, app.requests.timeout
    intercept = bool(app.error_pages)
    if known.through:
        leading = _nginx.leading(cell, protocol, intercept, timeout, known.passing)
        return _through.conf(cell, *known.through, known.rules + pages + locations, leading)
    ours = _nginx.app_rules(cell, protocol, locations, pages, intercept, timeout, known.passing)
    as_asked = _nginx.AS_ASKED if protocol in GATEWAYS and not known.rules else ""
    return _nginx.servers_conf(cell, listen, as_asked + known.rules + ours)


def make_plan(
    app: App,
    known: Understanding,
    cell: Cell,
    interpreter: Interpreter,
    site: Site,
    release: str,
    digest: str,
    bound: Sequence[Reach] = (),
) -> Plan:
    """The plan of ``app`` for its release directory ``release`` with the source digest ``digest``, ``bound`` as said.

    Raises `PyhostError` when the app cannot live on the interpreter's branch.
    """
    problems = branch_problems(app, known, interpreter.branch)
    if problems:
        raise PyhostError("; ".join(f"{one.key}: {one.message}" for one in problems))
    order = virtualenv_order(app, known, interpreter, site, release)
    ports = dict(zip(("app", "app-next"), site.ports)) if SERVERS[known.server].port else {}
    conf = configuration(app, known, cell, ports)
    conf_digest = digest_of(conf)
    prefix = cell.path("virtualenvs", order["fingerprint"])
    cwd = posixpath.normpath(cell.path("releases", release, app.approot))
    env = environment(app, known, cell, prefix, bound)
    if known.files:
        extra = cell.path("conf", "sets", conf_digest, "python")
        env["PYTHONPATH"] = ":".join(part for part in (extra, env.get("PYTHONPATH", "")) if part)
        env["PYHOST_FILES"] = extra
    server = SERVERS[known.server]
    job = Job(
        f"{prefix}/bin",
        cwd,
        known.target,
        workers(app),
        app.drain,
        app.command,
        app.config,
        interpreter.branch,
        cell.tools,
    )
    words = tuple(word.replace("{bin}", f"{prefix}/bin") for word in known.wrapper)
    process = {
        "argv": [*words, *server.argv(job)],
        "cwd": cwd,
        "environment": env,
        "release": release,
        "virtualenv": order["fingerprint"],
        "server": server.name,
        "protocol": server.protocol,
    }
    if ports and known.ports != ("PORT",):
        process["ports"] = list(known.ports)
    process_digest = digest_of(process)
    launch = {
        "app": app.name,
        "process": process,
        "process_digest": process_digest,
        "processes": programs(wrapped(app, known, prefix)),
        "cron": {name: asdict(one) for name, one in app.cron.items()},
        "services": {one.service: one.type for one in bound},
        "ports": ports,
        "health": {**asdict(app.health), "host": host_name(app)},
        "drain": app.drain,
        "strategy": app.strategy,
        "conf": conf_digest,
        "python": order["version"],
        "digest": digest,
    }
    if PLATFORMS[app.platform].crontab:
        launch["crontab"] = True
    view = _viewing.view(PLATFORMS[app.platform].of(cell.user), known, app.approot, cell, told(app, known, bound))
    if view:
        launch["view"] = view
    if known.supervisor:
        launch["supervisor"] = known.supervisor
    if PLATFORMS[app.platform].owners:
        launch["owners"] = list(PLATFORMS[app.platform].owners)
    if known.seeded:
        launch["seeded"] = True
    return Plan(
        app=app.name,
        cell=cell.to_dict(),
        release=release,
        digest=digest,
        approot=app.approot,
        virtualenv=order,
        hooks=hooks(app, known),
        steps=tuple(asdict(one) for one in known.steps),
        exclusive=exclusive(app, known),
        target=known.target if app.strategy == "beside" else "",
        manage=known.manage,
        conf=conf,
        conf_digest=conf_digest,
        launch=launch,
        launch_digest=digest_of(launch),
        process=process_digest,
        address=address(app),
        how=known.how,
        drain=app.drain,
        build_timeout=app.build_timeout,
        services=tuple({**one.to_dict(), "password": ""} for one in bound),
        once=dict(known.once),
    )


def wrapped(app: App, known: Understanding, prefix: str) -> dict[str, Process]:
    """The app's processes, run by what its platform runs them with."""
    if not known.process_wrapper:
        return app.processes
    words = shlex.join(word.replace("{bin}", f"{prefix}/bin") for word in known.process_wrapper)
    return {
        name: replace(one, command=f"{words} /bin/sh -c {shlex.quote(replacing(one.command))}")
        for name, one in app.processes.items()
    }


def hooks(app: App, known: Understanding) -> tuple[dict[str, str], ...]:
    """What runs in the release after its virtualenv is there; only Django has something so far."""
    if app.collectstatic and known.manage and web(app):
        return ({"name": "collectstatic", "manage": known.manage},)
    return ()


def exclusive(app: App, known: Understanding) -> bool:
    """Whether the build writes into the release, so that another virtualenv needs a release of its own."""
    return bool(hooks(app, known)) or bool(known.steps) or known.inputs.local


def web(app: App) -> bool:
    """Whether the app answers requests."""
    return app.server != WEBLESS


def host_name(app: App) -> str:
    """The name the app expects to be asked with: its first domain, else its first address."""
    if app.domains:
        return app.domains[0]
    return app.listen[0] if app.listen else "localhost"


def address(app: App) -> str:
    """Where a person finds the app, for the report; "" where there is nothing to find."""
    if not web(app):
        return ""
    return f"{'https' if app.tls.wanted else 'http'}://{host_name(app)}/"
