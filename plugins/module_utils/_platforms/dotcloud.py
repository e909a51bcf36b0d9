# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform ``dotcloud``: the Python services of dotCloud as of March 2013. PRIVATE to the collection.

Sources: dotCloud's documentation 0.9 ("Python", "Build File", "Environment", "Hooks", "Nginx") and its builder.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ansible_collections.pyhost.platform.plugins.module_utils._cell import INSIDE
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _dotcloud_environment as environment
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _dotcloud_front as front
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _dotcloud_hooks as hooks
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import (
    START,
    Platform,
    Step,
    Understanding,
)
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_find import find
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_newrelic import newrelic
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import FILE, Service
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._rsync_patterns import gitignore
from ansible_collections.pyhost.platform.plugins.module_utils._platforms.native import server_packages
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below, requirement_name
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs, collect
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

HOME = "/home/dotcloud"
CURRENT = f"{HOME}/current"
LOGS = "/var/log"

PROCESSES = 4
"""uWSGI's workers where nobody says (S0, "Custom uWSGI Configuration")."""


def understand(app: App, facts: TreeFacts) -> Understanding:
    """How to build and run the service that ``app`` is; raises `Problems` when its tree does not say."""
    service, services = find(app, facts)
    problems = environment.problems(app, services)
    server, target, command, processes = _server(app, service, problems)
    agent = newrelic(app, service, problems)
    steps = hooks.steps(app, service, facts, problems)
    supervisor = hooks.supervisor(app, facts, steps, processes, problems)
    _entry(app, server, target, facts, steps, problems)
    if server != "none":
        problems.extend(front.problems(app, facts))
    if problems:
        raise Problems(problems)
    inputs, packages = _inputs(app, service, facts)
    config = {name: value for name, value in service.config.items() if name.startswith("uwsgi_")}
    workers = config.pop("uwsgi_processes", PROCESSES)
    return Understanding(
        server,
        target,
        inputs,
        (*packages, *agent.packages(inputs.names), *server_packages(SERVERS[server], inputs)),
        environment=environment.own(app, service, services),
        how=f"{FILE}: service {service.name}, type {service.type}",
        command=command,
        ports=(f"PORT_{service.http.upper()}", "PORT") if service.http else ("PORT",),
        wrapper=agent.wrapper,
        config={**config, **agent.config},
        workers=workers,
        processes=processes,
        rules="" if server == "none" else front.rules(app, facts, CURRENT),
        passing="" if server == "none" else front.passing(app, facts, SERVERS[server].protocol, CURRENT),
        supervisor=supervisor,
        steps=steps,
        system_packages=service.systempackages,
        services=environment.bound(services),
        notes=() if server == "none" else front.notes(app, facts),
    )


def _server(app: App, service: Service, problems: list[Problem]) -> tuple[str, str, str, dict[str, str]]:
    """The server, its target, the command that speaks HTTP, and the other processes."""
    processes = {_program(name): line for name, line in service.processes.items()}
    if app.server == "none" or not service.web:
        return "none", "", "", processes
    if not service.http:
        if app.command:
            return "command", "", "", processes
        return app.server or "uwsgi", app.entrypoint or "wsgi:application", "", processes
    variable = f"PORT_{service.http.upper()}"
    naming = [name for name, line in processes.items() if variable in line]
    chosen = naming or list(processes)
    if app.command:  # In place of the process that the file has for it.
        others = {name: line for name, line in processes.items() if chosen != [name]}
        return "command", "", "", others
    if len(chosen) != 1:
        says = f"{' and '.join(chosen)} could be it" if chosen else "there is no process"
        text = f"which process of service {service.name} listens on ${variable} cannot be told: {says}; write it here"
        problems.append(Problem(app.name, "command", text))
        return "none", "", "", processes
    return "command", "", processes.pop(chosen[0]), processes


def _program(name: str) -> str:
    """The name of a process as a cell can have it; numbers at its end and some names are the cell's own."""
    plain = re.sub(r"_([0-9]+)$", r"-\1", re.sub("[^a-z0-9_-]", "-", name.lower()))[:32]
    plain = plain if plain[0].isalpha() else f"process-{plain}"
    return f"{plain}-process" if plain in hooks.TAKEN else plain


def _entry(
    app: App, server: str, target: str, facts: TreeFacts, steps: tuple[Step, ...], problems: list[Problem]
) -> None:
    """There has to be a wsgi.py, unless something may make one on the way."""
    made = app.entrypoint or any(step.when != START for step in steps)
    if server in ("command", "none") or made or f"{below(app.approot)}wsgi.py" in facts.paths:
        return
    module = target.partition(":")[0]
    text = f'is not in the source; {module}.py has to define "application", or write entrypoint'
    problems.append(Problem(app.name, f"{below(app.approot)}wsgi.py", text))


def _inputs(app: App, service: Service, facts: TreeFacts) -> tuple[Inputs, tuple[str, ...]]:
    """requirements.txt, then the list of the file, then the project itself: all three, if they are there."""
    prefix = below(app.approot)
    files = app.requirements
    if files is None:
        files = ("requirements.txt",) if f"{prefix}requirements.txt" in facts.paths else ()
    inputs = collect(facts, app.approot, files, app.constraints)
    packages = service.requirements
    names = {requirement_name(one) for one in packages} - {""}
    inputs = replace(inputs, names=tuple(sorted({*inputs.names, *names})))
    if f"{prefix}setup.py" in facts.paths and app.requirements is None:
        return replace(inputs, local=True), (*packages, ".")
    return inputs, packages


PLATFORM = Platform(
    understand,
    reads=(front.RULES, front.PASSING, hooks.SUPERVISOR, f"/{FILE}"),
    home=HOME,
    virtualenv=f"{HOME}/env",
    views=(("home", HOME), ("log", LOGS)),
    logs=f"{INSIDE}/logs",
    links={
        "current": "{approot}",
        "code": "{app}",
        "env": "{venv}",
        "data": "{srv}/data",
        "volatile": "",
        f"{LOGS}/supervisor": "{srv}/logs",
        f"{LOGS}/nginx": "{srv}/logs",
    },
    ignore=".dotcloudignore",
    ignore_lines=gitignore,
    excluded=("*.pyc", ".git", ".hg"),
    home_files=environment.files,
    crontab=True,
    writable=True,
)
