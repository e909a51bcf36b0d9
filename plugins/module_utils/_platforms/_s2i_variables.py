# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that AusNimbus' builder read: whether they are good, and what they mean. Pure. PRIVATE to the collection.

``own`` are the variables of an app: those of its ``.s2i/environment``, and over them those of its entry.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._s2i_environment import NAME
from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import below, inside

MEMORY_WORKERS = ((512, 2), (1024, 4), (2048, 6), (4096, 8))
"""Mebibytes up to which an instance has so many workers; above the last one it has `MOST_WORKERS`."""
MOST_WORKERS = 10


def problems(app: App, own: Mapping[str, str], paths: Collection[str]) -> list[Problem]:
    """What is wrong with them; ``paths`` are the files of the source, none where they are not known yet."""
    wrong = {
        "GUNICORN_APP_MODULE": _module_problem(own.get("GUNICORN_APP_MODULE") or "wsgi"),
        "PIP_INDEX_URL": formats.index_url(own.get("PIP_INDEX_URL") or "https://pypi.org/simple"),
        "WEB_CONCURRENCY": _count_problem(own.get("WEB_CONCURRENCY") or "1"),
        "FORWARDED_ALLOW_IPS": "; ".join(filter(None, map(_address_problem, _addresses(own)))),
        **{name: _file_problem(own.get(name, ""), app, paths) for name in ("GUNICORN_CONFIG", "APP_CONFIG")},
    }
    return [
        Problem(app.name, f"environment.{name}" if name in app.environment else f"{NAME}: {name}", text)
        for name, text in wrong.items()
        if text
    ]


def _module_problem(value: str) -> str:
    """gunicorn also takes a call that makes the callable: ``shop:create_app()``."""
    call = re.fullmatch(r"([^()]+:[^()]+)\([^\x00-\x1f]*\)", value)
    return formats.entrypoint(call[1] if call else value)


def _count_problem(value: str) -> str:
    good = value.isascii() and value.isdigit() and 0 < int(value) <= 512
    return "" if good else f'"{value}" is no number of workers; write one from 1 to 512'


def _file_problem(value: str, app: App, paths: Collection[str]) -> str:
    path = inside(below(app.approot), value.removeprefix("file:"))
    if not path or not paths or value.startswith("python:") or path in paths:
        return ""
    return f'"{value}" is not in the source; add it, or write another path'


def _address_problem(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return f'"{value}" is no address; write addresses with commas between them, or * for all'
    return ""


def _addresses(own: Mapping[str, str]) -> tuple[str, ...]:
    listed = own.get("FORWARDED_ALLOW_IPS", "*").split(",")
    return tuple(one.strip() for one in listed if one.strip() not in ("", "*"))


def workers(app: App, own: Mapping[str, str]) -> int:
    """WEB_CONCURRENCY; else what the entry says; else by its memory; else those of the smallest instance."""
    if own.get("WEB_CONCURRENCY"):
        return int(own["WEB_CONCURRENCY"])
    return app.workers or by_memory(app.limits.memory or "512M")


def by_memory(amount: str) -> int:
    """The workers of an instance with ``amount`` of memory, as systemd writes it ("512M")."""
    number, unit = (amount[:-1], amount[-1]) if amount[-1] in "KMGT" else (amount, "")
    mebibytes = int(number) * (1 << 10 * ("", *"KMGT").index(unit)) / (1 << 20)
    return next((count for most, count in MEMORY_WORKERS if mebibytes <= most), MOST_WORKERS)


def gunicorn(own: Mapping[str, str]) -> dict[str, Any]:
    """What they say of gunicorn, as its server takes it: the path of its configuration ("" for none), and DEBUG."""
    settings: dict[str, Any] = {"gunicorn_config": own.get("GUNICORN_CONFIG") or own.get("APP_CONFIG") or ""}
    return {**settings, "gunicorn_debug": True} if own.get("DEBUG") == "TRUE" else settings


def forwarded(own: Mapping[str, str]) -> str:
    """nginx text: whose word about https counts. nginx is before gunicorn here, so it has to ask, and not gunicorn."""
    addresses = [str(ipaddress.ip_address(one)) for one in _addresses(own)]
    if "*" in own.get("FORWARDED_ALLOW_IPS", "*").split(","):
        said, asked = "$http_x_forwarded_proto", ""
    elif addresses:
        said, asked = "$pyhost_said", 'set $pyhost_said "";\n'
    else:
        return ""
    for one in addresses if asked else ():
        asked += f'if ($remote_addr = "{one}") {{\n    set $pyhost_said $http_x_forwarded_proto;\n}}\n'
    settings = {"$pyhost_scheme": "https", "$pyhost_https": "on", "$pyhost_port": "443"}
    secure = "".join(f"    set {name} {value};\n" for name, value in settings.items())
    return f"{asked}if ({said} = https) {{\n{secure}}}\n"
