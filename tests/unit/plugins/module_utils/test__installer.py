# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._installer import (
    create,
    environment,
    installs,
    prediction,
)

ORDER = {
    "python": "/usr/bin/python3.13",
    "branch": "3.13",
    "kind": "files",
    "files": ["requirements.txt", "../more.txt"],
    "constraints": [],
    "wheels": False,
    "local": False,
    "hashes": False,
    "packages": ["gunicorn>=23", "pip"],
    "installer": "uv",
    "seeds": {},
    "index_url": "",
    "environment": {},
}
UV = ["/t/uv", "pip", "install", "--quiet", "--python", "/v/bin/python"]
PIP = ["/v/bin/python", "-m", "pip", "install", "--quiet"]
UNSEED = ["/v/bin/python", "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools"]
FILES = ["--requirement", "requirements.txt", "--requirement", "../more.txt"]
SERVER = ["gunicorn>=23", "pip"]
SYNC = ["/t/uv", "sync", "--quiet", "--frozen", "--no-dev", "--project", "/code", "--python", "/v/bin/python"]
INDEX = "https://pypi.example.com/simple"

TABLE = [
    # one resolution for the app's requirements and the server's packages
    ({}, [[*UV, *FILES, *SERVER]]),
    ({"installer": "pip"}, [[*PIP, *FILES, *SERVER]]),
    ({"packages": []}, [[*UV, *FILES]]),
    # the module venv of older Pythons brings a setuptools that nobody asked for
    ({"installer": "pip", "branch": "3.11"}, [UNSEED, [*PIP, *FILES, *SERVER]]),
    ({"installer": "pip", "branch": "3.9", "hashes": True},
     [UNSEED, [*PIP, "--require-hashes", *FILES], [*PIP, *SERVER]]),
    ({"branch": "3.11"}, [[*UV, *FILES, *SERVER]]),
    # hashes: the server's packages have none, so they go by themselves
    ({"hashes": True}, [[*UV, "--require-hashes", *FILES], [*UV, *SERVER]]),
    ({"hashes": True, "packages": [], "installer": "pip"}, [[*PIP, "--require-hashes", *FILES]]),
    # constraints, index, wheels
    ({"constraints": ["c.txt"]}, [[*UV, "--constraint", "c.txt", *FILES, *SERVER]]),
    ({"index_url": INDEX}, [[*UV, "--default-index", INDEX, *FILES, *SERVER]]),
    ({"index_url": INDEX, "installer": "pip"}, [[*PIP, "--index-url", INDEX, *FILES, *SERVER]]),
    ({"wheels": True, "index_url": INDEX}, [[*UV, "--no-index", "--find-links", "wheels", *FILES, *SERVER]]),
    (
        {"wheels": True, "installer": "pip", "constraints": ["c.txt", "d.txt"]},
        [[*PIP, "--no-index", "--find-links", "wheels", "--constraint", "c.txt", "--constraint", "d.txt",
          *FILES, *SERVER]],
    ),
    # kinds
    ({"kind": "uv.lock", "hashes": True}, [SYNC, [*UV, *SERVER]]),
    ({"kind": "uv.lock", "packages": []}, [SYNC]),
    ({"kind": "setup.py", "local": True}, [[*UV, "--editable", "/code", *SERVER]]),
    ({"kind": "pyproject"}, [[*UV, "--requirement", "pyproject.toml", *SERVER]]),
    ({"kind": "pyproject", "installer": "pip"}, [[*PIP, "/code", *SERVER]]),
    ({"kind": "pyproject", "local": True}, [[*UV, "--editable", "/code", *SERVER]]),
    ({"kind": "pyproject", "local": True, "installer": "pip"}, [[*PIP, "--editable", "/code", *SERVER]]),
    ({"kind": "none", "files": []}, [[*UV, *SERVER]]),
    ({"kind": "none", "files": [], "packages": []}, []),
    ({"kind": "none", "files": [], "packages": [], "hashes": True}, []),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "commands"), TABLE)
def test_installs(changes, commands):
    assert installs({**ORDER, **changes}, "/t/uv", "/v", "/code") == commands


