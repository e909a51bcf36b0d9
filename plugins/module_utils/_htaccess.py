# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two files that lead a host's own Apache to an app: ``.htaccess`` and a script for FastCGI. Pure. PRIVATE.

They are those of the how-to for shared hosting ("Use Python in the web", "Making A Django Project Live"), for any WSGI
callable. A touch of the script, or its end, takes the app's new version into use where the host's Apache says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

INTERPRETER_LINE = 127
"""The longest first line of a script, in bytes, that every Linux takes whole (execve(2), "Interpreter scripts")."""

SCRIPT = """\
#!{python}
{header}
import os
import sys

NAME = {name!r}
{environment}sys.path.insert(0, {code!r})
os.chdir({code!r})

from {module} import {attribute} as own  # noqa: E402
from flup.server.{kind} import WSGIServer  # noqa: E402


def application(environ, start_response):
    # The rules of .htaccess put the name of this script before each path; the app is not told of it.
    before = environ.get("SCRIPT_NAME", "")
    if before.endswith("/" + NAME):
        environ["SCRIPT_NAME"] = before[: -len(NAME) - 1]
    return own(environ, start_response)


WSGIServer(application).run()
"""

ENVIRONMENT = """\
with open({launch!r}) as handle:
    import json

    os.environ.update(json.load(handle)["process"]["environment"])
"""


def rules(script: str, aside: Sequence[str] = ()) -> str:
    """``.htaccess``: every request goes to ``script``, a file name, but those below the directories ``aside``."""
    kept = "".join(f"RewriteRule ^({re.escape(name)}/.*)$ - [L]\n" for name in aside)
    return f"""{HEADER}AddHandler fcgid-script .fcgi
RewriteEngine On
RewriteBase /
{kept}RewriteCond %{{REQUEST_URI}} !^/{re.escape(script)}
RewriteRule ^(.*)$ {script}/$1 [QSA,L]
"""


def fastcgi_script(
    python: str, target: str, code: str, name: str = "django.fcgi", launch: str = "", threads: bool = True
) -> str:
    """The script, to be mode 0755: runs ``target`` (``module:attribute``) of the directory ``code`` by ``python``.

    ``launch`` is the path of a ``launch.json``, from which the script takes the app's environment when it starts, so
    that no secret is in the web root. flup has to be installed for ``python``. Raises `PyhostError` where the kernel
    would not find ``python``.
    """
    if " " in python or len(f"#!{python}".encode()) > INTERPRETER_LINE:
        text = f"{python!r} cannot be in the first line of a script: it is longer than {INTERPRETER_LINE} bytes"
        raise PyhostError(f"{text}, or has a space; choose a shorter path")
    module, _colon, attribute = target.partition(":")
    return SCRIPT.format(
        python=python,
        header=HEADER.rstrip(),
        name=name,
        environment=ENVIRONMENT.format(launch=launch) if launch else "",
        code=code,
        module=module,
        attribute=attribute or "application",
        kind="fcgi" if threads else "fcgi_fork",
    )
