# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._blame import blame

UNSATISFIABLE = "we can conclude that your requirements are unsatisfiable."
BACKEND = """\
  cause: The build backend returned an error
  cause: Call to `back.build_wheel` failed (exit status: 1)

         [stdout]
         gcc: fatal error: no input files
         Connection refused

hint: Build failures usually indicate a problem with the package or the build environment
"""

# What uv 0.13.8 and pip 24.2 wrote when they were asked for these packages.
UV = [
    (
        "nosuch",
        "error: No solution found when resolving dependencies\n"
        f"  cause: Because nosuch was not found in the package registry and you require nosuch, {UNSATISFIABLE}\n",
    ),
    (
        "ramen==9.9",
        "error: No solution found when resolving dependencies\n"
        f"  cause: Because there is no version of ramen==9.9 and you require ramen==9.9, {UNSATISFIABLE}\n",
    ),
    (
        "ramen>3",
        "error: No solution found when resolving dependencies\n"
        f"  cause: Because only ramen<=1.2 is available and you require ramen>3, {UNSATISFIABLE}\n",
    ),
    (
        "ramen>=2,<3",
        "error: No solution found when resolving dependencies\n"
        f"  cause: Because only ramen<=1.2 is available and you require ramen>=2,<3, {UNSATISFIABLE}\n",
    ),
    (
        "ramen==1.0 and ramen==1.2",
        "error: No solution found when resolving dependencies\n"
        f"  cause: Because you require ramen==1.0 and ramen==1.2, {UNSATISFIABLE}\n",
    ),
    (
        "ramen==3",
        "error: No solution found when resolving dependencies\n"
        f"  cause: Because there is no version of ramen==3 and shop depends on ramen==3, {UNSATISFIABLE}\n",
    ),
    (
        "soup and bowl",
        "error: No solution found when resolving dependencies\n"
        "  cause: Because all versions of bowl depend on ramen==1.2 and all versions of soup depend on ramen==1.0, "
        "we can conclude that all versions of bowl and all versions of soup are incompatible.\n"
        f"         And because you require soup and bowl, {UNSATISFIABLE}\n",
    ),
    (
        "needsgone",
        "error: No solution found when resolving dependencies\n"
        "  cause: Because gone-thing was not found in the provided package locations and all versions of needsgone "
        "depend on gone-thing>=2, we can conclude that all versions of needsgone cannot be used.\n"
        f"         And because you require needsgone, {UNSATISFIABLE}\n",
    ),
    (
        "future",
        "error: No solution found when resolving dependencies\n"
        "  cause: Because future==1.0 requires Python >=3.99 and only future==1.0 is available, we can conclude that "
        "all versions of future cannot be used.\n"
        f"         And because you require future, {UNSATISFIABLE}\n",
    ),
    (
        "binary",
        "error: No solution found when resolving dependencies\n"
        "  cause: Because binary==1.0 has no wheels with a matching Python implementation tag (e.g., `cp313`) and only "
        "binary==1.0 is available, we can conclude that all versions of binary cannot be used.\n"
        f"         And because you require binary, {UNSATISFIABLE}\n\n"
        "hint: You require CPython 3.13 (`cp313`), but we only found wheels for `binary` (v1.0) with the following "
        "Python implementation tag: `cp27`\n",
    ),
    (
        "binary",
        "error: No solution found when resolving dependencies\n"
        "  cause: Because binary==1.0 has an invalid package format and only binary==1.0 is available, we can conclude "
        "that all versions of binary cannot be used.\n"
        "         And because your project depends on binary, we can conclude that your project's requirements are "
        "unsatisfiable.\n",
    ),
    ("brokenpkg==2.5", f"error: Failed to build `brokenpkg==2.5`\n{BACKEND}"),
    ("loc", f"error: Failed to build `loc @ file:///srv/releases/1-a`\n{BACKEND}"),
]

