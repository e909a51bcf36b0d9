# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform ``ausnimbus``: what AusNimbus' builder for Python made of a tree. PRIVATE to the collection.

Its documentation is the rule, and where that is silent its scripts are: ``requirements.txt`` or ``setup.py``,
Django's ``collectstatic``, and then ``APP_RUN``, gunicorn, ``app.py`` in this order. Hooks of the tree replace a stage.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _s2i_scripts as scripts
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _s2i_variables as variables
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import native
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import (
    AFTER,
    Platform,
    Step,
    Understanding,
)
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._s2i_environment import (
    NAME,
    read_environment,
    unquoted,
)
from ansible_collections.pyhost.platform.plugins.module_utils._pyproject import setup_name, setup_requirements
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below, requirement_name
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs, collect
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts, import_names, module_files

HOME = "/opt/app-root"

GUARANTEED = {
    "XDG_RUNTIME_DIR": "/srv/run",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "UTF-8",
    "LC_ALL": "en_US.UTF-8",
    "LANG": "en_US.UTF-8",
    "PIP_NO_CACHE_DIR": "off",
    "FORWARDED_ALLOW_IPS": "*",
}
"""What the builder's image sets for every app; the app's own values win."""

BUILDERS_PIP = "pip<25.3"
"""The pip of the builder; PIP_UPGRADE asks for the latest one."""

SYSTEM = {
    "lxml": ("libxml2-dev", "libxslt1-dev"),
    "mod-wsgi": ("apache2-bin", "apache2-dev"),
    "mysqlclient": ("default-libmysqlclient-dev", "pkg-config"),
    "psycopg2": ("libpq-dev",),
    "pylibmc": ("libmemcached-dev",),
    "uwsgi": (),
}
"""Requirements that are compiled, and the Debian packages with what they need besides a compiler."""

COMPILER = ("build-essential", "python3-dev")
LOCALE = "locales-all"

HOOKS = {"assemble": ".s2i/bin/assemble", "run": ".s2i/bin/run"}


@dataclass(frozen=True)
class _Tree:
    """The tree of one app: its facts, the directory of its code, and the app's own variables."""

    facts: TreeFacts
    prefix: str
    own: Mapping[str, str]

    def has(self, name: str) -> bool:
        return self.prefix + name in self.facts.paths or self.prefix + name in self.facts.texts

    def hook(self, name: str) -> bool:
        return self.has(HOOKS[name])


def understand(app: App, facts: TreeFacts) -> Understanding:
    """How to build and run ``app``; raises `PyhostError` when its tree does not say."""
    prefix = below(app.approot)
    for name in (NAME, *HOOKS.values()):
        if prefix + name in facts.unreadable:
            raise PyhostError(f"{prefix}{name} {facts.unreadable[prefix + name]}")
    declared = read_environment(facts.texts.get(prefix + NAME, ""))
    tree = _Tree(_without_projects(facts, prefix), prefix, {**declared, **app.environment})
    problems = variables.problems(app, tree.own, set() if tree.hook("assemble") else set(facts.paths))
    if problems:
        raise Problems(problems)
    workers = variables.workers(app, tree.own)
    inputs = collect(tree.facts, app.approot, app.requirements, app.constraints)
    known = _run(app, tree, inputs)
    upgrade = tree.own.get("PIP_UPGRADE") == "TRUE"
    pip = ("pip",) if upgrade else (BUILDERS_PIP,)
    packages = tuple(one for one in known.packages if one != "pip")
    return replace(
        known,
        inputs=_assembled(inputs, tree) if tree.hook("assemble") else inputs,
        packages=(*packages, *(pip if "pip" in known.packages else ())),
        environment={**GUARANTEED, "WEB_CONCURRENCY": str(workers), **declared},
        workers=workers,
        pip_index_url=tree.own.get("PIP_INDEX_URL", ""),
        manage="",
        rules=variables.forwarded(tree.own),
        steps=_steps(app, tree),
        home={"/usr/libexec/s2i/assemble": scripts.ASSEMBLE, "/usr/libexec/s2i/run": scripts.RUN},
        system_packages=_system_packages(inputs),
    )


def _without_projects(facts: TreeFacts, prefix: str) -> TreeFacts:
    """The builder knows requirements.txt and setup.py alone; pip reads the rest of a project when it installs that."""
    others = {f"{prefix}{name}" for name in ("uv.lock", "pyproject.toml", "Procfile")}
    return replace(facts, texts={name: text for name, text in facts.texts.items() if name not in others})


def _assembled(inputs: Inputs, tree: _Tree) -> Inputs:
    """A build stage of the app's own installs by itself, into a virtualenv that is its release's alone."""
    hook = tree.prefix + HOOKS["assemble"]
    return replace(
        inputs, kind="none", files=(), local=True, texts={**inputs.texts, hook: tree.facts.texts.get(hook, "")}
    )


