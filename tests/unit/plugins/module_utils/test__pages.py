# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import html.parser

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._pages import error_rules, files, maintenance_rules

SYSTEM = make_cell("ramen", "system")
ACCOUNT = make_cell("ramen", "account", "/home/me/pyhost", "me")
BLOCK = """\
location = /.pyhost/{status}.html {{
    internal;
    root "{cell}";
    disable_symlinks if_not_owner from="{cell}";
    default_type text/html;
    try_files {own}"/current/conf/pages/{status}.html" ={status};
{more}}}
"""


def block(status, own="", more="", cell="/srv"):
    return BLOCK.format(status=status, own=own, more=more, cell=cell)


def test_errors_of_nginx_itself_have_a_page_of_ours():
    home = "/home/me/pyhost/apps/ramen"
    assert error_rules(ACCOUNT, "shop", {}) == (
        "error_page 502 /.pyhost/502.html;\n"
        "error_page 504 /.pyhost/504.html;\n" + block(502, cell=home) + block(504, cell=home)
    )


def test_nothing_but_what_is_declared_is_taken_over_from_the_app():
    assert error_rules(SYSTEM, ".", {"502": "down.html", "404": "errors/no such; {page}.html"}) == (
        "error_page 404 /.pyhost/404.html;\n"
        "error_page 502 /.pyhost/502.html;\n"
        + block(404, '"/app/errors/no such; {page}.html" ')
        + block(502, '"/app/down.html" ')
    )


@pytest.mark.parametrize(
    ("approot", "declared", "own"),
    [
        (".", {}, '"/app/503.html" '),
        ("shop", {"404": "404.html"}, '"/app/shop/503.html" '),
        ("shop/web", {"503": "soon.html"}, '"/app/shop/web/soon.html" "/app/shop/web/503.html" '),
    ],
)
def test_maintenance(approot, declared, own):
    assert maintenance_rules(SYSTEM, approot, declared) == (
        "client_max_body_size 0;\n"
        "error_page 404 503 =503 /.pyhost/503.html;\n"
        + block(503, own, "    add_header Retry-After 120 always;\n")
        + "location / { return 503; }\n"
    )


def test_our_pages_are_those_of_every_status_that_may_need_one():
    assert [*files(())] == ["pages/502.html", "pages/503.html", "pages/504.html"]
    names = [f"pages/{status}.html" for status in (404, 418, 500, 502, 503, 504, 599)]
    assert [*files(["599", "404", "500", "418", "502"])] == names


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        ("400", "This request was not accepted"),
        ("404", "Page not found"),
        ("499", "This request was not accepted"),
        ("500", "Something went wrong"),
        ("503", "This site will be back soon"),
        ("599", "Something went wrong"),
    ],
)
def test_our_page_needs_nothing_but_itself(status, heading):
    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag, attrs):
            assert not {"src", "href"} & {name for name, _value in attrs}
            tags.append(tag)

    tags = []
    text = files([status])[f"pages/{status}.html"]
    Reader().feed(text)
    assert f"<h1>{heading}</h1>" in text
    assert f"<small>{status}</small>" in text
    assert "url(" not in text
    assert not {"script", "link", "img"} & {*tags}
