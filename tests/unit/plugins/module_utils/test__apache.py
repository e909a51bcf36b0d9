# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._apache import PROGRAM, Root, conf

ROOTS = (Root("public_html"), Root("public_html/shop", ("shop.example.com", "shop.example.org")))


def made(**changes):
    return conf(**{"roots": ROOTS, "homes": ("/home/ann", "/srv"), "workers": 3, "timeout": 120, **changes})


def block(name, text=None):
    """The lines of the only section that begins like ``name``."""
    [found] = (text or made()).split(f"<{name}")[1:]
    return [line.strip() for line in found.splitlines()[1:]][: found[: found.index("</")].count("\n") - 1]


def test_each_root_is_a_site_and_the_first_one_all_others():
    sites = made().split("<VirtualHost *>\n")[1:]
    assert sites == [
        '    DocumentRoot "${ROOT}/public_html"\n</VirtualHost>\n',
        "    ServerName shop.example.com\n    ServerAlias shop.example.org\n"
        '    DocumentRoot "${ROOT}/public_html/shop"\n</VirtualHost>\n',
    ]


def test_nothing_but_the_homes_is_served():
    assert block("Directory />") == ["AllowOverride None", "Require all denied"]
    for home in ("/home/ann", "/srv"):
        options, override, granted = block(f'Directory "{home}">')
        assert options == "Options SymLinksIfOwnerMatch ExecCGI"
        assert override == "AllowOverride AuthConfig FileInfo Indexes Limit Nonfatal=Override"
        assert granted == "Require all granted"


def test_htaccess_is_nobodys_to_read():
    assert block('Files ".ht*">') == ["Require all denied"]


@pytest.mark.parametrize("name", ["proxy", "status", "info", "userdir", "suexec", "dav", "include", "lua"])
def test_modules_that_reach_or_tell_too_much(name):
    assert f"LoadModule {name}_module" not in made()


def test_numbers():
    lines = made().splitlines()
    assert {"ThreadsPerChild 3", "MaxRequestWorkers 3", "FcgidIOTimeout 120", "Timeout 120"} <= set(lines)
    most = int(next(line.split()[1] for line in lines if line.startswith("FcgidMaxProcessesPerClass")))
    assert most > 3, "a process that ends still counts, and requests are not to wait for that"


def test_only_the_instance_listens_and_only_to_its_own_nginx():
    assert [line for line in made().splitlines() if line.startswith("Listen")] == ["Listen 127.0.0.1:${PORT}"]


@pytest.mark.skipif(not shutil.which(PROGRAM), reason="apache2-bin is not installed here")
def test_apache_takes_it(tmp_path: Path):
    file = tmp_path / "apache.conf"
    file.write_text(made().replace("LoadModule fcgid_module", "#").replace("\nFcgid", "\n#Fcgid"))
    names = {"PORT": 8099, "PLACE": tmp_path, "ROOT": tmp_path}
    defines = [word for name, value in names.items() for word in ("-C", f'Define {name} "{value}"')]
    done = subprocess.run(
        [PROGRAM, *defines, "-f", str(file), "-t"], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
