# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Code that cannot be had, read or understood: said before the host is asked."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from molecule.refuse.tests.conftest import Case, apps_of, refused, whole, write

WSGI = """\
def application(environ, start_response):
    start_response("200 OK", [])
    return [b""]
"""
NO_ARCHIVE = b"this is no archive"
FILES: dict[str, str | bytes] = {
    "file": "a file\n",
    "plain/wsgi.py": WSGI,
    "readme/README.md": "nothing to run\n",
    "silent/wsgi.py": "x = 1\n",
    "silent/app.py": "y = 2\n",
    "silent/manage.py": "import sys\n",
    "silent/pyproject.toml": '[project]\nname = "Silent-Shop"\nversion = "1"\n',
    "binary/wsgi.py": WSGI,
    "binary/requirements.txt": b"\xff\xfe\x00",
    "nested/wsgi.py": WSGI,
    "nested/requirements.txt": "six\n-r base.txt\n",
    "outside/wsgi.py": WSGI,
    "outside/requirements.txt": "-r ../../etc/passwd\n",
    "index/wsgi.py": WSGI,
    "index/requirements.txt": "-i https://evil.example.com/\nsix\n",
    "broken.tar.gz": b"\x1f\x8b\x08\x00garbage",
    "text.zip": NO_ARCHIVE,
}


def _path(name: str, path: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "source": {"path": path}, **more}]


def _archive(name: str, path: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": name, "source": {"archive": path, **more}}]


CASES = [
    Case("source-missing", _path("missing", "nowhere"), "  missing: source.path: FOLDER/nowhere does not exist"),
    Case("source-is-a-file", _path("file", "file"), "  file: source.path: FOLDER/file is not a directory"),
    Case("source-is-empty", _path("empty", "empty"), "  empty: source.path: FOLDER/empty holds no files to deploy"),
    Case(
        "approot-missing",
        _path("approot", "plain", approot="shop"),
        "  approot: approot: shop is not a directory of the source",
    ),
    Case(
        "nothing-to-run",
        _path("nothing", "readme"),
        """\
  nothing: don't know how to run your application; tried:
      wsgi.py:application: there is no wsgi.py
      Django: there is no manage.py
      asgi.py: there is no asgi.py
      app.py, main.py: there is no app.py, there is no main.py
      project name: neither setup.py nor pyproject.toml says a project name
    set entrypoint (like wsgi:application) or command""",
    ),
    Case(
        "nothing-callable",
        _path("silent", "silent"),
        """\
  silent: don't know how to run your application; tried:
      wsgi.py:application: wsgi.py defines no 'application'
      Django: manage.py names no DJANGO_SETTINGS_MODULE
      asgi.py: there is no asgi.py
      app.py, main.py: app.py defines no WSGI or ASGI callable, there is no main.py
      project name: the project is called Silent-Shop, but there is no module Silent_Shop
    set entrypoint (like wsgi:application) or command""",
    ),
    Case(
        "requirements-missing",
        _path("noreq", "plain", requirements=["requirements/production.txt"]),
        "  noreq: requirements: requirements/production.txt is not in the source",
    ),
    Case(
        "constraints-missing",
        _path("nocon", "plain", constraints=["constraints.txt"]),
        "  nocon: constraints: constraints.txt is not in the source",
    ),
    Case("requirements-unreadable", _path("binary", "binary"), "  binary: requirements.txt is not UTF-8 text"),
    Case(
        "nested-requirements-missing",
        _path("nested", "nested"),
        "  nested: requirements.txt, line 2: -r base.txt is not in the source",
    ),
    Case(
        "requirements-outside",
        _path("outside", "outside"),
        "  outside: requirements.txt, line 1: -r ../../etc/passwd is outside the source; "
        "only files of the source can be used",
    ),
    Case(
        "index-in-requirements",
        _path("index", "index"),
        "  index: requirements.txt, line 1: --index-url is not taken from requirement files; "
        "set pip_index_url for the app instead",
    ),
    Case(
        "archive-missing",
        _archive("noarchive", "none.tar.gz"),
        "  noarchive: source.archive: FOLDER/none.tar.gz does not exist",
    ),
    Case(
        "archive-damaged",
        _archive("broken", "broken.tar.gz"),
        "  broken: source.archive: FOLDER/broken.tar.gz is damaged: "
        "Compressed file ended before the end-of-stream marker was reached",
    ),
    Case(
        "no-archive",
        _archive("text", "text.zip"),
        "  text: source.archive: FOLDER/text.zip is not a tar or zip archive",
    ),
    Case(
        "checksum-mismatch",
        _archive("sum", "text.zip", checksum=f"sha256:{'0' * 64}"),
        f"  sum: source.archive: FOLDER/text.zip: checksum is sha256:{hashlib.sha256(NO_ARCHIVE).hexdigest()}, "
        f"expected sha256:{'0' * 64}",
    ),
]


@pytest.fixture(scope="module")
def message(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("code")
    write(folder, FILES)
    (folder / "empty").mkdir()
    said = refused(apps_of(CASES), tmp_path_factory.mktemp("run"), source_base=str(folder))
    return said.replace(str(folder), "FOLDER")


@pytest.mark.parametrize("case", CASES, ids=str)
def test_mistake(message: str, case: Case) -> None:
    assert f"\n{case.says}\n" in f"{message}\n"


def test_all_mistakes_of_all_apps_are_one_message(message: str) -> None:
    assert message == whole(CASES)
