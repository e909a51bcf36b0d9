# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home, _owners_nginx
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._nginx import main_conf, servers_conf

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
pytestmark = pytest.mark.skipif(not NGINX, reason="there is no nginx here")

BROKEN = [
    "server { listen 127.0.0.1:18999; nonsense on; }\n",
    "server { listen 127.0.0.1:18999;\n",
    "}\n",
    "server { listen unix:/none/x.sock; }\n",
    "server { location / { proxy_pass http://no-such-host.invalid/; } }\n",
]


def server(port):
    return f"server {{ listen 127.0.0.1:{port}; location / {{ return 204; }} }}\n"


@pytest.fixture
def cell(home):
    found = make_cell("ramen", "account", str(home), "me")
    found = replace(found, web=f"{found.home}/run/web.sock", tools=str(home / "tools"))
    tree = home / "apps" / "ramen"
    _home.make_directories(tree)
    (tree / "launches" / "l1").mkdir()
    (tree / "current").symlink_to("launches/l1")
    conf = tree / "conf" / "sets" / "c1"
    (conf / "nginx.d").mkdir(parents=True)
    (tree / "current" / "conf").symlink_to("../../conf/sets/c1")
    (conf / "nginx.conf").write_text(main_conf(found, found.path("conf", "nginx.d", "*.conf"), 30))
    (conf / "nginx.d" / "app.conf").write_text(servers_conf(found, (), "location / { return 204; }\n"))
    (tree / "conf" / "nginx.d" / "app.conf").symlink_to("../../current/conf/nginx.d/app.conf")
    script = home / "tools" / "bin" / "nginx"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\nexec {NGINX} -e stderr "$@"\n')
    script.chmod(0o755)
    return tree


def tools(tree):
    return str(tree.parents[1] / "tools")


def listening(main):
    """The ports that nginx would open with the file ``main``."""
    words = [NGINX, "-T", "-e", "stderr", "-p", f"{main.parent}/", "-c", str(main)]
    finished = subprocess.run(words, capture_output=True, text=True, check=True)
    return sorted(map(int, re.findall(r"^server \{ listen 127.0.0.1:(\d+)", finished.stdout, re.MULTILINE)))


def test_without_files_of_the_owners_and_with_good_ones(cell):
    main = cell / "current" / "conf" / "nginx.conf"
    assert _owners_nginx.startable(cell, tools(cell)) == (main, [])
    (cell / "conf" / "nginx.d" / "python.conf").write_text(server(18000))
    assert _owners_nginx.startable(cell, tools(cell)) == (main, [])
    assert listening(main) == [18000]
    assert not (cell / _owners_nginx.START).exists()


@pytest.mark.parametrize("text", BROKEN)
def test_nginx_starts_without_the_file_that_is_wrong(cell, text):
    (cell / "conf" / "nginx.d" / "a.conf").write_text(server(18001))
    (cell / "conf" / "nginx.d" / "broken.conf").write_text(text)
    (cell / "conf" / "nginx.d" / "z.conf").write_text(server(18002))
    main, (line,) = _owners_nginx.startable(cell, tools(cell))
    assert line.startswith("conf/nginx.d/broken.conf: ")
    assert listening(main) == [18001, 18002]


def test_a_pipe_is_not_waited_for(cell):
    os.mkfifo(cell / "conf" / "nginx.d" / "a.conf")
    main, (line,) = _owners_nginx.startable(cell, tools(cell))
    assert line == "conf/nginx.d/a.conf: is no regular file"
    assert listening(main) == []


def test_once_it_is_mended_a_start_takes_all_files(cell):
    (cell / "conf" / "nginx.d" / "a.conf").write_text(BROKEN[0])
    _owners_nginx.startable(cell, tools(cell))
    (cell / "conf" / "nginx.d" / "a.conf").write_text(server(18001))
    main, left_out = _owners_nginx.startable(cell, tools(cell))
    assert (listening(main), left_out) == ([18001], [])


def test_a_reload_takes_all_files(cell):
    (cell / "conf" / "nginx.d" / "a.conf").write_text(BROKEN[0])
    main, _left_out = _owners_nginx.startable(cell, tools(cell))
    assert listening(main) == []
    (cell / "conf" / "nginx.d" / "a.conf").write_text(server(18001))
    _owners_nginx.follow(cell)
    assert listening(main) == [18001]
    _owners_nginx.follow(cell)
    assert listening(main) == [18001]


def test_what_is_wrong_with_our_own_is_not_blamed_on_the_owner(cell):
    (cell / "conf" / "nginx.d" / "a.conf").write_text(server(18001))
    (cell / "conf" / "sets" / "c1" / "nginx.d" / "app.conf").write_text("nonsense\n")
    assert _owners_nginx.startable(cell, tools(cell))[1] == []


def test_a_deploy_refuses_it_with_the_line(cell):
    conf = cell / "conf" / "sets" / "c1"
    _owners_nginx.check(cell, conf, tools(cell))
    (cell / "conf" / "nginx.d" / "a.conf").write_text("\nserver { nonsense on; }\n")
    with pytest.raises(PyhostError, match=r'unknown directive "nonsense" in .*/conf/nginx\.d/a\.conf:2'):
        _owners_nginx.check(cell, conf, tools(cell))
    assert not (cell / "run" / "nginx-check").exists()
