# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that make and fill a new virtualenv, for uv and for pip. Pure. PRIVATE to the collection.

Configuration files of the user or the tree never have a say: what a virtualenv holds depends on its
fingerprint alone.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from ansible_collections.pyhost.platform.plugins.module_utils._reqfile import requirement_name

HTTP_SECONDS = 15
HTTP_RETRIES = 2
"""An index that says nothing is given up after three tries, which is within a minute."""

PATIENCE = {
    "PIP_DEFAULT_TIMEOUT": str(HTTP_SECONDS),
    "PIP_RETRIES": str(HTTP_RETRIES),
    "UV_HTTP_TIMEOUT": str(HTTP_SECONDS),
    "UV_HTTP_RETRIES": str(HTTP_RETRIES),
}

QUIET = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_CONFIG_FILE": "/dev/null",
    "PIP_NO_INPUT": "1",
    "UV_NO_CONFIG": "1",
    "UV_NO_PROGRESS": "1",
    "UV_PYTHON_DOWNLOADS": "never",
}

SEEDING = {"VIRTUALENV_CONFIG_FILE": "/dev/null", "PIP_NO_PYTHON_VERSION_WARNING": "1"}
"""Where our own virtualenv makes it."""


def environment(order: dict[str, Any], home: str, prefix: str) -> dict[str, str]:
    """The environment of every command of one build."""
    return {
        "HOME": home,
        "PATH": f"{prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "UV_CACHE_DIR": f"{home}/.cache/uv",
        "PIP_CACHE_DIR": f"{home}/.cache/pip",
        **PATIENCE,
        **QUIET,
        **({**SEEDING, "VIRTUALENV_OVERRIDE_APP_DATA": f"{home}/.cache/virtualenv"} if order["seeds"] else {}),
        **order["environment"],
    }


def create(order: dict[str, Any], uv: str, prefix: str) -> list[str]:
    """The command that makes an empty virtualenv at ``prefix``; ``uv`` lies beside our other tools."""
    if order["seeds"]:
        return [*seeding(uv, order["seeds"]), "--quiet", "--python", order["python"], prefix]
    if order["installer"] == "pip":
        return [order["python"], "-m", "venv", prefix]
    return [uv, "venv", "--no-project", "--quiet", "--python", order["python"], prefix]


def seeding(uv: str, seeds: Mapping[str, str]) -> list[str]:
    """Our virtualenv, with ``seeds`` of what it brings along; it asks no index and renews nothing by itself."""
    program = posixpath.join(posixpath.dirname(uv), "virtualenv")
    return [program, "--no-download", "--no-periodic-update", *(f"--{name}={one}" for name, one in seeds.items())]


def installs(order: dict[str, Any], uv: str, prefix: str, code: str) -> list[list[str]]:
    """The commands that install into ``prefix``; ``code`` is approot inside the release.

    One resolution for the app's requirements and the server's packages; two where hashes are required,
    because the server's packages have none. ``shelf`` of the order are options that lead to wheels of the host's store.
    Where a bundle brings ``sources``, these come first.
    """
    if order.get("sources"):
        return _bundled(order, uv, prefix, code)
    base = _base(order, uv, prefix)
    packages = list(order["packages"])
    if order["kind"] == "uv.lock":
        sync = [uv, "sync", "--quiet", "--frozen", "--no-dev", "--project", code]
        sync += ["--python", f"{prefix}/bin/python"]
        steps = [sync]
    else:
        own = _own(order, code)
        steps = _unseed(order, prefix)
        if own and not order["hashes"]:
            return [*steps, [*base, *own, *packages]]
        steps += [[*base, "--require-hashes", *own]] if own else []
    if packages:
        steps.append([*base, *packages])
    return steps


def prediction(order: dict[str, Any], uv: str, code: str) -> list[str]:
    """The command that prints what ``installs`` would install, without installing it."""
    words = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--no-emit-index-url"]
    which = ["--python", order["python"]] if order["python"] else ["--python-version", order["branch"]]
    words += [*which, *_index(order, "uv")]
    for name in order["constraints"]:
        words += ["--constraint", name]
    return words


def _bundled(order: dict[str, Any], uv: str, prefix: str, code: str) -> list[list[str]]:
    """The sources of a bundle, then the app's requirements, both without an index; what it lacks of the server's
    packages comes from there.
    """
    base = _base(order, uv, prefix)
    alone = [*base, "--no-index"]
    own = _own(order, code)
    steps = [[*alone, "--no-deps", "--no-build-isolation", *order["sources"]]]
    steps += [[*alone, "--no-build-isolation", *own]] if own else []
    rest = [one for one in order["packages"] if requirement_name(one) not in order["provided"]]
    return [*steps, [*base, *rest]] if rest else steps


def _unseed(order: dict[str, Any], prefix: str) -> list[list[str]]:
    """Before Python 3.12 the module venv puts a setuptools into every virtualenv, which nobody asked for.

    What virtualenv puts there stays: packages of its time count on it, to be built and at run time.
    """
    if order["installer"] != "pip" or order["seeds"] or int(order["branch"].partition(".")[2]) >= 12:
        return []
    return [[f"{prefix}/bin/python", "-m", "pip", "uninstall", "--quiet", "--yes", "setuptools"]]


def _base(order: dict[str, Any], uv: str, prefix: str) -> list[str]:
    if order["installer"] == "pip":
        words = [f"{prefix}/bin/python", "-m", "pip", "install", "--quiet"]
    else:
        words = [uv, "pip", "install", "--quiet", "--python", f"{prefix}/bin/python"]
    words += [*_index(order, order["installer"]), *order.get("shelf", [])]
    for name in order["constraints"]:
        words += ["--constraint", name]
    return words


def _index(order: dict[str, Any], installer: str) -> list[str]:
    words: list[str] = []
    if order["wheels"]:
        words += ["--no-index", "--find-links", "wheels"]
    elif order["index_url"]:
        words += ["--index-url" if installer == "pip" else "--default-index", order["index_url"]]
    return words


def _own(order: dict[str, Any], code: str) -> list[str]:
    if order["kind"] == "files":
        return [word for name in order["files"] for word in ("--requirement", name)]
    if order["kind"] == "setup.py" or (order["kind"] == "pyproject" and order["local"]):
        return ["--editable", code]
    if order["kind"] == "pyproject":
        if order["installer"] == "pip":
            return [code]
        return ["--requirement", "pyproject.toml"]
    return []
