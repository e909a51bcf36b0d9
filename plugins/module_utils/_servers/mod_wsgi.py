# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""mod_wsgi: the app in Apache's own processes, by mod_wsgi-express. PRIVATE to the collection.

The package ``mod_wsgi`` is built for the virtualenv's own interpreter and Debian's Apache, so it fits both; the express
command writes Apache's configuration. Daemon mode is the default, as its documentation advises.
"""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server

THREADS = 5

SCRIPT = "mod_wsgi_script"
"""The option of an app that is a script, ``NAME.wsgi``: its name. The target is a module with the same names."""

BODY = 2**31 - 1
"""The largest body that Apache takes; what the app takes is nginx's to say (``requests``)."""


def argv(job: Job) -> tuple[str, ...]:
    """Our own ``pyhost-apache`` knows the port, finds the file of the callable, and lets requests end at a stop."""
    embedded = job.config.get("mod_wsgi_mode") == "embedded"
    module, _colon, attribute = job.target.partition(":")
    return (
        f"{job.tools}/bin/pyhost-apache",
        "--express",
        f"{job.config.get(SCRIPT, module)}:{attribute}",
        f"{job.bin}/mod_wsgi-express",
        f"--processes={job.workers}",
        f"--threads={job.config.get('mod_wsgi_threads', THREADS)}",
        f"--working-directory={job.cwd}",
        f"--python-path={job.cwd}",
        f"--shutdown-timeout={max(job.drain, 1)}",
        f"--graceful-timeout={max(job.drain, 1)}",
        f"--limit-request-body={BODY}",
        "--trust-proxy=127.0.0.1",
        "--trust-proxy-header=X-Real-IP",
        "--trust-proxy-header=X-Forwarded-Proto",
        "--log-to-terminal",
        *(("--embedded-mode",) if embedded else ()),
    )


SERVER = Server(
    "mod_wsgi",
    ("wsgi",),
    "http",
    ("mod_wsgi>=5",),
    ("mod-wsgi",),
    argv,
    branches={"2.7": ("mod_wsgi==4.9.4",), "3.6": ("mod_wsgi==4.9.4",), "3.7": ("mod_wsgi==4.9.4",)},
    port=True,
    system_packages=("apache2-bin", "apache2-dev", "build-essential", "python3-dev"),
)
