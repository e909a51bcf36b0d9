# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import subprocess
import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _build, _listing, _pythons
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import native
from ansible_collections.pyhost.platform.plugins.module_utils._probe import PROBE

from tests.support.python27 import PYTHON27, unknown

WORDS = [
    # branch, options, whether importlib.metadata answers
    ("2.7", ["-E", "-s"], False),
    ("3.6", ["-I"], False),
    ("3.7", ["-I"], False),
    ("3.8", ["-I"], True),
    ("3.13", ["-I"], True),
]
TEXTS = {
    "list": _listing.OLD_LIST,
    "probe": PROBE,
    "static": _build.STATIC_ROOT,
    "django": native.DJANGO_WSGI.format(settings="shop.settings"),
    "ask": _pythons.ASK,
}
PYTHONS = [sys.executable, *filter(None, [PYTHON27])]


@pytest.mark.parametrize(("branch", "options", "new"), WORDS)
def test_words(branch, options, new):
    assert _listing.listing(branch) == [*options, "-c", _listing.LIST if new else _listing.OLD_LIST]


@pytest.mark.parametrize("name", TEXTS)
def test_what_runs_in_an_app_s_python_is_no_newer_than_2_7(name):
    assert unknown(TEXTS[name]) == []


def listed(python, text, *options):
    found = subprocess.run([python, *options, "-c", text], capture_output=True, check=False, cwd="/")
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def test_both_say_the_same():
    found = listed(sys.executable, _listing.OLD_LIST, "-I")
    assert found == listed(sys.executable, _listing.LIST, "-I")
    assert "pytest" in found


@pytest.mark.parametrize("python", PYTHONS)
def test_what_is_listed(python, tmp_path):
    """Wheels, eggs and what was installed in the old way; the first on the path counts, and stray files do not."""
    head = "Metadata-Version: 1.0\nName: {}\nVersion: {}\nAuthor: J\u00f6rg\n\nVersion: not here\n"
    files = {
        "one/Ramen_Noodles-1.0.dist-info/METADATA": ("Ramen.Noodles", "1.0"),
        "one/udon-2.egg-info": ("udon", "2"),
        "one/soba-3.egg-info/PKG-INFO": ("soba", "3"),
        "one/bento-4-py2.7.egg/EGG-INFO/PKG-INFO": ("bento", "4"),
        "two/udon-9.egg-info": ("udon", "9"),
        "one/nameless-5.egg-info": None,
        "three/os.py": None,
        "three/argparse-1.egg-info": ("argparse", "1"),
    }
    for name, row in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(head.format(*row) if row else "", encoding="utf-8")
    places = [str(tmp_path / name) for name in ("one", "two", "three", "none")]
    text = f"import sys\nsys.path[:] = {places!r} + sys.path\n{_listing.OLD_LIST}"
    found = listed(python, text)
    wanted = {"ramen-noodles": "1.0", "udon": "2", "soba": "3", "bento": "4"}
    assert {name: version for name, version in found.items() if name in (*wanted, "argparse", "wsgiref")} == wanted
