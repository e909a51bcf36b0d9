# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from ansible_collections.pyhost.platform.plugins.plugin_utils._page import page
from ansible_collections.pyhost.platform.plugins.plugin_utils._status_rows import host_row, report

from tests.support.status_sample import NOW, RUNS, certificate, hosts, look, looks

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[31m\u202e{{ 7 * 7 }}&amp;"
VOID = {"meta", "br"}


class Reader(HTMLParser):
    """The elements of a page with their attributes, and its text; fails where an element is not ended."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.text = [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data


def made(**parts):
    return page(report(parts or hosts(), NOW), NOW)


def one(**more):
    return made(web1=host_row({"apps": {"ramen": look(**more)}}, [], NOW))


def test_every_app_and_host_is_there():
    text = Reader(made()).text
    for name in (*looks(), "yakitori", "soup", "web1", "web2", "web3"):
        assert name in text
    for words in (
        "3 hosts",
        "■ 1 host not reached",
        "maintenance",
        "db: postgresql",
        "the job feeds failed: exit status 1",
        "89 days",
        "12.3k",
        "failed 30 min ago by ben on ci",
    ):
        assert words in text


def test_nothing_else_is_needed():
    found = Reader(made()).found
    tags = {tag for tag, _attributes in found}
    assert not tags & {"script", "link", "img", "iframe", "object", "form", "svg", "base"}
    assert not [name for _tag, attributes in found for name in attributes if name == "style" or name.startswith("on")]
    assert "url(" not in made()
    policy = next(one["content"] for tag, one in found if one.get("http-equiv") == "Content-Security-Policy")
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; base-uri 'none'; form-action 'none'", policy
    )


def test_hostile_texts_are_texts():
    """Wherever an owner can write something: nothing of it is an element or an attribute."""
    program = {**RUNS, "state": HOSTILE, "why": HOSTILE}
    job = {"schedule": HOSTILE, "last": HOSTILE, "next": HOSTILE, "result": HOSTILE, "seconds": 1}
    more = {
        "release": {"name": HOSTILE, "source": HOSTILE, "digest": HOSTILE, "there": True},
        "last": {"time": "2026-11-22T09:00:00Z", **dict.fromkeys(("what", "who", "release", "why"), HOSTILE)},
        "failed": {"stage": HOSTILE, "error": HOSTILE, "who": HOSTILE, "time": HOSTILE},
        "python": HOSTILE, "server": HOSTILE, "virtualenv": HOSTILE, "domains": [HOSTILE], "listen": [HOSTILE],
        "wanted": ["app", HOSTILE], "programs": {HOSTILE: program}, "code": [HOSTILE], "cron": {HOSTILE: job},
        "services": {HOSTILE: HOSTILE}, "unit": HOSTILE, "held": HOSTILE, "certificate": HOSTILE,
    }  # fmt: skip
    written = made(web1=host_row({"os": HOSTILE, "apps": {"ramen": look(**more)}}, [], NOW))
    found = Reader(written).found
    known = {tag for tag, _attributes in Reader(one()).found} | {"ul", "li", "span", "time", "code", "a"}
    assert {tag for tag, _attributes in found} <= known
    assert not [name for _tag, attributes in found for name in attributes if name.startswith("on")]
    assert "<script" not in written
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert "alert(1)" in Reader(written).text


def test_links_lead_to_domains_alone():
    links = [part["href"] for tag, part in Reader(one(certificate=certificate(89))).found if tag == "a"]
    assert links == ["https://ramen.example.com/"]
    odd = one(domains=['a"onclick="x', "javascript:alert(1)"])
    assert [tag for tag, _one in Reader(odd).found if tag == "a"] == []


@pytest.mark.parametrize(
    ("more", "title"),
    [({}, "1 apps"), ({"daemon": False}, "1 problem"), ({"edited": True}, "1 apps")],
)
def test_the_title_tells_of_problems(more, title):
    assert f"<title>{title}</title>" in one(**more)


def test_no_host():
    assert "There is no host." in Reader(page(report({}, NOW), NOW)).text


def test_no_credentials():
    assert "bob:pw" not in one()


def test_the_head_leads_to_problems():
    found = Reader(made()).found
    ids = [part["id"] for tag, part in found if tag == "tbody"]
    links = [part["href"] for tag, part in found if tag == "a" and part["href"].startswith("#")]
    assert len(set(ids)) == len(looks()) + 1
    assert len(links) == 8
    assert {link[1:] for link in links} <= set(ids)
