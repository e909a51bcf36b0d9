# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An app with what its tree says besides its entry. Pure. PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS, App, Process
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding


def completed(app: App, known: Understanding) -> App:
    """``app`` with what its tree says and its entry does not: Python, index, workers, port, processes, logs and so on.

    A process of the entry without a command is that of the tree with other settings. Doing this twice changes
    nothing. Raises `Problems`.
    """
    processes = {name: Process(command, stop_wait=max(app.drain, 1)) for name, command in known.processes.items()}
    problems = []
    for name, own in app.processes.items():
        command = own.command or known.processes.get(name, "")
        if not command:
            text = "missing; the code declares no process of this name, so write what it runs"
            problems.append(Problem(app.name, f"processes.{name}.command", text))
        processes[name] = replace(own, command=command)
    if app.server == WEBLESS and not processes and not app.cron:
        text = "missing; with server: none there is nothing else, so write {worker: celery -A shop worker}, or cron"
        problems.append(Problem(app.name, "processes", text))
    if problems:
        raise Problems(problems)
    hooks = replace(app.hooks, release=app.hooks.release or known.release)
    port = app.port or known.port
    return replace(
        app,
        processes=processes,
        hooks=hooks,
        command=app.command or known.command,
        port=port,
        strategy="restart" if port else app.strategy,
        workers=app.workers or known.workers,
        cron={**known.cron, **app.cron},
        logs=known.logs if known.logs and "logs" not in app.given else app.logs,
        config={**known.config, **app.config},
        python=known.python if known.python and "python" not in app.given else app.python,
        pip_index_url=app.pip_index_url or known.pip_index_url,
    )
