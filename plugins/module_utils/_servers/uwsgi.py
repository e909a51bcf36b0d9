# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uWSGI, built for the virtualenv's own interpreter. PRIVATE to the collection.

The package is ``pyuwsgi``: the same program as ``uWSGI``, with a wheel per CPython version, so it always
fits the interpreter it is installed for. An app that requires ``uwsgi`` itself gets that one, compiled.
The six options are those of the dotCloud Python service ("Custom uWSGI Configuration").
"""

from __future__ import annotations

from functools import partial

from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server

GRACEFUL = "unix_signal:15 gracefully_kill_them_all"
"""Without it SIGTERM reloads uWSGI instead of ending it after the running requests."""

METHODS = PREFORK, THREADED = ("prefork", "threaded")
"""How FastCGI and SCGI servers work, in the words of flup and of Django's ``runfastcgi``."""


def _argv(socket: str, job: Job) -> tuple[str, ...]:
    """The command line; ``socket`` is the option for a socket of the protocol that uWSGI shall speak.

    With ``method: threaded`` there is one process with a thread for each worker.
    """
    config = job.config
    threaded = config.get("method") == THREADED
    line = [
        f"{job.bin}/uwsgi",
        f"--{socket}={{socket}}",
        "--chmod-socket=660",
        "--master",
        "--need-app",
        "--vacuum",
        f"--hook-master-start={GRACEFUL}",
        f"--worker-reload-mercy={job.drain}",
        f"--chdir={job.cwd}",
        f"--virtualenv={job.bin.rsplit('/', 1)[0]}",
        f"--module={job.target}",
        f"--processes={1 if threaded else config.get('uwsgi_processes', job.workers)}",
        f"--buffer-size={config.get('uwsgi_buffer_size', 4096)}",
        "--memory-report" if config.get("uwsgi_memory_report") else "--disable-logging",
    ]
    if config.get("uwsgi_harakiri"):
        line.append(f"--harakiri={config['uwsgi_harakiri']}")
    if threaded:
        line.append(f"--threads={job.workers}")
    if config.get("uwsgi_enable_threads"):
        line.append("--enable-threads")
    if config.get("uwsgi_single_interpreter"):
        line.append("--single-interpreter")
    return tuple(line)


def server(protocol: str, socket: str) -> Server:
    """uWSGI that speaks ``protocol``, which its option ``socket`` asks for."""
    return Server(
        protocol,
        ("wsgi",),
        protocol,
        ("pyuwsgi>=2.0.28",),
        ("uwsgi", "pyuwsgi"),
        partial(_argv, socket),
        branches={"2.7": ("pyuwsgi==2.0.19.1.post0",), "3.6": ("pyuwsgi==2.0.20",), "3.7": ("pyuwsgi==2.0.30",)},
    )


SERVER = server("uwsgi", "socket")