PIP = [
    (
        "nosuch",
        "ERROR: Could not find a version that satisfies the requirement nosuch (from versions: none)\n"
        "ERROR: No matching distribution found for nosuch\n",
    ),
    (
        "gone-thing>=2",
        "ERROR: Could not find a version that satisfies the requirement gone-thing>=2 (from needsgone) "
        "(from versions: none)\nERROR: No matching distribution found for gone-thing>=2\n",
    ),
    (
        "ramen==1.0 and ramen==1.2",
        "ERROR: Cannot install ramen==1.0 and ramen==1.2 because these package versions have conflicting "
        "dependencies.\nERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/\n",
    ),
    ("future", "ERROR: Package 'future' requires a different Python: 3.13.0 not in '>=3.99'\n"),
    (
        "oldone",
        "ERROR: Packages require a different Python. 3.13.0 not in:\n"
        "'<3.9' (required by oldone 1.1 (from /w/oldone-1.1-py3-none-any.whl))\n"
        "'<3.9' (required by oldone 1.0 (from /w/oldone-1.0-py3-none-any.whl))\n",
    ),
    (
        "badwheel",
        "  error: subprocess-exited-with-error\n  \n"
        "  \xd7 Building wheel for badwheel (pyproject.toml) did not run successfully.\n  │ exit code: 1\n"
        "  ╰─> [1 lines of output]\n      gcc: fatal error: no input files\n      [end of output]\n  \n"
        "  note: This error originates from a subprocess, and is likely not a problem with pip.\n"
        "  ERROR: Failed building wheel for badwheel\n"
        "ERROR: ERROR: Failed to build installable wheels for some pyproject.toml based projects (badwheel)\n",
    ),
]

HASH = "its file has another hash than it should have"
BROKEN = "its file broke off or is damaged"
DAMAGED = [
    (
        f"ramen==1.0 cannot be installed: {HASH}",
        "error: Failed to download `ramen==1.0`\n  cause: Hash mismatch for `ramen==1.0`\n\n"
        "         Expected:\n           sha256:00\n\n         Computed:\n           sha256:92\n",
    ),
    (
        f"ramen==1.0 cannot be installed: {HASH}",
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package "
        "versions, please update the hashes. Otherwise, examine the package contents carefully; someone may have "
        "tampered with them.\n    ramen==1.0 from file:///w/ramen-1.0-py3-none-any.whl (from -r h.txt (line 1)):\n"
        "        Expected sha256 00\n             Got        92\n",
    ),
    (
        f"ramen==1.0 cannot be installed: {BROKEN}",
        "error: Failed to download `ramen==1.0`\n  cause: Failed to write to the distribution cache\n"
        "  cause: error decoding response body\n  cause: request or response body error\n"
        "  cause: error reading a body from connection\n  cause: end of file before message length reached\n",
    ),
    (
        f"ramen==1.0 cannot be installed: {BROKEN}",
        "error: Failed to download `ramen==1.0`\n  cause: Failed to extract archive: ramen-1.0-py3-none-any.whl\n"
        "  cause: Invalid zip file structure\n  cause: unable to locate the end of central directory record\n",
    ),
    (
        f"ramen cannot be installed: {BROKEN}",
        "ERROR: Wheel 'ramen' located at /w/tmp/ramen-1.0-py3-none-any.whl is invalid.\n",
    ),
    (
        "a file of the package index is larger than any file of a build may be",
        "ERROR: Could not install packages due to an OSError: [Errno 27] File too large\n",
    ),
]


@pytest.mark.parametrize(("package", "output"), UV + PIP)
def test_the_package_is_named(package, output):
    assert blame(output) == f"{package} cannot be installed"


@pytest.mark.parametrize(("line", "output"), DAMAGED)
def test_the_damage_is_named(line, output):
    assert blame(output) == line


