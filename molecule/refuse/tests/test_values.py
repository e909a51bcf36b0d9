# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that are wrong in themselves, or together: all of them in one run and in one message."""

from __future__ import annotations

import pytest

from molecule.refuse.tests.conftest import Case, apps_of, refused, whole

HELLO = {"path": "hello"}
FORTY = "a" * 40
FORM = 'write 1 to 31 lower-case letters, digits and hyphens, a letter first, for example "ramen"'

CASES = [
    Case(
        "name-outside",
        [{"name": "../x", "source": HELLO}],
        f'  pyhost_apps[0]: name: "../x" cannot name an app; {FORM}',
    ),
    Case(
        "name-root",
        [{"name": "root", "source": HELLO}],
        '  pyhost_apps[1]: name: "root" is a user or group of the system; choose another name, for example "my-app"',
    ),
    Case(
        "name-upper-case",
        [{"name": "Ramen", "source": HELLO}],
        f'  pyhost_apps[2]: name: "Ramen" cannot name an app; {FORM}',
    ),
    Case(
        "name-40-characters",
        [{"name": FORTY, "source": HELLO}],
        f'  pyhost_apps[3]: name: "{FORTY}" cannot name an app; {FORM}',
    ),
    Case("name-missing", [{"source": HELLO}], "  pyhost_apps[4]: name: missing; write name: ramen"),
    Case(
        "no-mapping",
        ["ramen"],
        '  pyhost_apps[5]: "ramen" is a string where a mapping belongs; write {name: ramen, source: {path: ../ramen}}',
    ),
    Case(
        "duplicate-names",
        [{"name": "twice", "source": HELLO}, {"name": "twice", "source": HELLO}],
        '  twice: name: "twice" names pyhost_apps[6] and pyhost_apps[7]; give each app its own name',
    ),
    Case(
        "unknown-key",
        [{"name": "keys", "source": HELLO, "entrypiont": "wsgi:application", "uwsgi_harakiri": 75}],
        """\
  keys: entrypiont: unknown key; did you mean "entrypoint"?
  keys: uwsgi_harakiri: unknown key here; write it below "config", for example config: {uwsgi_harakiri: 75}""",
    ),
    Case(
        "wrong-types",
        [{"name": "types", "source": HELLO, "workers": "3", "collectstatic": "yes", "python": 3.1, "limits": ["512M"]}],
        """\
  types: python: 3.1 is a number; quote it: "3.1" (YAML reads 3.10 as 3.1, too; write "3.10" if that is what you mean)
  types: workers: "3" is a string where a whole number belongs; write 3
  types: collectstatic: "yes" is a string where a boolean belongs; write true or false
  types: limits: this is a list where a mapping belongs; write {memory: 512M}""",
    ),
    Case(
        "bare-string",
        [{"name": "bare", "source": HELLO, "domains": "bare.example.com"}],
        '  bare: domains: "bare.example.com" is a string where a list belongs; write ["bare.example.com"]',
    ),
    Case(
        "source-missing",
        [{"name": "nowhere"}],
        "  nowhere: source: missing; write where the code is, for example source: {path: ../ramen}",
    ),
    Case(
        "unknown-server-size",
        [{"name": "which", "source": HELLO, "server": "gunicron", "size": "huge"}],
        """\
  which: server: "gunicron" is unknown; did you mean "gunicorn"?
  which: size: "huge" is unknown; known values are small, medium, large, 2xlarge""",
    ),
    Case(
        "unknown-platform",
        [{"name": "where", "source": HELLO, "platform": "natvie"}],
        '  where: platform: "natvie" is unknown; did you mean "native"?',
    ),
    Case(
        "no-branch-of-python",
        [{"name": "patch", "source": HELLO, "python": "3.11.2"}],
        '  patch: python: "3.11.2" is a version where a branch belongs; write "3.11"',
    ),
    Case(
        "one-address-twice",
        [
            {"name": "first", "source": HELLO, "listen": ["127.0.0.1:8800"]},
            {"name": "second", "source": HELLO, "listen": ["0.0.0.0:8800", "127.0.0.1"]},
        ],
        """\
  second: listen[1]: "127.0.0.1" is no address with a port; write for example "127.0.0.1:8000"
  second: listen[0]: "0.0.0.0:8800" clashes with "127.0.0.1:8800" of app first; write another port""",
    ),
    Case(
        "one-domain-twice",
        [
            {"name": "third", "source": HELLO, "domains": ["same.example.com"]},
            {"name": "fourth", "source": HELLO, "domains": ["SAME.example.com"]},
        ],
        '  fourth: domains[0]: "SAME.example.com" clashes with "same.example.com" of app third; give it to one of the two',
    ),
    Case(
        "locations",
        [
            {
                "name": "places",
                "source": HELLO,
                "locations": [
                    {"location": "/static", "alias": "static/"},
                    {"location": "/a/", "alias": "../secret/"},
                    {"location": "/b/", "alias": "/etc/"},
                    {"location": "/c/", "alias": "$host/"},
                    {"location": "/d/", "alias": "static/"},
                    {"location": "/d/", "alias": "static/"},
                    {"location": "/d", "alias": "static/x.css"},
                    {"location": "~ [.]php$", "alias": "static/"},
                    {"location": "/", "alias": "static/"},
                    {"location": "/e/", "alias": "."},
                    {"location": "/f/", "alias": "static/", "expires": "soon"},
                    {"location": "/g/"},
                ],
            }
        ],
        """\
  places: locations[11].alias: missing; write alias: static/
  places: locations[0].alias: "static/" ends with "/" and location "/static" does not; \
write location "/static/" and alias "static/" for a directory, or location "/static" and alias "static" for one file
  places: locations[1].alias: "../secret/" contains the part ".."; write the path without it
  places: locations[2].alias: "/etc/" is outside the app's tree; \
write a path relative to approot, or one below /srv/app/, /srv/data/ or /srv/static/
  places: locations[3].alias: "$host/" contains "$"; only letters, digits and . _ + @ ~ = , / - are allowed
  places: locations[5].location: "/d/" is also the location of locations[4]; remove one of the two
  places: locations[6].location: "/d" shadows "/d/" of locations[4]; remove one of the two
  places: locations[7].location: "~ [.]php$" begins with nginx's "~"; \
write only the path: with "/" at its end for all below it, without for one file
  places: locations[8].location: "/" is where the app itself answers; write the path of the files, for example "/static/"
  places: locations[9].alias: "." would publish the code; write a directory of public files, for example "static/"
  places: locations[10].expires: "soon" is no time of nginx; write for example "30d", "12h", "max" or "off\"""",
    ),
    Case(
        "environment",
        [{"name": "secret", "source": HELLO, "environment": {"KEY": True, "PORT": "1", "2X": "hunter2"}}],
        """\
  secret: environment.KEY: true is a boolean; quote it: "true" (YAML reads yes, no, on and off as booleans, too)
  secret: environment.PORT: "PORT" is set by the platform itself; choose another name
  secret: environment.2X: "2X" cannot name a variable; write letters, digits and underscores, no digit first""",
    ),
    Case(
        "checksum-form",
        [{"name": "sum", "source": {"archive": "ramen.tar.gz", "checksum": "md5:1"}}],
        '  sum: source.checksum: "md5:1" is no checksum; write "sha256:" and 64 hexadecimal digits, as sha256sum prints them',
    ),
    Case(
        "checksum-missing",
        [{"name": "fetched", "source": {"archive": "https://example.com/ramen.tar.gz"}}],
        '  fetched: source.checksum: missing; "https://example.com/ramen.tar.gz" is fetched, so write checksum: "sha256:…"',
    ),
    Case(
        "git-of-a-file",
        [{"name": "gitfile", "source": {"git": "file:///etc"}}],
        """\
  gitfile: source.git: "file:///etc" is no git URL; write https://, http://, ssh:// or git:// with host and path, \
or user@host:path; for a directory on the controller write path instead of git""",
    ),
]


@pytest.fixture(scope="module")
def message(tmp_path_factory: pytest.TempPathFactory) -> str:
    return refused(apps_of(CASES), tmp_path_factory.mktemp("values"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_mistake(message: str, case: Case) -> None:
    assert f"\n{case.says}\n" in f"{message}\n"


def test_all_mistakes_of_all_apps_are_one_message(message: str) -> None:
    assert message == whole(CASES)
