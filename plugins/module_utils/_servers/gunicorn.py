# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""gunicorn: the default for WSGI callables. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server


def argv(job: Job) -> tuple[str, ...]:
    """Only nginx of the same cell can reach the socket, so the forwarded headers are its own.

    With ``gunicorn_config`` (a path, or "" for gunicorn.conf.py) that file has the say on the number of workers, and
    what it does not say is in ``WEB_CONCURRENCY``. With ``gunicorn_debug`` it loads changed code anew and says more.
    """
    config = job.config.get("gunicorn_config")
    workers = (f"--workers={job.workers}",) if config is None else (f"--config={config}",) if config else ()
    return (
        f"{job.bin}/gunicorn",
        "--bind=unix:{socket}",
        *workers,
        *(("--reload", "--log-level=debug") if job.config.get("gunicorn_debug") else ()),
        f"--chdir={job.cwd}",
        "--umask=007",
        f"--graceful-timeout={job.drain}",
        "--worker-tmp-dir=/dev/shm",
        "--forwarded-allow-ips=*",
        job.target,
    )


SERVER = Server(
    "gunicorn",
    ("wsgi",),
    "http",
    ("gunicorn>=23",),
    ("gunicorn",),
    argv,
    branches={"2.7": ("gunicorn==19.10.0",), "3.6": ("gunicorn==21.2.0",)},
)
