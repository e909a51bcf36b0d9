# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch wheels and build them, as nobody in particular. Runs in a unit of its own. PRIVATE to the collection.

What runs here owns nothing, sees no home and can write nothing that stays. What it has got leaves on standard output:
a line of JSON, then as many bytes as that says, and the next one; `main` of the agent ends it with the answer.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import ssl
import sys
import tempfile
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from ansible_collections.pyhost.platform.plugins.module_utils import _installer, _wheelcheck, _wheelpage
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._pack import sha256_file
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline, run
from ansible_collections.pyhost.platform.plugins.module_utils._wheels import Pin

AT_ONCE = 8
PAGE = 64 << 20
"""Bytes of a page of an index; a larger one is refused."""

TAGS = """\
import json, sys
sys.path.insert(0, sys.argv[1])
from pip._vendor.packaging.tags import sys_tags
print(json.dumps([str(tag) for tag in sys_tags()]))
"""
"""Run by the interpreter itself, with the pip of our tools: the tags of wheels that suit it, the best first."""


def fetch(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Send the file of each pin of ``job`` that an installer would take from the index; no code of it runs.

    The answer has the ``tags`` of the interpreter, the pins ``refused`` with the reason, and those that ``failed``
    because the index did not answer.
    """
    del home
    os.environ.update(job["environment"])
    tags = _tags(job["python"], Deadline(job["seconds"]))
    refused: dict[str, str] = {}
    failed: dict[str, str] = {}
    out = threading.Lock()

    def one(pin: Pin) -> None:
        try:
            with tempfile.TemporaryDirectory() as directory:
                row, path = _get(pin, job["index"], tags, Path(directory), job["largest"])
                with out:
                    _send({"pin": list(pin), **row}, path)
        except (PyhostError, ValueError) as error:
            refused[str(pin)] = str(error)
        except OSError as error:
            failed[str(pin)] = str(error)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, [Pin(*pin) for pin in job["pins"]]))
    return {"tags": tags, "refused": refused, "failed": failed}


def wheel(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Send the wheel that comes of the source distribution on standard input, as an installer would build it."""
    source = home / job["file"]
    with source.open("xb") as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream)
    made = home / "made"
    tools = Path(sys.prefix) / "bin"
    words = [f"{tools}/uv", "build", "--quiet", "--wheel", "--python", job["python"], "--out-dir", str(made)]
    words += ["--default-index", job["index"], str(source)]
    env = _installer.environment({"environment": job["environment"], "seeds": {}}, str(home), str(home))
    finished = run(words, Deadline(job["seconds"]), cwd=str(home), env=env)
    if finished.status != 0:
        raise PyhostError("it does not build")
    wheels = sorted(made.glob("*.whl"))
    if len(wheels) != 1:
        raise PyhostError(f"its build made {len(wheels)} wheels")
    _send({"file": wheels[0].name, **_measured(wheels[0])}, wheels[0])
    return {}


def check(home: Path, job: dict[str, Any]) -> dict[str, Any]:
    """Look into the wheel on standard input, which foreign code has made; raises `PyhostError` with what is wrong."""
    path = home / "one.whl"
    with path.open("xb") as stream:
        shutil.copyfileobj(sys.stdin.buffer, stream)
    wrong = _wheelcheck.problem(path, Pin(*job["pin"]))
    if wrong:
        raise PyhostError(wrong)
    return {}


def _tags(python: str, deadline: Deadline) -> list[str]:
    packages = next(Path(sys.prefix).glob("lib/python*/site-packages"))
    said = run([python, "-I", "-c", TAGS, str(packages)], deadline, errors=False, read=1 << 20)
    try:
        return [str(tag) for tag in json.loads(said.output)]
    except ValueError as error:
        raise PyhostError(f"{python} does not tell which wheels suit it") from error


def _get(pin: Pin, index: str, tags: list[str], directory: Path, largest: int) -> tuple[dict[str, Any], Path]:
    url = f"{index.rstrip('/')}/{quote(pin.name)}/"
    with _open(url, {"Accept": _wheelpage.ACCEPT, "Accept-Encoding": "gzip"}) as answer:
        text = _read_page(answer)
        files = _wheelpage.read_page(text, answer.headers.get_content_type(), answer.geturl(), pin)
    file = _wheelpage.best(files, pin, tags)
    if not file:
        raise PyhostError("the index has no file of it that this interpreter could share")
    path = directory / "file"
    with _open(file.url, {}) as answer, path.open("wb") as out:
        while block := answer.read(1 << 20):
            out.write(block)
            if out.tell() > largest:
                raise PyhostError(f"it is larger than {largest >> 20} MB")
    row = {"file": file.name, **_measured(path)}
    if file.sha256 and row["sha256"] != file.sha256:
        raise PyhostError("it has another SHA-256 than its index says")
    wrong = _wheelcheck.problem(path, pin) if file.name.endswith(".whl") else ""
    if wrong:
        raise PyhostError(wrong)
    return row, path


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    names = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE")
    return ssl.create_default_context(cafile=next((os.environ[name] for name in names if name in os.environ), None))


def _open(url: str, headers: dict[str, str]) -> Any:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=_trust()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    return opener.open(urllib.request.Request(url, headers=headers), timeout=_installer.HTTP_SECONDS)


def _read_page(answer: Any) -> str:
    zipped = answer.headers.get("Content-Encoding", "") == "gzip"
    content = (gzip.GzipFile(fileobj=answer) if zipped else answer).read(PAGE + 1)
    if len(content) > PAGE:
        raise PyhostError(f"its page of the index is larger than {PAGE >> 20} MB")
    return bytes(content).decode("utf-8", "replace")


def _measured(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "sha256": sha256_file(path)}


def _send(row: dict[str, Any], path: Path, out: BinaryIO | None = None) -> None:
    out = out or sys.stdout.buffer
    out.write(json.dumps(row).encode() + b"\n")
    with path.open("rb") as stream:
        shutil.copyfileobj(stream, out)
    out.flush()
