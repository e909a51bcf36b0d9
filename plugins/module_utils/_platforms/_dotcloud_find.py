# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which service of dotcloud.yml an app is. PRIVATE to the collection. For the controller, which has YAML."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import (
    DEFAULT_PYTHON,
    FILE,
    MISSING,
    RUN,
    Service,
    main_service,
)
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown, unknown


def find(app: App, facts: TreeFacts) -> tuple[Service, dict[str, Service]]:
    """The service, and all of the file. Raises `Problems`, also where the entry and the file contradict each other."""
    services = _read(app, facts)
    run = [name for name, one in services.items() if one.type in RUN]
    if app.service and app.service not in services:
        text = f"{shown(app.service)} is not in {FILE}; {unknown(app.service, run, 'services')}"
        raise Problems([Problem(app.name, "service", text)])
    if not app.service and len(run) > 1:
        text = f"missing; {FILE} has several services, so write one of: {', '.join(run)}"
        raise Problems([Problem(app.name, "service", text)])
    service = services[app.service] if app.service else main_service(services.values())
    if service is None or service.type not in RUN:
        types = ", ".join(f"{one.name} of type {one.type}" for one in services.values())
        raise Problems([Problem(app.name, FILE, f"has no service that is run here ({' or '.join(RUN)}), but {types}")])
    problems = _contradictions(app, service)
    if problems:
        raise Problems(problems)
    return service, services


def _read(app: App, facts: TreeFacts) -> dict[str, Service]:
    from ansible_collections.pyhost.platform.plugins.plugin_utils._platforms import _dotcloud_file

    if FILE in facts.unreadable:
        raise Problems([Problem(app.name, FILE, facts.unreadable[FILE])])
    if FILE not in facts.texts:
        raise Problems([Problem(app.name, FILE, MISSING)])
    services, wrong = _dotcloud_file.read(facts.texts[FILE])
    if wrong:
        raise Problems(Problem(app.name, FILE, text) for text in wrong)
    return services


def _contradictions(app: App, service: Service) -> list[Problem]:
    """What an entry has to say itself, because its code is not on the controller; elsewhere `expand` has said it."""
    found = []
    if "approot" not in app.given and app.approot != service.approot:
        found.append(("approot", service.approot))
    if not app.python:
        found.append(("python", f'"{service.config.get("python_version", DEFAULT_PYTHON)}"'))
    if not (service.web or app.server or app.command):
        found.append(("server", "none"))
    text = f"is read from {FILE} where the source is on the controller; for this one write"
    return [Problem(app.name, key, f"{text} {key}: {value}") for key, value in found]
