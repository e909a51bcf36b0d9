# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From ``pyhost_apps`` as a user wrote it to complete apps. Pure. PRIVATE to the collection.

``_schema`` says what a single key may be, ``_draft`` how the keys of one app agree; here are the rules
between apps. All problems of all apps are reported together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils import _listen, _order
from ansible_collections.pyhost.platform.plugins.module_utils._draft import Draft, make_draft
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import WEBLESS, App
from ansible_collections.pyhost.platform.plugins.module_utils._schema import keys
from ansible_collections.pyhost.platform.plugins.module_utils._service import Service, app_problems
from ansible_collections.pyhost.platform.plugins.module_utils._shape import Report
from ansible_collections.pyhost.platform.plugins.module_utils._wording import quote_it, shown, unknown, wrong_type

SCOPES = ("system", "account")


@dataclass(frozen=True)
class Settings:
    """What holds for all apps of a host.

    ``scope`` is system or account, ``root`` the directory of account scope, ``python_default`` the branch
    of apps that name none ("" leaves it to the host); ``platforms``, ``servers`` and ``services`` are those there are.
    """

    scope: str
    root: str
    python_default: str
    platforms: tuple[str, ...]
    servers: tuple[str, ...]
    services: Mapping[str, Service] = field(default_factory=dict)


def resolve(entries: object, settings: Settings) -> tuple[App, ...]:
    """The apps of a host in the order of the list. Raises Problems with every problem of every app."""
    problems = _check_settings(settings)
    drafts: list[Draft] = []
    if isinstance(entries, (list, tuple)):
        table = keys(settings.platforms, settings.servers)
        drafts = [
            make_draft(entry, f"pyhost_apps[{place}]", table, settings.scope, settings.python_default)
            for place, entry in enumerate(entries)
        ]
    else:
        problems.append(Problem("", "pyhost_apps", wrong_type(entries, "a list", "write one list entry for each app")))
    _check_names(drafts)
    _check_claims(drafts)
    _check_order(drafts)
    _check_owners(drafts)
    problems.extend(problem for draft in drafts for problem in draft.report.problems)
    for draft in drafts:
        if draft.app.state != "absent":
            problems.extend(app_problems(draft.app, settings.services, settings.scope))
    if problems:
        raise Problems(problems)
    return _with_listen([draft.app for draft in drafts], settings.scope)


def _check_settings(settings: Settings) -> list[Problem]:
    report = Report("")
    if settings.scope not in SCOPES:
        report.add("pyhost_scope", f"{shown(settings.scope)} is unknown; {unknown(settings.scope, SCOPES, 'scopes')}")
    if settings.scope == "account":
        report.add("pyhost_root", _root(settings.root))
    report.add("pyhost_python_default", _python_default(settings.python_default))
    return report.problems


def _root(root: object) -> str:
    if not isinstance(root, str):
        return wrong_type(root, "a string", "write ~/pyhost")
    if not re.fullmatch(r"[/~][^\x00-\x1f\x7f$]*", root):
        return f'{shown(root)} is no absolute path without "$" and line breaks; write for example "~/pyhost"'
    return ""


def _python_default(branch: object) -> str:
    if isinstance(branch, (bool, int, float)):
        return quote_it(branch)
    if not isinstance(branch, str):
        return wrong_type(branch, "a string", 'write "3.13"')
    return formats.python_branch(branch) if branch else ""


def _check_names(drafts: list[Draft]) -> None:
    places: dict[str, list[int]] = {}
    for place, draft in enumerate(drafts):
        places.setdefault(draft.app.name, []).append(place)
    for name, same in places.items():
        if len(same) > 1:
            owners = " and ".join(f"pyhost_apps[{place}]" for place in same)
            drafts[same[0]].report.add("name", f"{shown(name)} names {owners}; give each app its own name")


def _check_order(drafts: list[Draft]) -> None:
    """Apps that start after others; what is absent starts never."""
    present = {draft.app.name: draft for draft in drafts if draft.app.state != "absent"}
    for name, text in _order.problems({name: draft.app.after for name, draft in present.items()}):
        present[name].report.add("after", text)


def _check_owners(drafts: list[Draft]) -> None:
    """Whose services an app shares is an app with services of its own; it may be absent, what is absent shares none."""
    apps = {draft.app.name: draft.app for draft in drafts}
    for draft in drafts:
        name = draft.app.services_of if draft.app.state != "absent" else ""
        if name and name not in apps:
            others = [one for one in apps if one != draft.app.name]
            draft.report.add("services_of", f"{shown(name)} is no app of pyhost_apps; {unknown(name, others, 'apps')}")
        elif name == draft.app.name and name:
            draft.report.add("services_of", f"{shown(name)} is this app itself; remove it")
        elif name and (further := apps[name].services_of):
            draft.report.add("services_of", f"{shown(name)} itself shares those of {further}; write {further}")


def _check_claims(drafts: list[Draft]) -> None:
    """Domains and addresses belong to one app; apps with state absent have none."""
    present = [draft for draft in drafts if draft.app.state != "absent"]
    _check_claim(present, "domains", str.lower, lambda one, other: True)
    _check_ports(present)
    _check_claim(present, "listen", lambda one: _listen.split_listen(one)[1], _listen.overlap)


def _check_ports(drafts: list[Draft]) -> None:
    """Ports of commands, each of one app where they share the host's network."""
    owners: dict[int, str] = {}
    for draft in drafts:
        app = draft.app
        if app.port and app.network == "shared" and owners.setdefault(app.port, app.name) != app.name:
            text = f"{app.port} is that of app {owners[app.port]}; give one of the two network: private"
            draft.report.add("port", text)


def _check_claim(drafts: list[Draft], key: str, group: Callable[[str], Any], clash: Callable[[str, str], bool]) -> None:
    """Reports each value that clashes with an earlier one; ``group`` is equal wherever ``clash`` may be true."""
    earlier: dict[Any, list[tuple[Draft, int, str]]] = {}
    for draft in drafts:
        for place, value in draft.values.listed(key):
            claims = earlier.setdefault(group(value), [])
            other = next((claim for claim in claims if clash(claim[2], value)), None)
            if other is not None:
                draft.report.add(f"{key}[{place}]", _claimed(value, key, draft, *other))
            claims.append((draft, place, value))


def _claimed(value: str, key: str, draft: Draft, owner: Draft, place: int, other: str) -> str:
    if owner is draft:
        return f"{shown(value)} clashes with {key}[{place}], {shown(other)}; remove one of the two"
    fix = "write another port" if key == "listen" else "give it to one of the two"
    return f"{shown(value)} clashes with {shown(other)} of app {owner.report.app}; {fix}"


def _with_listen(apps: list[App], scope: str) -> tuple[App, ...]:
    """Gives each app that could not be reached otherwise the first free port of 127.0.0.1 from 8000."""
    present = [app for app in apps if app.state != "absent"]
    taken = {_listen.split_listen(one)[1] for app in present for one in app.listen}
    complete = []
    for app in apps:
        asked = app.state != "absent" and app.server != WEBLESS
        if asked and not app.listen and (scope == "account" or not app.domains):
            port = _listen.free_port(taken)
            taken.add(port)
            app = replace(app, listen=(f"127.0.0.1:{port}",))
        complete.append(app)
    return tuple(complete)