BUNDLED = {
    "installer": "pip", "index_url": INDEX, "constraints": ["c.txt"], "sources": ("/b/build/flask", "/b/src/tool"),
    "provided": ("flask", "tool", "gunicorn"),
}  # fmt: skip
ALONE = [*PIP, "--index-url", INDEX, "--constraint", "c.txt", "--no-index"]
BUILDS = [*ALONE, "--no-deps", "--no-build-isolation", "/b/build/flask", "/b/src/tool"]
CHECKS = [*ALONE, "--no-build-isolation", *FILES]


@pytest.mark.parametrize(
    ("changes", "commands"),
    [
        ({"packages": ["gunicorn>=23"]}, [BUILDS, CHECKS]),
        ({"packages": ["gunicorn", "django"]}, [BUILDS, CHECKS, [*ALONE[:-1], "django"]]),
        ({"packages": [], "kind": "none", "files": []}, [BUILDS]),
    ],
)
def test_a_bundle_needs_no_index(changes, commands):
    """Only what the server needs besides is asked for there."""
    assert installs({**ORDER, **BUNDLED, **changes}, "/t/uv", "/v", "/code") == commands


def test_create():
    assert create(ORDER, "/t/uv", "/v") == [
        "/t/uv", "venv", "--no-project", "--quiet", "--python", "/usr/bin/python3.13", "/v",
    ]  # fmt: skip
    assert create({**ORDER, "installer": "pip"}, "/t/uv", "/v") == ["/usr/bin/python3.13", "-m", "venv", "/v"]


OLD = {
    **ORDER, "python": "/opt/python2.7", "branch": "2.7", "installer": "pip",
    "seeds": {"pip": "20.3.4", "setuptools": "44.1.1", "wheel": "0.37.1"},
}  # fmt: skip


def test_our_virtualenv_serves_old_branches():
    """It asks nobody, and what it puts there stays."""
    assert create(OLD, "/t/uv", "/v") == [
        "/t/virtualenv", "--no-download", "--no-periodic-update", "--pip=20.3.4", "--setuptools=44.1.1",
        "--wheel=0.37.1", "--quiet", "--python", "/opt/python2.7", "/v",
    ]  # fmt: skip
    assert installs(OLD, "/t/uv", "/v", "/code") == [[*PIP, *FILES, *SERVER]]
    settings = environment(OLD, "/home/me", "/v")
    assert settings["VIRTUALENV_OVERRIDE_APP_DATA"] == "/home/me/.cache/virtualenv"
    assert settings["VIRTUALENV_CONFIG_FILE"] == "/dev/null"
    assert not [name for name in environment(ORDER, "/home/me", "/v") if name.startswith("VIRTUALENV")]


COMPILE = ["/t/uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-emit-index-url"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["--python", "/usr/bin/python3.13"]),
        ({"python": ""}, ["--python-version", "3.13"]),
        ({"index_url": INDEX, "constraints": ["c.txt"], "installer": "pip"},
         ["--python", "/usr/bin/python3.13", "--default-index", INDEX, "--constraint", "c.txt"]),
    ],
)  # fmt: skip
def test_prediction(changes, words):
    assert prediction({**ORDER, **changes}, "/t/uv", "/code") == [*COMPILE, *words]


def test_environment_is_whole_and_the_operator_wins():
    order = {
        **ORDER,
        "environment": {"HTTPS_PROXY": "http://proxy:3128", "LANG": "de_DE.UTF-8", "UV_HTTP_TIMEOUT": "40"},
    }
    assert environment(order, "/srv", "/v") == {
        "HOME": "/srv",
        "PATH": "/v/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "de_DE.UTF-8",
        "UV_CACHE_DIR": "/srv/.cache/uv",
        "PIP_CACHE_DIR": "/srv/.cache/pip",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_NO_INPUT": "1",
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_DEFAULT_TIMEOUT": "15",
        "PIP_RETRIES": "2",
        "UV_HTTP_TIMEOUT": "40",
        "UV_HTTP_RETRIES": "2",
        "HTTPS_PROXY": "http://proxy:3128",
    }
