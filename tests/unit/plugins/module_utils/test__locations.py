# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import posixpath

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._locations import (
    NginxLocation,
    check,
    compile_locations,
    render,
)
from ansible_collections.pyhost.platform.plugins.module_utils._models import Location
from hypothesis import given, settings
from hypothesis import strategies as st

BEFORE = "/srv/current/before"
CELL = {"app": "/srv/app", "data": "/srv/data", "static": "/srv/static", "before": BEFORE}
ALLOWED = "only letters, digits and . _ + @ ~ = , / - are allowed"
PATH_ONLY = 'write only the path: with "/" at its end for all below it, without for one file'
PUBLIC = 'would publish the code; write a directory of public files, for example "static/"'
OUTSIDE = (
    "is outside the app's tree; write a path relative to approot, or one below /srv/app/, /srv/data/ or /srv/static/"
)
CERTIFICATES = 'is reserved for certificates ("/.well-known/acme-challenge/"); write another path'


def found(*pairs, approot="."):
    return [str(problem) for problem in check("ramen", [Location(*pair) for pair in pairs], approot)]


GOOD = [
    (("/static/", "static/"), ".", NginxLocation("/static/", "/srv/app/static/", "/srv/app", before=BEFORE)),
    (("/static/", "static/"), "shop", NginxLocation("/static/", "/srv/app/shop/static/", "/srv/app", before=BEFORE)),
    (("/a/b/", "/srv/app/public/"), "shop", NginxLocation("/a/b/", "/srv/app/public/", "/srv/app", before=BEFORE)),
    (
        ("/a/", "/srv/app/shop/static/"),
        "shop",
        NginxLocation("/a/", "/srv/app/shop/static/", "/srv/app", before=BEFORE),
    ),
    (("/static/", "/srv/static/"), "shop", NginxLocation("/static/", "/srv/static/", "/srv/static")),
    (("/media/", "/srv/data/media/", "30d"), ".", NginxLocation("/media/", "/srv/data/media/", "/srv/data", "30d")),
    (("/s/", "srv/"), ".", NginxLocation("/s/", "/srv/app/srv/", "/srv/app", before=BEFORE)),
    (
        ("/favicon.ico", "static/favicon.ico", "max"),
        ".",
        NginxLocation("/favicon.ico", "/srv/app/static/favicon.ico", "/srv/app", "max", True, BEFORE),
    ),
    (("/.well-known/x/", "well/"), ".", NginxLocation("/.well-known/x/", "/srv/app/well/", "/srv/app", before=BEFORE)),
]


@pytest.mark.parametrize(("pair", "approot", "compiled"), GOOD)
def test_good_location(pair, approot, compiled):
    assert found(pair, approot=approot) == []
    assert compile_locations([Location(*pair)], approot, CELL) == (compiled,)


BAD_LOCATION = [
    ("static/", '"static/" does not begin with "/"; write "/" before it'),
    ("", '"" does not begin with "/"; write "/" before it'),
    ("= /x/", f'"= /x/" begins with nginx\'s "="; {PATH_ONLY}'),
    ("^~ /x/", f'"^~ /x/" begins with nginx\'s "^~"; {PATH_ONLY}'),
    ("~* /x/", f'"~* /x/" begins with nginx\'s "~*"; {PATH_ONLY}'),
    ("@x/", f'"@x/" begins with nginx\'s "@"; {PATH_ONLY}'),
    ("/", '"/" is where the app itself answers; write the path of the files, for example "/static/"'),
    ("/.well-known/", f'"/.well-known/" {CERTIFICATES}'),
    ("/.well-known/acme-challenge/", f'"/.well-known/acme-challenge/" {CERTIFICATES}'),
    ("/.well-known/acme-challenge/x/", f'"/.well-known/acme-challenge/x/" {CERTIFICATES}'),
    ("/.pyhost/404.html", '"/.pyhost/404.html" is reserved for the pages of errors ("/.pyhost/"); write another path'),
    ("/a/../b/", '"/a/../b/" contains the part ".."; write the path without it'),
    ("/a/./b/", '"/a/./b/" contains the part "."; write the path without it'),
    ("/a//b/", '"/a//b/" contains "//"; write one "/"'),
    ("/a b/", f'"/a b/" contains " "; {ALLOWED}'),
    ("/$uri/", f'"/$uri/" contains "$"; {ALLOWED}'),
    ("/{/", f'"/{{/" contains "{{"; {ALLOWED}'),
    ("/}/", f'"/}}/" contains "}}"; {ALLOWED}'),
    ("/;/", f'"/;/" contains ";"; {ALLOWED}'),
    ("/#/", f'"/#/" contains "#"; {ALLOWED}'),
    ("/%2e/", f'"/%2e/" contains "%"; {ALLOWED}'),
    ("/\\/", f'"/\\\\/" contains "\\\\"; {ALLOWED}'),
    ("/'/", f'"/\'/" contains "\'"; {ALLOWED}'),
    ('/"/', f'"/\\"/" contains "\\""; {ALLOWED}'),
    ("/a\n/", f'"/a\\n/" contains "\\n"; {ALLOWED}'),
    ("/ü/", f'"/ü/" contains "ü"; {ALLOWED}'),
]


