# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of dotCloud's services, and the files that hold it. Pure. PRIVATE to the collection."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping

from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problem
from ansible_collections.pyhost.platform.plugins.module_utils._models import App
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._dotcloud_service import BOUND, DATA, Service

FIRST_PORT, PORTS = 42800, 2000
"""Where ports of an app's own are, and how many numbers there are for them."""

_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_PROFILE = """\
VIRTUAL_ENV="${VIRTUAL_ENV:-$HOME/env}"
case ":$PATH:" in
    *":$VIRTUAL_ENV/bin:"*) ;;
    *) PATH="$VIRTUAL_ENV/bin:$PATH" ;;
esac
export VIRTUAL_ENV PATH
"""
"""For `sh -l` of hooks and programs, because /etc/profile sets another PATH."""


def own(app: App, service: Service, services: Mapping[str, Service]) -> dict[str, str]:
    """What the platform tells a service, and what its file says; the entry's own is above it."""
    found = {
        "DOTCLOUD_ENVIRONMENT": "default",
        "DOTCLOUD_PROJECT": app.services_of or project(app.name, service.name),
        "DOTCLOUD_SERVICE_NAME": service.name,
        "DOTCLOUD_SERVICE_ID": "0",
    }
    for one in services.values():
        for port, kind in one.ports.items():
            if kind != "http":
                found.update(_reach(found["DOTCLOUD_PROJECT"], one, port, kind))
    host = app.domains[0] if app.domains else app.listen[0] if app.listen else ""
    if service.web and host:
        scheme = "https" if app.tls.wanted else "http"
        prefix = f"DOTCLOUD_{service.name.upper()}_HTTP"
        found.update({f"{prefix}_HOST": host, f"{prefix}_URL": f"{scheme}://{host}/"})
    for port, kind in service.ports.items():
        if kind != "http":
            found[f"PORT_{port.upper()}"] = str(number(found["DOTCLOUD_PROJECT"], service.name, port))
    return {**found, **service.environment}


def project(app: str, service: str) -> str:
    """The name of the whole application: that of the entry which the service comes from."""
    suffix = "-" + service.replace("_", "-")
    return app[: -len(suffix)] if app.endswith(suffix) and app != suffix else app


def number(project: str, service: str, port: str) -> int:
    """The same number for the same port, always; other apps of a host have others, most likely."""
    return FIRST_PORT + zlib.crc32(f"{project}/{service}/{port}".encode()) % PORTS


def _reach(project: str, service: Service, port: str, kind: str) -> dict[str, str]:
    prefix, bound = f"DOTCLOUD_{service.name.upper()}_{port.upper()}", number(project, service.name, port)
    return {
        f"{prefix}_HOST": "127.0.0.1",
        f"{prefix}_PORT": str(bound),
        f"{prefix}_URL": f"{kind}://127.0.0.1:{bound}",
    }


def bound(services: Mapping[str, Service]) -> dict[str, str]:
    """The data services of the file that apps are bound to, by name, and their types in ``pyhost_services``."""
    return {name: BOUND[one.type] for name, one in services.items() if one.type in BOUND}


def problems(app: App, services: Mapping[str, Service]) -> list[Problem]:
    """Names of the entry's that are the platform's; those of data services that live elsewhere are not."""
    data = tuple(f"DOTCLOUD_{name.upper()}_" for name, one in services.items() if one.type in DATA)
    text = "cannot be set: names that begin with DOTCLOUD_ are those of the platform and its data services"
    return [
        Problem(app.name, f"environment.{name}", text)
        for name in app.environment
        if name.startswith("DOTCLOUD_") and not name.startswith(data)
    ]


def files(values: Mapping[str, str]) -> dict[str, str]:
    """The files of the home that tell ``values``: one ``"K": "V"`` per line, for programs that read lines."""
    pairs = [f"{_text(name)}: {_text(value)}" for name, value in sorted(values.items())]
    inner = ",\n".join(f"    {pair}" for pair in pairs)
    lines = "".join(f"{pair}\n" for pair in pairs) or "{}\n"
    return {
        "environment.json": f"{{\n{inner}\n}}\n",
        "environment.yml": lines,
        "environment.yaml": lines,
        ".profile": _PROFILE,
    }


def _text(value: str) -> str:
    """A string that is the same in JSON and in YAML."""
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
