# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _upkeep

LOGROTATE = shutil.which("logrotate", path="/usr/sbin:/usr/bin")


def _rotation(logs):
    me = f"{pwd.getpwuid(os.getuid()).pw_name} {grp.getgrgid(os.getgid()).gr_name}"
    text = _upkeep.ROTATION.replace(_upkeep.LOGS, str(logs)).replace("/run/nginx.pid", "/none")
    return text.replace("www-data adm", me)


@pytest.mark.skipif(not LOGROTATE, reason="needs logrotate")
def test_large_logs_are_turned_over(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    for name, size in (("pyhost-a.log", 51 << 20), ("pyhost-b.log", 49 << 20), ("access.log", 51 << 20)):
        with (logs / name).open("wb") as log:
            log.truncate(size)
    (tmp_path / "conf").write_text(_rotation(logs))
    done = subprocess.run(
        [LOGROTATE, "--state", tmp_path / "state", tmp_path / "conf"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in logs.iterdir()) == [
        "access.log",
        "pyhost-a.log",
        "pyhost-a.log.1",
        "pyhost-b.log",
    ]
    assert (logs / "pyhost-a.log").stat().st_size == 0
    assert (logs / "pyhost-a.log").stat().st_mode & 0o777 == 0o640


DEBIAN = """user www-data;
worker_processes auto;
include /etc/nginx/modules-enabled/*.conf;

events {
\tworker_connections 768;
\t# multi_accept on;
}
"""
ROOMY = """user www-data;
worker_processes auto;
include /etc/nginx/modules-enabled/*.conf;

events {
\tworker_connections 8192;
\t# multi_accept on;
}
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (DEBIAN, ROOMY),
        (ROOMY, ROOMY),
        (ROOMY.replace("8192", "20000"), ROOMY.replace("8192", "20000")),
        ("# worker_connections 5;\n", "# worker_connections 5;\n"),
        ("", ""),
    ],
)
def test_there_is_room_for_slow_clients(text, wanted):
    assert _upkeep.roomy(text) == wanted
