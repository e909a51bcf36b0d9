# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._aliases import alias_problems, block_problem
from ansible_collections.pyhost.platform.plugins.module_utils._look import OWN_TEXT
from hypothesis import given
from hypothesis import strategies as st

BLOCKS = [
    ("", ""),
    ("location /a {\n  return 404;\n}\n# } not this one {", ""),
    ("if ($http_host ~ \"}\") { set $a '{'; }\nset $b a${c}d;", ""),
    ("location ~ ^/[0-9]{4}$ { return 404; }", '1: this block has no "}"'),
    ('location ~ "^/[0-9]{4}$" { return 404; }', ""),
    ("listen 80;\nlocation / {\n", '2: this block has no "}"'),
    ("location /\n{\n  location /b {\n}", '1: this block has no "}"'),
    ("location / { }\n}\n", '2: "}" ends nothing'),
    ("location / {\n return 404\n}\n", '2: this has no ";"'),
    ("gzip on;\ngzip_types\n  text/css", '2: this has no ";"'),
]


@pytest.mark.parametrize(("text", "problem"), BLOCKS)
def test_blocks_that_do_not_end(text, problem):
    assert block_problem(text) == problem


GOOD = [
    "",
    "# location /static { alias /srv/app/static/; }",
    "location /static/ { alias /srv/app/static/; }",
    "location = /static { alias /srv/app/static; }",
    "location = /static/ { alias /srv/app/index.html; }",
    "location /static/ { alias $files; }",
    "location =/static { alias /srv/app/static; }",
    "location ^~ /static/ { alias /srv/app/static/; }",
    "location /favicon.ico { alias /srv/app/static/favicon.ico; }",
    "location ~ ^/media/(.*)$ { alias /srv/data/media/$1; }",
    "location ~ ^/media/(?:a|b)/(?<name>.*)$ { alias /srv/data/media/$name; }",
    r"location ~ ^/v\(1\)/(.*)$ { alias /srv/data/v/$1; }",
    "location ~ ^/menu(s?)/ { alias /srv/app/menu/; }",
    "location /static { root /srv/app; }",
    "location /a/ { location /a/b/ { alias /srv/app/b/; } }",
    "set $alias 'location /x { alias /y/; }';",
    # nginx says itself what is wrong with these
    "alias /srv/app/;",
    "location /x { alias; }",
    "location /x { alias /a/ /b/; }",
    "}}} location",
]
OFF_BY_SLASH = "location {0} with alias {1} serves what is beside {1}, as {0}../ shows; write location {0}/"
BEGINS = (
    "location {0} with alias {1} serves everything whose name begins like that, such as {1}-old; "
    "write location {0}/ and alias {1}/, or location = {0} for one file"
)
CAPTURES = (
    "location {0} lets what it captures begin with .., so that files beside the alias {1} are served; "
    "let a / stand before each group of the expression"
)
BAD = [
    ("location /static { alias /srv/app/static/; }", 1, OFF_BY_SLASH.format("/static", "/srv/app/static/")),
    ("location ^~ /static { alias /srv/app/static/; }", 1, OFF_BY_SLASH.format("/static", "/srv/app/static/")),
    ("location ^~/static { alias /srv/app/static/; }", 1, OFF_BY_SLASH.format("/static", "/srv/app/static/")),
    ("# one\n\nlocation /s {\n  expires 1d;\n  alias '/srv/s/';\n}", 5, OFF_BY_SLASH.format("/s", "/srv/s/")),
    ('location "/s" {\nalias\n"/srv/s/"\n;}', 2, OFF_BY_SLASH.format("/s", "/srv/s/")),
    ("location /v1.0 { alias /srv/v/; }", 1, OFF_BY_SLASH.format("/v1.0", "/srv/v/")),
    ("location /${x} { alias /srv/v/; }", 1, OFF_BY_SLASH.format("/${x}", "/srv/v/")),
    ("location /s { default_type ${x;alias /a/; }", 1, OFF_BY_SLASH.format("/s", "/a/")),
    ("location /s { default_type x}; alias /a/; }", 1, OFF_BY_SLASH.format("/s", "/a/")),
    ("location /s$} { alias /a/; }", 1, OFF_BY_SLASH.format("/s$}", "/a/")),
    ("location /s\u00a0t { alias /a/; }", 1, OFF_BY_SLASH.format("/s\u00a0t", "/a/")),
    ("location /s { if ($x) { return 404; }\n alias /a/; }", 2, OFF_BY_SLASH.format("/s", "/a/")),
    ("location /s2 { alias /srv/app/static; }", 1, BEGINS.format("/s2", "/srv/app/static")),
    ("server { location / { if ($x) { } location /s { alias /a/; } } }", 1, OFF_BY_SLASH.format("/s", "/a/")),
    (
        "location /static/ { alias /srv/static; }",
        1,
        "location /static/ with alias /srv/static serves what is beside /srv/static: /static/x is /srv/staticx; "
        "write alias /srv/static/",
    ),
    ("location ~ ^/r2(.*)$ { alias /srv/s/$1; }", 1, CAPTURES.format("~ ^/r2(.*)$", "/srv/s/$1")),
    ("location ~*^/r2(?<rest>.*)$ { alias /srv/s/$rest; }", 1, CAPTURES.format("~* ^/r2(?<rest>.*)$", "/srv/s/$rest")),
]


@pytest.mark.parametrize("text", GOOD)
def test_nothing_beside_the_alias_is_served(text):
    assert alias_problems(text) == []


@pytest.mark.parametrize(("text", "line", "wrong"), BAD)
def test_the_line_and_what_to_write(text, line, wrong):
    assert alias_problems(text) == [f"{line}: {wrong}"]


def test_every_one_is_told():
    text = "\n".join(f"location /{name} {{ alias /srv/{name}/; }}" for name in "abc")
    assert [problem.partition(":")[0] for problem in alias_problems(text)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "part", ["${", "a;\n", "location /x {", "a {", "\\", '"\\" ', "a b\n", "$", "# a\n", "}"], ids=repr
)
def test_a_long_text_is_read_at_once(part):
    text = "location /s { alias /a/; }" + part * (OWN_TEXT // len(part))
    begun = time.process_time()
    assert len(alias_problems(text)) == 1
    assert time.process_time() - begun < 5


@given(st.text("location/ase{};#'\"\\\n $~=^(.*)", max_size=80))
def test_any_text_is_read(text):
    assert isinstance(alias_problems(text), list)