@pytest.mark.parametrize(("location", "message"), BAD_LOCATION)
def test_bad_location(location, message):
    assert found((location, "static/")) == [f"ramen: locations[0].location: {message}"]


BAD_ALIAS = [
    ("", ".", f'"" {PUBLIC}'),
    (".", ".", f'"." {PUBLIC}'),
    ("./", ".", f'"./" {PUBLIC}'),
    ("/", ".", f'"/" {PUBLIC}'),
    ("/srv/", ".", f'"/srv/" {PUBLIC}'),
    ("/srv/app/", ".", f'"/srv/app/" {PUBLIC}'),
    ("/srv/app", ".", f'"/srv/app" {PUBLIC}'),
    ("/srv/app/shop/", "shop/web", f'"/srv/app/shop/" {PUBLIC}'),
    ("/srv/app/shop/web/", "shop/web", f'"/srv/app/shop/web/" {PUBLIC}'),
    (
        "/srv/data/",
        ".",
        '"/srv/data/" would publish all data; write a directory below it, for example "/srv/data/media/"',
    ),
    ("/srv/static", ".", '"/srv/static" is a directory; write "/srv/static/"'),
    ("/etc/", ".", f'"/etc/" {OUTSIDE}'),
    ("/srv/application/", ".", f'"/srv/application/" {OUTSIDE}'),
    ("/srv/data../x/", ".", f'"/srv/data../x/" {OUTSIDE}'),
    ("~/x/", ".", f'"~/x/" {OUTSIDE}'),
    ("../x/", ".", '"../x/" contains the part ".."; write the path without it'),
    ("/srv/app/../x/", ".", '"/srv/app/../x/" contains the part ".."; write the path without it'),
    ("./static/", ".", '"./static/" contains the part "."; write the path without it'),
    ("a//b/", ".", '"a//b/" contains "//"; write one "/"'),
    ("a b/", ".", f'"a b/" contains " "; {ALLOWED}'),
    (".git/", ".", '".git/" has a part that begins with "."; hidden files are not published'),
    ("a/.env/", ".", '"a/.env/" has a part that begins with "."; hidden files are not published'),
]


@pytest.mark.parametrize(("alias", "approot", "message"), BAD_ALIAS)
def test_bad_alias(alias, approot, message):
    assert found(("/static/", alias), approot=approot) == [f"ramen: locations[0].alias: {message}"]


def test_both_end_with_a_slash_or_neither():
    assert found(("/a/", "a/"), ("/static", "static/"), ("/media/", "/srv/data/media")) == [
        'ramen: locations[1].alias: "static/" ends with "/" and location "/static" does not; '
        'write location "/static/" and alias "static/" for a directory, '
        'or location "/static" and alias "static" for one file',
        'ramen: locations[2].alias: "/srv/data/media" does not end with "/" and location "/media/" does; '
        'write location "/media/" and alias "/srv/data/media/" for a directory, '
        'or location "/media" and alias "/srv/data/media" for one file',
    ]


@pytest.mark.parametrize("expires", ["30", "1 d", "30d;", "-1", "epoch", "٣d"])
def test_bad_expires(expires):
    assert found(("/a/", "a/", expires)) == [
        f'ramen: locations[0].expires: "{expires}" is no time of nginx; write for example "30d", "12h", "max" or "off"'
    ]


def test_duplicates_and_shadows():
    assert found(("/a/", "a/"), ("/a/b/", "b/"), ("/a/", "c/"), ("/a", "d")) == [
        'ramen: locations[2].location: "/a/" is also the location of locations[0]; remove one of the two',
        'ramen: locations[3].location: "/a" shadows "/a/" of locations[0]; remove one of the two',
    ]


