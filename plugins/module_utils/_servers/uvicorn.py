# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""uvicorn: the default for ASGI callables. PRIVATE to the collection."""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._servers._base import Job, Server


def argv(job: Job) -> tuple[str, ...]:
    """Before uvicorn 0.22 it waits for running requests as long as Supervisor lets it."""
    patience = () if job.branch == "3.6" else (f"--timeout-graceful-shutdown={job.drain}",)
    return (
        f"{job.bin}/uvicorn",
        "--uds={socket}",
        f"--workers={job.workers}",
        f"--app-dir={job.cwd}",
        *patience,
        "--proxy-headers",
        "--forwarded-allow-ips=*",
        job.target,
    )


SERVER = Server(
    "uvicorn",
    ("asgi",),
    "http",
    ("uvicorn>=0.30",),
    ("uvicorn",),
    argv,
    branches={"2.7": (), "3.6": ("uvicorn==0.16.0",), "3.7": ("uvicorn==0.22.0",)},
)
