# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of a run, checked. PRIVATE to the collection."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._boot import WAYS
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem, Problems
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import DEFAULT, read

DEFAULTS: dict[str, Any] = {
    "scope": "system",
    "root": "~/pyhost",
    "boot": "auto",
    "python_default": "",
    "python_aliases": {},
    "python_paths": [],
    "python_sources": [*DEFAULT],
    "build_environment": {},
    "base": ".",
    "shared_wheels": True,
    "jobs": 4,
    "keep_releases": 5,
    "lock_wait": 0,
    "trusted_proxies": [],
    "acme_directory": "https://acme-v02.api.letsencrypt.org/directory",
    "acme_email": "",
    "report_path": "",
    "profile": False,
    "services": [],
    "services_rotation": "",
    "services_passwords": "~/.pyhost/passwords",
    "services_secrets": {},
    "rehearse": "",
    "only": [],
}
"""Every setting of `pyhost.platform.resolve` and its default; the types are those of the defaults."""


OTHERWISE = ("scope", "root", "python_default", "rehearse", "jobs", "keep_releases", "lock_wait", "services")
"""Settings that have checks of their own, here or in resolve."""


BOUNDS = {"jobs": (1, 64), "keep_releases": (1, 64), "lock_wait": (0, 3600)}


def read_settings(args: dict[str, Any], check: bool) -> dict[str, Any]:
    """``args`` over the defaults; raises `Problems` that name each wrong one."""
    problems = [
        Problem("", name, f"unknown setting; known are: {', '.join(sorted(DEFAULTS))}")
        for name in sorted(set(args) - set(DEFAULTS))
    ]
    settings = {**DEFAULTS, **args}
    for name, (least, most) in BOUNDS.items():
        try:
            settings[name] = int(settings[name])
        except (TypeError, ValueError):
            problems.append(Problem("", f"pyhost_{name}", f"{settings[name]!r} is no whole number"))
            continue
        if not least <= settings[name] <= most:
            problems.append(Problem("", f"pyhost_{name}", f"{settings[name]} is not between {least} and {most}"))
    for name, default in DEFAULTS.items():
        kind = type(default)
        if name not in OTHERWISE and not isinstance(settings[name], kind):
            noun = {"bool": "boolean", "dict": "mapping", "list": "list", "str": "string"}[kind.__name__]
            problems.append(Problem("", f"pyhost_{name}", f"{settings[name]!r} is no {noun}"))
    if isinstance(settings["boot"], str) and settings["boot"] not in WAYS:
        text = f"{settings['boot']!r} is unknown; write one of {', '.join(WAYS)}"
        problems.append(Problem("", "pyhost_boot", text))
    problems += _networks(settings["trusted_proxies"])
    sources, wrong = read(settings["python_sources"])
    problems += wrong if isinstance(settings["python_sources"], list) else []
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)[:/]\S*", str(settings["acme_directory"])):
        text = f"{settings['acme_directory']!r} is no https:// address; it is what the authority names its directory"
        problems.append(Problem("", "pyhost_acme_directory", text))
    for key, name in (("python_default", "pyhost_python_default"), ("rehearse", "python")):
        branch = settings[key]
        if not isinstance(branch, str) or not re.fullmatch(r"([23]\.\d{1,2})?", branch):
            text = f'{branch!r} is no branch; write for example "3.13", with quotes'
            problems.append(Problem("", name, text))
    if problems:
        raise Problems(problems)
    return {**settings, "check": bool(check), "python_sources": [one.to_dict() for one in sources]}


def _networks(trusted: Any) -> list[Problem]:
    """What is wrong with networks: ``10.0.0.0/8``, ``192.0.2.7``; everybody would be no load balancer."""
    problems = []
    for place, one in enumerate(trusted if isinstance(trusted, list) else []):
        try:
            wrong = "" if ip_network(one).prefixlen else "would believe everybody"
        except (TypeError, ValueError):
            wrong = "is no address or network"
        if wrong:
            text = f'{one!r} {wrong}; write for example "10.0.0.0/24"'
            problems.append(Problem("", f"pyhost_trusted_proxies[{place}]", text))
    return problems