def test_positions_count_entries_that_were_refused_before():
    assert [problem.key for problem in check("ramen", [None, Location("/", "a/")], ".")] == ["locations[1].location"]


def test_compile_checks_by_itself():
    with pytest.raises(Problems) as caught:
        compile_locations([Location("/static", "/srv/static/")], ".", CELL)
    assert [problem.key for problem in caught.value.problems] == ["locations[0].alias"]


@pytest.mark.parametrize("path", ["/srv/$x", "srv/static", "/srv/\nx"])
def test_directory_that_nginx_cannot_be_told(path):
    with pytest.raises(PyhostError, match=r'cannot be told to nginx; choose an absolute path without "\$"$'):
        compile_locations([], ".", {**CELL, "static": path})


def test_render_a_location_in_the_release():
    """What the new release does not have comes from the one before, under the same rules."""
    compiled = compile_locations(
        [Location("/static/", "static/", "30d"), Location("/robots.txt", "/srv/app/robots.txt")],
        "shop",
        {**CELL, "app": '/home/a "b"/app', "before": '/home/a "b"/before'},
    )
    assert render(compiled) == (
        "location ^~ /static/ {\n"
        '    set $pyhost_release "/home/a \\"b\\"/app";\n'
        '    alias "${pyhost_release}/shop/static/";\n'
        '    if (!-e $request_filename) { set $pyhost_release "/home/a \\"b\\"/before"; }\n'
        '    if (!-e $request_filename) { set $pyhost_release "/home/a \\"b\\"/app"; }\n'
        "    disable_symlinks if_not_owner from=$pyhost_release;\n"
        "    expires 30d;\n"
        '    location ~ "^/static/(?s:.*/)?\\." { return 404; }\n'
        "}\n"
        "location = /robots.txt {\n"
        '    set $pyhost_release "/home/a \\"b\\"/app";\n'
        '    alias "${pyhost_release}/robots.txt";\n'
        '    if (!-e $request_filename) { set $pyhost_release "/home/a \\"b\\"/before"; }\n'
        '    if (!-e $request_filename) { set $pyhost_release "/home/a \\"b\\"/app"; }\n'
        "    disable_symlinks if_not_owner from=$pyhost_release;\n"
        "}\n"
    )


def test_render_a_location_outside_the_release():
    compiled = compile_locations(
        [Location("/media/", "/srv/data/media/", "30d"), Location("/favicon.ico", "/srv/static/favicon.ico")],
        "shop",
        {**CELL, "data": '/home/a "b"/data'},
    )
    assert render(compiled) == (
        "location ^~ /media/ {\n"
        '    alias "/home/a \\"b\\"/data/media/";\n'
        '    disable_symlinks if_not_owner from="/home/a \\"b\\"/data";\n'
        "    expires 30d;\n"
        '    location ~ "^/media/(?s:.*/)?\\." { return 404; }\n'
        "}\n"
        "location = /favicon.ico {\n"
        '    alias "/srv/static/favicon.ico";\n'
        '    disable_symlinks if_not_owner from="/srv/static";\n'
        "}\n"
    )


PARTS = st.text("ab.~=@+-_/ $%\n", max_size=8)
ENTRIES = st.lists(
    st.builds(
        Location,
        st.tuples(st.sampled_from(["", "/", "/static", "= ", "/.well-known/"]), PARTS).map("".join),
        st.tuples(st.sampled_from(["", "static", "/srv/app/", "/srv/static/", "/srv/data", "/", "../"]), PARTS).map(
            "".join
        ),
    ),
    max_size=3,
)


@settings(max_examples=1000)
@given(entries=ENTRIES, approot=st.sampled_from([".", "shop", "shop/web"]))
def test_what_compiles_ends_alike_and_stays_below_its_directory(entries, approot):
    try:
        compiled = compile_locations(entries, approot, CELL)
    except Problems:
        return
    for one in compiled:
        assert one.location.endswith("/") == one.alias.endswith("/") != one.exact
        assert posixpath.normpath(one.alias) == one.alias.rstrip("/")
        assert one.alias.startswith(one.root + "/")
        assert one.root in CELL.values()
        assert "/." not in one.alias
        assert one.before == (BEFORE if one.root == CELL["app"] else "")
