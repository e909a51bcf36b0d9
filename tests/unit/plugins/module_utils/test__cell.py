# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell, longest_socket, make_cell, root_problem

RAMEN = Cell(
    "ramen", "system", "ramen", "/home/ramen", "/srv", "/opt/pyhost/tools", "/run/pyhost/ramen/web.sock"
)  # fmt: skip


def test_system():
    assert make_cell("ramen", "system") == RAMEN
    assert make_cell("ramen", "system", "/ignored", "ignored") == RAMEN


def test_the_app_named_app_lives_in_srv():
    cell = make_cell("app", "system")
    assert cell == Cell("app", "system", "app", "/srv", "/srv", "/opt/pyhost/tools", "/run/pyhost/app/web.sock")


@pytest.mark.parametrize("name", ["ramen", "app"])
def test_account(name):
    cell = make_cell(name, "account", "/home/me/pyhost", "me")
    home = f"/home/me/pyhost/apps/{name}"
    assert cell == Cell(name, "account", "me", home, home, "/home/me/pyhost/tools", "")


def test_paths_are_those_the_app_sees():
    assert RAMEN.path("run", "app.sock") == "/srv/run/app.sock"
    assert RAMEN.path() == "/srv"


def test_unit():
    assert RAMEN.unit == "pyhost-ramen.service"


def test_travels_as_a_dictionary():
    assert RAMEN.to_dict() == {
        "name": "ramen",
        "scope": "system",
        "user": "ramen",
        "home": "/home/ramen",
        "inside": "/srv",
        "tools": "/opt/pyhost/tools",
        "web": "/run/pyhost/ramen/web.sock",
        "network": "shared",
        "views": (),
    }
    assert Cell(**RAMEN.to_dict()) == RAMEN


def test_longest_socket():
    assert longest_socket(RAMEN) == "/srv/run/supervisor.sock.4194304"


@pytest.mark.parametrize("root", ["/home/me/pyhost", "/home/ünï/a.b-c_d~e+f@g,h=i", ""])
def test_root(root):
    assert root_problem(root) == ""


@pytest.mark.parametrize(
    ("root", "sign"),
    [
        ("/home/me/My Projects", '" "'),
        ("/a;b", '";"'),
        ("/100%", '"%"'),
        ("/it's", '"\'"'),
        ('/a"b', '"\\""'),
        ("/a[1]*", '"["'),
        ("/a\nb", '"\\n"'),
        ("/a{b}", '"{"'),
        ("/a$b", '"$"'),
        ("/a\\b", '"\\\\"'),
    ],
)
def test_root_that_generated_files_cannot_carry(root, sign):
    assert root_problem(root).endswith(
        f" contains {sign}, which would need quotes in the files of nginx and Supervisor; "
        "choose a path of letters, digits and . _ + @ ~ = , / -"
    )


def test_root_is_shown():
    assert root_problem("/a b").startswith('"/a b" contains " ", ')
