# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve
from ansible_collections.pyhost.platform.plugins.module_utils._schema import keys
from hypothesis import given, settings
from hypothesis import strategies as st

SYSTEM = Settings("system", "", "3.13", ("native", "rosti"), ("gunicorn", "uwsgi", "uvicorn", "command"))
ACCOUNT = Settings("account", "~/pyhost", "3.13", SYSTEM.platforms, SYSTEM.servers)
RAMEN = {"name": "ramen", "source": {"path": "../ramen"}}


def problems(entries, scope=SYSTEM):
    with pytest.raises(Problems) as caught:
        resolve(entries, scope)
    return [str(problem) for problem in caught.value.problems]


def ramen(**more):
    return {**RAMEN, **more}


def app(name, **more):
    return {"name": name, "source": {"path": f"../{name}"}, **more}


def test_python_default_may_be_left_to_the_host():
    assert resolve([RAMEN], Settings("system", "", "", ("native",), ("gunicorn",)))[0].python == ""


def test_no_apps():
    assert resolve([], SYSTEM) == ()


def test_absent_needs_only_a_name():
    found = resolve([{"name": "old", "state": "absent"}, RAMEN], SYSTEM)
    assert found[0] == App("old", Source("path", ""), python="3.13", state="absent")
    assert found[1].listen == ("127.0.0.1:8000",)


def test_absent_apps_claim_nothing():
    old = app("old", state="absent", listen=["127.0.0.1:8000"], domains=["a.de"])
    assert len(resolve([old, ramen(listen=["127.0.0.1:8000"], domains=["a.de"])], SYSTEM)) == 2


def test_default_listen_takes_the_first_free_port_in_order():
    entries = [app("a"), app("b", listen=["0.0.0.0:8001"]), app("c", domains=["c.de"]), app("d")]
    assert [one.listen for one in resolve(entries, SYSTEM)] == [
        ("127.0.0.1:8000",),
        ("0.0.0.0:8001",),
        (),
        ("127.0.0.1:8002",),
    ]
    assert [one.listen for one in resolve(entries, ACCOUNT)] == [
        ("127.0.0.1:8000",),
        ("0.0.0.0:8001",),
        ("127.0.0.1:8002",),
        ("127.0.0.1:8003",),
    ]


MAPPING = "write {name: ramen, source: {path: ../ramen}}"
WHOLE_INPUT = [
    (None, ["pyhost_apps: null is no value where a list belongs; write one list entry for each app"]),
    ("x", ['pyhost_apps: "x" is a string where a list belongs; write one list entry for each app']),
    (RAMEN, ["pyhost_apps: this is a mapping where a list belongs; write one list entry for each app"]),
    (["x"], [f'pyhost_apps[0]: "x" is a string where a mapping belongs; {MAPPING}']),
    ([RAMEN, None], [f"pyhost_apps[1]: null is no value where a mapping belongs; {MAPPING}"]),
    (
        [RAMEN, {}],
        [
            "pyhost_apps[1]: name: missing; write name: ramen",
            "pyhost_apps[1]: source: missing; write where the code is, for example source: {path: ../ramen}",
        ],
    ),
    ([ramen(name=5)], ['pyhost_apps[0]: name: 5 is a number; quote it: "5"']),
    (
        [ramen(name="root")],
        [
            'pyhost_apps[0]: name: "root" is a user or group of the system; choose another name, for example "my-app"',
        ],
    ),
    (
        [RAMEN, app("b"), RAMEN, RAMEN],
        [
            'ramen: name: "ramen" names pyhost_apps[0] and pyhost_apps[2] and pyhost_apps[3]; '
            "give each app its own name",
        ],
    ),
    (
        [app("a", domains=["x.de"]), app("b", domains=["y.de", "X.de"])],
        ['b: domains[1]: "X.de" clashes with "x.de" of app a; give it to one of the two'],
    ),
    (
        [app("a", listen=["127.0.0.1:8000"]), app("b", listen=["0.0.0.0:8000"])],
        ['b: listen[0]: "0.0.0.0:8000" clashes with "127.0.0.1:8000" of app a; write another port'],
    ),
    (
        [app("a", size="huge", drain=-1), app("b", python=3.11)],
        [
            'a: size: "huge" is unknown; known values are small, medium, large, 2xlarge',
            "a: drain: -1 is out of range; write a number from 0 to 3600",
            'b: python: 3.11 is a number; quote it: "3.11"',
        ],
    ),
]


