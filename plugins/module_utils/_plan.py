# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one app should look like on a host: the `Plan`. Pure. PRIVATE to the collection."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _bindings, _legacy, _nginx, _pages, _supervisor
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
from ansible_collections.pyhost.platform.plugins.module_utils._locations import (
    compile_locations,
    render,
)
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS, Job

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

    ``virtualenv`` is the order for the build, ``hooks`` what runs in the release once it is built,
    ``exclusive`` whether the release is prepared for this virtualenv alone, ``target`` the callable to be
    imported and ``manage`` Django's ``manage.py`` in the release ("" for none), which the build checks,
    ``conf`` the files of the configuration set, ``launch`` the file that the start wrapper reads (with
    the environment, hence secret) and ``process`` the digest of that part of it that needs new processes
    when it changes. ``services`` are those that have to answer before anything is switched, without passwords.
    """

    app: str
    cell: dict[str, Any]
    release: str
    digest: str
    approot: str
    virtualenv: dict[str, Any]
    hooks: tuple[dict[str, str], ...]
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
    installer = _legacy.installer_for(app.installer, interpreter.branch)
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
        "local": inputs.local,
        "hashes": inputs.hashes,
        "packages": list(packages),
        "installer": installer,
        "seeds": _legacy.seeds(installer, interpreter.branch),
        "note": _legacy.note(app.installer, interpreter.branch),
        "index_url": app.pip_index_url,
        "environment": dict(site.build_environment),
    }


def environment(app: App, known: Understanding, cell: Cell, prefix: str, bound: Sequence[Reach] = ()) -> dict[str, str]:
    """The whole environment of the app's processes; the app's own values win."""
    return {
        "HOME": cell.inside,
        "USER": cell.user,
        "LOGNAME": cell.user,
        "LANG": "C.UTF-8",
        "PATH": f"{prefix}/bin:{SYSTEM_PATH}",
        "VIRTUAL_ENV": prefix,
        "PYTHONUNBUFFERED": "1",
        "PYHOST_APP": app.name,
        "PYHOST_DATA": cell.path("data"),
        "WEB_CONCURRENCY": str(app.workers),
        **_bindings.environment(bound),
        **known.environment,
        **app.environment,
    }


def configuration(app: App, known: Understanding, cell: Cell, ports: dict[str, int]) -> dict[str, str]:
    """The files of the app's configuration set: path below the set to text."""
    texts = {
        "nginx.conf": _nginx.main_conf(cell, cell.path("conf", "nginx.d", "*.conf"), app.drain, app.requests.body),
        "nginx.d/app.conf": _nginx.servers_conf(cell, app.listen, server_rules(app, known, cell)),
        "supervisor.d/app.conf": _supervisor.programs_conf(cell, app.drain, tuple(app.processes)),
    }
    if ports:
        texts["nginx.d/app.conf"] += _nginx.bridge_conf(cell, ports, app.requests.timeout)
    texts.update(_pages.files(app.error_pages))
    texts.update({f"python/{name}": text for name, text in known.files.items()})
    return texts


def server_rules(app: App, known: Understanding, cell: Cell) -> str:
    """What the servers of the app answer."""
    if app.maintenance:
        return _pages.maintenance_rules(cell, app.approot, app.error_pages)
    names = {name: cell.path(name) for name in ("app", "data", "static")}
    names["before"] = cell.path("current", "before")
    locations = render(compile_locations(app.locations, app.approot, names))
    pages = _pages.error_rules(cell, app.approot, app.error_pages)
    protocol, timeout = SERVERS[known.server].protocol, app.requests.timeout
    return _nginx.app_rules(cell, protocol, locations, pages, bool(app.error_pages), timeout)


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
    ports = dict(zip(("app", "app-next"), site.ports)) if known.server == "command" else {}
    conf = configuration(app, known, cell, ports)
    conf_digest = digest_of(conf)
    prefix = cell.path("virtualenvs", order["fingerprint"])
    cwd = posixpath.normpath(cell.path("releases", release, app.approot))
    env = environment(app, known, cell, prefix, bound)
    if known.files:
        extra = cell.path("conf", "sets", conf_digest, "python")
        env["PYTHONPATH"] = ":".join(part for part in (extra, env.get("PYTHONPATH", "")) if part)
    server = SERVERS[known.server]
    job = Job(f"{prefix}/bin", cwd, known.target, app.workers, app.drain, app.command, app.config, interpreter.branch)
    process = {
        "argv": list(server.argv(job)),
        "cwd": cwd,
        "environment": env,
        "release": release,
        "virtualenv": order["fingerprint"],
        "server": server.name,
        "protocol": server.protocol,
    }
    process_digest = digest_of(process)
    launch = {
        "app": app.name,
        "process": process,
        "process_digest": process_digest,
        "processes": dict(app.processes),
        "services": {one.service: one.type for one in bound},
        "ports": ports,
        "health": {**asdict(app.health), "host": host_name(app)},
        "drain": app.drain,
        "strategy": app.strategy,
        "conf": conf_digest,
        "python": order["version"],
        "digest": digest,
    }
    return Plan(
        app=app.name,
        cell=cell.to_dict(),
        release=release,
        digest=digest,
        approot=app.approot,
        virtualenv=order,
        hooks=hooks(app, known),
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
    )


def hooks(app: App, known: Understanding) -> tuple[dict[str, str], ...]:
    """What runs in the release after its virtualenv is there; only Django has something so far."""
    if app.collectstatic and known.manage:
        return ({"name": "collectstatic", "manage": known.manage},)
    return ()


def exclusive(app: App, known: Understanding) -> bool:
    """Whether the build writes into the release, so that another virtualenv needs a release of its own."""
    return bool(hooks(app, known)) or known.inputs.local


def host_name(app: App) -> str:
    """The name the app expects to be asked with: its first domain, else its first address."""
    if app.domains:
        return app.domains[0]
    return app.listen[0] if app.listen else "localhost"


def address(app: App) -> str:
    """Where a person finds the app, for the report."""
    return f"{'https' if app.tls.wanted else 'http'}://{host_name(app)}/"