def _run(app: App, tree: _Tree, inputs: Inputs) -> Understanding:
    """The server, by the run order; what the entry itself says comes first."""
    if app.server or app.entrypoint or "command" in app.given:
        return native.served(app, tree.facts)
    if tree.hook("run"):
        return _command(f"./{HOOKS['run']}", inputs, f"{HOOKS['run']} is in the source")
    if tree.own.get("APP_RUN", "").strip():
        return _command(f"bash -c {shlex.quote(unquoted(tree.own['APP_RUN'].strip()))}", inputs, "APP_RUN is set")
    if "gunicorn" in _installed(tree, inputs):
        target, how = _module(tree)
        if target:
            return Understanding("gunicorn", target, inputs, _pip(inputs), how=how, config=variables.gunicorn(tree.own))
        if tree.has("setup.py"):
            return _command("/usr/libexec/s2i/run", inputs, "setup.py tells its name only when it runs")
    if tree.has("app.py"):
        return _command("python app.py", inputs, "there is app.py, and no gunicorn to run something else")
    if tree.hook("assemble"):
        return _command("/usr/libexec/s2i/run", inputs, f"{HOOKS['assemble']} decides what there is to run")
    raise PyhostError("\n".join(scripts.UNKNOWN))


def _command(command: str, inputs: Inputs, how: str) -> Understanding:
    return Understanding("command", "", inputs, _pip(inputs), command=command, port=scripts.PORT, how=how)


def _pip(inputs: Inputs) -> tuple[str, ...]:
    return () if "pip" in inputs.names or inputs.wheels else ("pip",)


def _installed(tree: _Tree, inputs: Inputs) -> set[str]:
    """Names of what is installed, as far as the tree's own files tell: requirement files and its own setup.py."""
    setup = tree.facts.texts.get(f"{tree.prefix}setup.py", "") if inputs.local else ""
    return {*inputs.names, *map(requirement_name, setup_requirements(setup))}


def _module(tree: _Tree) -> tuple[str, str]:
    """The callable for gunicorn, and how it was found; "" when the tree tells none."""
    given = tree.own.get("GUNICORN_APP_MODULE", "")
    if given:
        return (given if ":" in given else f"{given}:application"), "GUNICORN_APP_MODULE is set"
    if tree.has("wsgi.py"):
        return "wsgi:application", "gunicorn is required, and there is wsgi.py"
    name = setup_name(tree.facts.texts.get(f"{tree.prefix}setup.py", ""))
    if not name:
        return "", ""
    files = {*tree.facts.paths, *tree.facts.texts}
    modules = import_names(name)
    there = (one for one in modules if files.intersection(module_files(one, tree.prefix)))
    return f"{next(there, modules[0])}:application", f"setup.py calls the project {name}"


def _steps(app: App, tree: _Tree) -> tuple[Step, ...]:
    run = (Step("run", AFTER, ":", file=tree.prefix + HOOKS["run"]),) if tree.hook("run") else ()
    if tree.hook("assemble"):
        return (Step("assemble", AFTER, f"./{HOOKS['assemble']}", file=tree.prefix + HOOKS["assemble"]), *run)
    manage = _manage(tree)
    if manage and app.collectstatic and tree.own.get("DISABLE_COLLECTSTATIC", "FALSE") == "FALSE":
        collect_ = f"python {shlex.quote(manage)} collectstatic --noinput"
        command = f"if python -c 'import django' 2>/dev/null; then {collect_}; fi"
        return (Step("collectstatic", AFTER, command), *run)
    return run


def _manage(tree: _Tree) -> str:
    """The first manage.py, by depth, of the first three levels of approot."""
    below_ = [path[len(tree.prefix) :] for path in tree.facts.paths if path.startswith(tree.prefix)]
    found = [path for path in below_ if posixpath.basename(path) == "manage.py" and path.count("/") < 3]
    return min(found, key=lambda path: (path.count("/"), path), default="")


def _system_packages(inputs: Inputs) -> tuple[str, ...]:
    compiled = [name for name in SYSTEM if name in inputs.names]
    needed = [*(COMPILER if compiled else ()), *(package for name in compiled for package in SYSTEM[name])]
    return (LOCALE, *needed)


PLATFORM = Platform(
    understand,
    reads=(NAME, *HOOKS.values()),
    home=f"{HOME}/src",
    virtualenv=HOME,
    views=(("home", HOME), ("s2i", "/usr/libexec/s2i")),
    links={"src": "{approot}", **{name: f"{{venv}}/{name}" for name in ("bin", "lib", "include", "pyvenv.cfg")}},
)