@pytest.mark.parametrize(("entries", "expected"), WHOLE_INPUT)
def test_problems_of_the_whole_input(entries, expected):
    assert problems(entries) == expected


def test_all_problems_are_one_text():
    with pytest.raises(Problems) as caught:
        resolve([app("a", size="huge"), app("b", domain="x")], SYSTEM)
    assert str(caught.value) == (
        "2 problems found, nothing was changed:\n"
        '  a: size: "huge" is unknown; known values are small, medium, large, 2xlarge\n'
        '  b: domain: unknown key; did you mean "domains"?'
    )


def test_privileged_port_in_account_scope():
    assert problems([ramen(listen=["127.0.0.1:80"])], ACCOUNT) == [
        'ramen: listen[0]: "127.0.0.1:80" needs root, and pyhost_scope is account; '
        'write a port from 1024 up, for example "127.0.0.1:8000"'
    ]
    assert resolve([ramen(listen=["127.0.0.1:80"])], SYSTEM)[0].listen == ("127.0.0.1:80",)


def test_a_port_is_that_of_one_app_where_they_share_a_network():
    fixed = {"command": "x", "port": 8080}
    alone = {"network": "private", "domains": ["a.de"]}
    assert problems([app("a", **fixed), app("b", **fixed)]) == [
        "b: port: 8080 is that of app a; give one of the two network: private"
    ]
    assert len(resolve([app("a", **fixed), app("b", **fixed, **alone)], SYSTEM)) == 2
    assert problems([ramen(tls={"self_signed": True}, domains=["a.de"])], ACCOUNT) == [
        "ramen: tls: is spoken by the front, and pyhost_scope account has none; remove it"
    ]
    assert problems([ramen(**alone)], ACCOUNT) == [
        "ramen: network: private needs root, and pyhost_scope is account; remove it"
    ]


@pytest.mark.parametrize(
    ("scope", "root", "python", "expected"),
    [
        ("acount", "", "3.13", ['pyhost_scope: "acount" is unknown; did you mean "account"?']),
        (None, "", "3.13", ["pyhost_scope: null is unknown; known scopes are system, account"]),
        ("account", None, "3.13", ["pyhost_root: null is no value where a string belongs; write ~/pyhost"]),
        (
            "account",
            "pyhost",
            "3.13",
            [
                'pyhost_root: "pyhost" is no absolute path without "$" and line breaks; write for example "~/pyhost"',
            ],
        ),
        ("system", "", 3.13, ['pyhost_python_default: 3.13 is a number; quote it: "3.13"']),
        (
            "system",
            "",
            None,
            ['pyhost_python_default: null is no value where a string belongs; write "3.13"'],
        ),
        ("system", "", "3", ['pyhost_python_default: "3" is no branch of Python; write for example "3.13"']),
    ],
)
def test_problems_of_the_settings(scope, root, python, expected):
    assert problems([RAMEN], Settings(scope, root, python, ("native",), ("gunicorn",))) == expected


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["ramen", "../x", "a.de", "127.0.0.1:8000", "[::]:80", "/static/", "static/", "absent", "command"]
    )
)
NAMES = (
    st.sampled_from([one for key in keys() for one in (key.name, *(nested.name for nested in key.keys))])
    | st.text()
    | st.integers()
    | st.none()
)
JUNK = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=25
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["ramen", "shop"]) | JUNK, "source": st.just({"path": "x"}) | JUNK},
        optional={key.name: JUNK for key in keys() if key.name not in ("name", "source", "platform")},
    ),
    max_size=4,
)


def attempt(entries, scope):
    try:
        return resolve(entries, scope), ()
    except Problems as error:
        return None, error.problems


@settings(max_examples=100)
@given(entries=JUNK | ENTRIES, scope=st.sampled_from([SYSTEM, ACCOUNT]))
def test_any_input_gives_apps_or_problems(entries, scope):
    apps, found = attempt(entries, scope)
    assert apps is None or all(App.from_dict(one.to_dict()) == one for one in apps)
    assert apps is not None or found
    assert all(problem.message and str(problem).isprintable() for problem in found)


@settings(max_examples=50)
@given(value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_environment_is_kept_byte_for_byte(value):
    assert resolve([ramen(environment={"A": value})], SYSTEM)[0].environment == {"A": value}
