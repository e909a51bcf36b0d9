# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CGI: a process for each request, run by a program of ours that nginx asks by SCGI. PRIVATE to the collection.

nginx speaks no CGI. fcgiwrap needs root to be installed, has no time limit and no say in what is a script; uWSGI's
plugin is in none of its wheels. So the program is ours, and the same in both scopes.
"""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server

AT_ONCE = 4
"""Processes for each worker."""

SECONDS = 60
"""Seconds that a process may take."""

ENDINGS = "cgi_endings"
"""The option of an app of scripts: what their names end with outside of ``cgi-bin``."""


def argv(job: Job) -> tuple[str, ...]:
    """Without a target what runs is the app's own scripts."""
    config = job.config
    what = ("--wsgi", f"{job.bin}/python", job.target) if job.target else ("--scripts", *config.get(ENDINGS, ()))
    return (
        f"{job.tools}/bin/pyhost-cgi",
        "--socket={socket}",
        f"--root={job.cwd}",
        f"--processes={config.get('cgi_processes', job.workers * AT_ONCE)}",
        f"--timeout={config.get('cgi_timeout', SECONDS)}",
        f"--drain={job.drain}",
        *what,
    )


SERVER = Server("cgi", ("wsgi",), "scgi", (), (), argv)
