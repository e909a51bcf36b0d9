# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import host_row
from ansible_collections.pyhost.platform.plugins.plugin_utils._status_table import failures, text

from tests.support.status_sample import NOW, certificate, hosts, look, looks, programs

WIDE = """\
web1: 2 apps, 1 FAIL
state  app    release     python  programs  memory  requests      cert  last change
-----  -----  ----------  ------  --------  ------  ------------  ----  ----------------------
ok     ramen  12-3f2a9c1  3.13.5  3/3       60 MB   12.3k in 2 d  89 d  3 h ago, anna on laptop
FAIL   soup   12-3f2a9c1  3.13.5  1/2       60 MB   12.3k in 2 d  -     3 h ago, anna on laptop
  FAIL soup: app is stopped
  soup is in maintenance"""


def two():
    stopped = look(wanted=["app", "nginx"], programs=programs(app="STOPPED", nginx="RUNNING"), maintenance=True)
    return {"web1": host_row({"apps": {"ramen": look(certificate=certificate(89)), "soup": stopped}}, [], NOW)}


def test_a_wide_terminal():
    lines = [line.rstrip() for line in text(two(), NOW, 120).splitlines()]
    assert lines == [line.replace("----------------------", "-----------------------") for line in WIDE.splitlines()]


def test_of_an_account_it_says_where_apps_are_and_how_they_come_back():
    part = host_row({"boot": "cron", "apps": {"ramen": look(listen=["127.0.0.1:8000"], domains=[])}}, [], NOW)
    lines = text({"web1": part}, NOW, 120).splitlines()
    assert lines[0] == "web1: 1 app, started at boot by the crontab of the user"
    assert "  ramen: http://127.0.0.1:8000/" in lines
    none = text({"web1": {**part, "boot": "none"}}, NOW, 120)
    assert none.splitlines()[0] == "web1: 1 app, NOT started at boot"


def test_every_terminal_is_wide_enough():
    for width in (80, 120):
        tables = [line for line in text(hosts(), NOW, width).splitlines() if not line.startswith(("  ", "web"))]
        assert max(map(len, tables)) <= width


def test_every_app_has_its_row_and_what_is_wrong():
    said = text(hosts(), NOW, 80)
    rows = [line.split()[1] for line in said.splitlines() if line.startswith(("ok ", "WARN ", "FAIL "))]
    assert rows == sorted([*looks(), "yakitori"])
    assert "web2: FAIL not reached: Connection timed out\n  not seen: soup" in said
    assert said.endswith("web3: no apps")
    assert "  FAIL miso: the last change failed at rollout: the new version does not answer within 30 s" in said


def test_long_names_are_cut_in_a_narrow_terminal():
    apps = {"a-very-long-name-of-an-app": look()}
    part = {"web1": host_row({"apps": apps}, [], NOW)}
    assert "a-very-long-n…" in text(part, NOW, 80)
    assert "a-very-long-name-of-an-app" in text(part, NOW, 120)


def test_failures():
    assert failures(two()) == "soup on web1: app is stopped"
    assert "web2 was not reached: Connection timed out" in failures(hosts()).splitlines()
    assert failures({"web1": host_row({"apps": {"ramen": look(edited=True)}}, [], NOW)}) == ""
