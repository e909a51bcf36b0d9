# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._platforms.site5 import scripts
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

SEED = """\
RewriteEngine On
RewriteBase /
RewriteRule ^(media/.*)$ - [L]
RewriteRule ^(static/.*)$ - [L]
RewriteCond %{REQUEST_URI} !(django.fcgi)
RewriteRule ^(.*)$ django.fcgi/$1 [L]
"""
TREE = {
    "projects/django/mysite/settings.py": "",
    "public_html/mysite/.htaccess": SEED,
    "public_html/mysite/django.fcgi": "",
    "public_html/mysite/static": "",
}


def understand(texts=None, **app):
    texts = TREE if texts is None else texts
    given = {"given": ("name", "source"), "domains": ("mysite.example.com",), **app}
    facts = TreeFacts(tuple(sorted(texts)), texts, {}, {})
    return PLATFORMS["site5"].understand(App("ann", Source("path", "x"), "site5", **given), facts)


def conf(known):
    return known.files["apache.conf"]


def roots(known):
    lines = [line.split() for line in conf(known).splitlines()]
    return [words[1].strip('"') for words in lines if words[:1] == ["DocumentRoot"]]


def said(texts=None, **app):
    with pytest.raises(Problems) as caught:
        understand(texts, **app)
    return [(one.key, one.message) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("domains", "extra", "found"),
    [
        (("mysite.example.com",), (), ["${ROOT}/public_html/mysite"]),
        (("example.com",), (), ["${ROOT}/public_html/mysite"]),
        ((), (), ["${ROOT}/public_html/mysite"]),
        (("example.com",), ("public_html/index.html",), ["${ROOT}/public_html"]),
        (("www.example.com",), ("public_html/index.html",), ["${ROOT}/public_html"]),
        (("shop.example.com",), ("public_html/index.html",), ["${ROOT}/public_html"]),
        (
            ("example.com", "mysite.example.com"),
            ("public_html/index.html",),
            ["${ROOT}/public_html", "${ROOT}/public_html/mysite"],
        ),
    ],
)
def test_where_a_domain_is(domains, extra, found):
    texts = {**TREE, **dict.fromkeys(extra, "")}
    assert roots(understand(texts, domains=domains)) == found


def test_names_of_one_directory_share_a_site():
    text = conf(understand(domains=("mysite.example.com", "mysite.example.org")))
    assert "    ServerName mysite.example.com\n    ServerAlias mysite.example.org\n" in text
    assert text.count("<VirtualHost") == 1


def test_without_source_the_home_is_the_owners():
    known = understand({"README": ""}, given=("name", "domains"))
    assert roots(known) == ["${ROOT}/public_html/mysite"]
    assert known.links == {}
    assert sorted(known.once) == [".bashrc", "public_html/mysite/index.html"]
    assert "mysite.example.com" in known.once["public_html/mysite/index.html"]
    assert "export PATH=$HOME/bin:$PATH\n" in known.once[".bashrc"]
    assert known.command.endswith(' "$HOME"')


def test_with_source_the_home_leads_into_it():
    known = understand({**TREE, "bin/x": "", "notes.txt": "", ".hidden": ""})
    assert known.links == {
        "bin": "{venv}/bin",
        "lib": "{venv}/lib",
        "pyvenv.cfg": "{venv}/pyvenv.cfg",
        "notes.txt": "{approot}/notes.txt",
        "projects": "{approot}/projects",
        "public_html": "{approot}/public_html",
    }
    assert known.notes == ("bin of the source is not used: a cell has its own",)
    assert sorted(known.once) == [".bashrc"]


def test_what_is_installed():
    old = 'flup<1.0.3; python_version < "3"'
    assert understand().packages == (
        'flup; python_version >= "3"', old, 'legacy-cgi; python_version >= "3.13"', "pip"
    )  # fmt: skip
    texts = {**TREE, "requirements.txt": "flup==1.0.2\n"}
    assert not any("flup" in one for one in understand(texts).packages)
    assert PLATFORMS["site5"].system_packages == ("apache2-bin", "libapache2-mod-fcgid", "media-types")


def test_workers_are_requests_at_the_same_time():
    assert "MaxRequestWorkers 2\n" in conf(understand())
    assert "MaxRequestWorkers 7\n" in conf(understand(workers=7))


@pytest.mark.parametrize("key", ["server", "entrypoint", "command"])
def test_apache_starts_the_app(key):
    assert said(given=("name", "source", key)) == [
        (key, "Apache starts what .htaccess names; remove it, or choose another platform")
    ]


def test_a_tree_without_web_root():
    assert said({"wsgi.py": ""}) == [
        ("source", "holds no public_html, which is what Apache serves; put the web root there")
    ]


def test_a_script_that_is_missing_is_named():
    texts = {name: text for name, text in TREE.items() if not name.endswith(".fcgi")}
    [(key, message)] = said(texts)
    assert key == "source"
    assert message.startswith("public_html/mysite/.htaccess leads to django.fcgi, which is not in public_html/mysite")


@pytest.mark.parametrize("line", ["SetHandler mod_python", "  PythonHandler mod_python.publisher", "SetHandler python-program"])  # fmt: skip
def test_mod_python_is_refused(line):
    [(_key, message)] = said({**TREE, "public_html/mysite/.htaccess": f"{SEED}{line}\n"})
    assert "mod_python" in message
    assert "server: mod_wsgi" in message


def test_all_that_is_wrong_is_said_at_once():
    texts = {**TREE, "public_html/mysite/.htaccess": f"{SEED}RewriteRule ^x$ x.fcgi\nSetHandler mod_python\n"}
    assert len(said(texts, given=("name", "source", "server"))) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (SEED, ["django.fcgi"]),
        ("RewriteRule ^(.*)$ /dispatch.fcgi/$1 [QSA,L]", ["dispatch.fcgi"]),
        ("rewriterule ^(.*)$ cgi-bin/a.fcgi?x=$1\nRewriteRule . cgi-bin/a.fcgi", ["cgi-bin/a.fcgi"]),
        ("# RewriteRule ^(.*)$ no.fcgi", []),
        ("RewriteRule ^(.*)$ http://other.example.com/no.fcgi [R]", []),
        ("RewriteRule ^(.*)$ ../no.fcgi", []),
        ("RewriteRule no.fcgi", []),
        ("RewriteCond %{REQUEST_URI} !(no.fcgi)", []),
    ],
)
def test_scripts_that_rules_lead_to(text, found):
    assert scripts(text) == found


def test_the_platform_as_one_user_finds_it():
    mine = PLATFORMS["site5"].of("ann")
    assert (mine.home, mine.virtualenv) == ("/home/ann", "/home/ann")
    assert mine.views == (("~", "/home/ann"),)
    assert mine.path == ("/home/ann/bin", "/srv/venv/bin")
    assert PLATFORMS["rosti"].of("ann") == PLATFORMS["rosti"]