GONE = "http://example.invalid/ramen-0.2a.tar.gz"
ADDRESSES = [
    (
        f"{GONE} cannot be fetched: its host name is not known",
        f"error: Failed to download and build `ramen @ {GONE}`\n  cause: Request failed after 3 retries in 10.2s\n"
        f"  cause: Failed to fetch: {GONE}\n  cause: error sending request for url ({GONE})\n"
        "  cause: client error (Connect)\n  cause: dns error\n  cause: error resolving DNS\n"
        "  cause: failed to lookup address information: Name or service not known\n",
    ),
    (
        f"{GONE.removeprefix('http://')} cannot be fetched: its host name is not known",
        f"Collecting {GONE}\nERROR: Exception:\nTraceback (most recent call last):\n"
        "    raise ConnectionError(e, request=request)\n"
        "ConnectionError: HTTPConnectionPool(host='example.invalid', port=80): Max retries exceeded with url: "
        "/ramen-0.2a.tar.gz (Caused by NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at "
        "0x7f>: Failed to establish a new connection: [Errno -2] Name or service not known',))\n",
    ),
    (
        f"ramen cannot be installed: {HASH}",
        f"error: Failed to download `ramen @ {GONE}`\n  cause: Hash mismatch for `ramen @ {GONE}`\n",
    ),
]


@pytest.mark.parametrize(("line", "output"), ADDRESSES)
def test_an_address_of_the_apps_own_is_no_index(line, output):
    assert blame(output) == line


FETCH = "error: Request failed after 2 retries in 4.8s\n  cause: Failed to fetch: http://127.0.0.1:9/simple/soup/\n"
SEND = "  cause: error sending request for url (http://127.0.0.1:9/simple/soup/)\n"
PIP_RETRY = "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after connection broken by "
PIP_NONE = (
    "': /simple/soup/\nERROR: Could not find a version that satisfies the requirement soup (from versions: none)\n"
    "ERROR: No matching distribution found for soup\n"
)
UNREACHABLE = [
    (
        ": it refuses connections",
        f"{FETCH}{SEND}  cause: client error (Connect)\n  cause: tcp connect error\n  cause: Connection refused (os error 111)\n",
    ),
    (": it does not answer", f"{FETCH}{SEND}  cause: operation timed out\n"),
    (": its host name is not known", f"{FETCH}{SEND}  cause: client error (Connect)\n  cause: dns error\n"),
    (": its certificate is not trusted", f"{FETCH}{SEND}  cause: invalid peer certificate: UnknownIssuer\n"),
    (
        ": it answers with status 503",
        f"{FETCH}  cause: HTTP status server error (503 Service Unavailable) for url (http://127.0.0.1:9/simple/soup/)\n",
    ),
    (
        ": it refuses connections",
        f"{PIP_RETRY}'NewConnectionError('<pip._vendor.urllib3.connection.HTTPConnection object at 0x7f>: Failed to "
        f"establish a new connection: [Errno 111] Connection refused'){PIP_NONE}",
    ),
    (
        ": it does not answer",
        f"{PIP_RETRY}'ReadTimeoutError(\"HTTPConnectionPool(host='127.0.0.1', port=9): Read timed out.\"){PIP_NONE}",
    ),
    (
        ": it answers with status 500",
        "ERROR: No matching distribution found for soup\n\n2026-01-02T03:04:05,6 Could not fetch URL http://127.0.0.1:9/"
        "simple/soup/: HTTPConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: /simple/soup/ "
        "(Caused by ResponseError('too many 500 error responses')) - skipping\n",
    ),
    ("", f"{SEND}  cause: something new\n"),
]


@pytest.mark.parametrize(("why", "output"), UNREACHABLE)
def test_the_index_is_out_of_reach(why, output):
    assert blame(output) == f"the package index cannot be reached{why}"


@pytest.mark.parametrize(
    "output",
    [
        "",
        "error: Couldn't parse requirement in `s.txt` at position 0\n  cause: Expected one of `@`, `(`, found `b`\n",
        "error: metadata-generation-failed\n\n\xd7 Encountered error while generating package metadata.\n",
    ],
)
def test_no_package_is_named(output):
    assert blame(output) == "the requirements cannot be installed"
