# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Platform ``rosti``: an app whose owner works on its machine, as at Roští.cz. PRIVATE to the collection.

Its nginx listens on 8000 and leads to 8080. What nginx and Supervisor read of the owner's is written once and then the
owner's; a virtualenv or code that the owner puts in place of ours is what runs.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from dataclasses import replace

from ansible_collections.pyhost.platform.plugins.module_utils import _crontab_lines
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Cron, Logs
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _rosti_texts as texts
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import native
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import (
    AFTER,
    START,
    Platform,
    Step,
    Understanding,
)
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

SITE_PORT = 8000
APP_PORT = 8080
LOGS = Logs(size="2M", keep=5)
EXTRA = ".extra_packages"
_PACKAGE = re.compile(r"[a-z0-9][a-z0-9.+-]+")

OWN_REQUIREMENTS = (
    "if [ -f /srv/app/requirements.txt ] && [ ! -L /srv/app ]; then "
    "python -m pip install --disable-pip-version-check -r /srv/app/requirements.txt; fi"
)
"""Requirements of an app that its owner brought by hand, into each virtualenv that the deploy makes for it."""

INIT = "cd {} && if [ -f init.sh ]; then sh ./init.sh; fi"
"""When the cell starts, whoever brought the file."""


def understand(app: App, facts: TreeFacts) -> Understanding:
    """How to build and run ``app``; raises `PyhostError` when its tree does not say."""
    prefix = below(app.approot)
    facts = _without(facts, f"{prefix}Procfile")
    known = native.served(_with_app_py(app, facts, prefix), facts)
    by_hand = "source" not in app.given
    port = app.port if known.server == "command" else 0
    dropped = port == SITE_PORT
    listen = _listen(app)
    upstream = (
        f"http://127.0.0.1:{APP_PORT}/" if app.network == "private" or port else "http://unix:/srv/run/app.sock:/"
    )
    inner = f"127.0.0.1:{APP_PORT}" if app.network == "private" and not port else ""
    steps = [Step("requirements of the owner", AFTER, OWN_REQUIREMENTS)] if by_hand else []
    if f"{prefix}init.sh" in facts.paths:
        steps.append(Step("init.sh", START, "sh ./init.sh", log="init.log"))
    return replace(
        known,
        cron={
            **_schedules(facts.texts.get(f"{prefix}crontab", ""), f"{prefix}crontab"),
            "init": Cron("@reboot", INIT.format(shlex.quote(posixpath.normpath(f"/srv/app/{app.approot}")))),
        },
        packages=_with_gunicorn(known),
        environment={"TZ": "Europe/Prague"},
        through=None if dropped else (_reached(listen[0]), inner),
        once={
            **({} if dropped else {"conf/nginx.d/python.conf": texts.site(listen, upstream)}),
            **({} if port else {"conf/supervisor.d/python.conf": texts.program(known.target, by_hand)}),
        },
        home=texts.programs(),
        steps=tuple(steps),
        system_packages=("tzdata", *_extra(facts, prefix)),
        seeded=by_hand,
        logs=LOGS,
    )


def _without(facts: TreeFacts, *names: str) -> TreeFacts:
    return replace(facts, texts={name: text for name, text in facts.texts.items() if name not in names})


def _with_app_py(app: App, facts: TreeFacts, prefix: str) -> App:
    """The platform's own command line ends with ``app``: app.py with ``application`` comes before all else."""
    found = dict(facts.callables.get(f"{prefix}app.py", ()))
    if app.entrypoint or app.command or "application" not in found:
        return app
    return replace(app, entrypoint="app:application")


def _with_gunicorn(known: Understanding) -> tuple[str, ...]:
    """gunicorn is always there, whatever runs the app."""
    return tuple(dict.fromkeys((*native.server_packages(SERVERS["gunicorn"], known.inputs), *known.packages)))


def _listen(app: App) -> tuple[str, ...]:
    """Where the owner's server listens: in a network of its own as the platform's did, else where the entry says."""
    return app.listen or (f"0.0.0.0:{SITE_PORT}", f"[::]:{SITE_PORT}")


def _reached(listen: str) -> str:
    """How a server of the same network reaches ``listen``."""
    return listen.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:")


def _extra(facts: TreeFacts, prefix: str) -> tuple[str, ...]:
    """Debian packages, named with spaces between them."""
    named = facts.texts.get(f"{prefix}{EXTRA}", "").split()
    wrong = [name for name in named if not _PACKAGE.fullmatch(name)]
    if wrong:
        raise PyhostError(f"{prefix}{EXTRA}: {', '.join(map(repr, wrong))}: no name of a Debian package")
    return tuple(named)


def _schedules(text: str, file: str) -> dict[str, Cron]:
    """A crontab that came with the code, as schedules: ``line-`` and the number of the line.

    Raises `PyhostError` that names each line that is none.
    """
    found, wrong = _crontab_lines.read(text)
    if wrong:
        raise PyhostError("\n".join(f"{file}, line {number}: {problem}" for number, problem in wrong.items()))
    return {f"line-{number}": Cron(schedule, command) for number, (schedule, command) in found.items()}


PLATFORM = Platform(
    understand,
    reads=(EXTRA, "crontab"),
    virtualenv="/srv/venv",
    views=(("python", "/opt/python/bin"),),
    links={
        "log": "logs",
        **{
            f"/opt/python/bin/{name}": f"/srv/{texts.TECH}/{name}" for name in ("python", "pip", "virtualenv", "pyvenv")
        },
    },
    network="private",
    path=(f"/srv/{texts.TECH}", "/srv/bin"),
    owners=("app", "venv"),
    site="rosti",
    crontab=True,
)
