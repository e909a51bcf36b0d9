# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

from ansible_collections.pyhost.platform.plugins.module_utils import _through
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell

CELL = make_cell("gulas", "system")
LEADING = "    proxy_pass http://unix:/srv/run/app.sock;\n"


def test_visitors_come_through_the_owners_server():
    text = _through.conf(CELL, "127.0.0.1:8000", "127.0.0.1:8080", "location = /first { return 204; }\n", LEADING)
    front, inner = text.split("server {")[1:]
    assert re.findall(r"listen (\S+);", front) == ["unix:/run/pyhost/gulas/web.sock"]
    assert "proxy_pass http://127.0.0.1:8000;" in front
    assert front.index("/first") < front.index("location / {") < front.index("location @pyhost_app {")
    assert re.findall(r"listen (\S+);", inner) == ["127.0.0.1:8080"]
    assert "set_real_ip_from 127.0.0.1;" in inner
    assert "app.sock" in inner


def test_without_an_address_of_ours():
    text = _through.conf(CELL, "127.0.0.1:8005", "", "", LEADING)
    assert text.count("server {") == 1
