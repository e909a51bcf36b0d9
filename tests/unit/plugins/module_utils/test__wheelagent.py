# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import gzip
import hashlib
import http.server
import io
import json
import zipfile

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _wheelagent
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

TAGS = ["py3-none-any"]
DIST = "salt-1.0.dist-info"


def wheel(name="salt"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{DIST}/METADATA"), f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(zipfile.ZipInfo(f"{DIST}/WHEEL"), "Wheel-Version: 1.0\n")
        archive.writestr(zipfile.ZipInfo(f"{DIST}/RECORD"), "")
    return buffer.getvalue()


FILE = "salt-1.0-py3-none-any.whl"


class Index(http.server.ThreadingHTTPServer):
    """Answers by path with (status, headers, body)."""

    daemon_threads = True

    def __init__(self):
        self.pages = {}
        self.asked = []
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/simple"

    def add(self, content, name=FILE, sha256=None, project="salt"):
        digest = sha256 or hashlib.sha256(content).hexdigest()
        link = f'<a href="../../files/{name}#sha256={digest}">{name}</a>'
        self.pages[f"/simple/{project}/"] = (200, {"Content-Type": "text/html"}, link.encode())
        self.pages[f"/files/{name}"] = (200, {}, content)


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        status, headers, body = self.server.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def index(monkeypatch, serve):
    monkeypatch.setattr(_wheelagent, "_tags", lambda python, deadline: TAGS)
    with serve(Index()) as one:
        yield one


@pytest.fixture
def fetch(index, tmp_path, capfdbinary):
    def run(*pins, largest=1 << 20):
        job = {"index": index.url, "python": "/p", "environment": {}, "pins": [list(pin) for pin in pins],
               "largest": largest, "seconds": 5}  # fmt: skip
        answer = _wheelagent.fetch(tmp_path, job)
        return answer, capfdbinary.readouterr().out

    return run


def test_a_wheel_is_sent_with_what_it_is(index, fetch):
    index.add(wheel())
    answer, out = fetch(("salt", "1"))
    head, _newline, content = out.partition(b"\n")
    assert json.loads(head) == {
        "pin": ["salt", "1"], "file": FILE, "size": len(wheel()), "sha256": hashlib.sha256(wheel()).hexdigest(),
    }  # fmt: skip
    assert content == wheel()
    assert answer == {"tags": TAGS, "refused": {}, "failed": {}}


def test_pages_may_be_compressed(index, fetch):
    index.add(wheel())
    status, headers, body = index.pages["/simple/salt/"]
    index.pages["/simple/salt/"] = (status, {**headers, "Content-Encoding": "gzip"}, gzip.compress(body))
    assert fetch(("salt", "1"))[1].endswith(wheel())


@pytest.mark.parametrize(
    ("content", "changes", "said"),
    [
        (wheel(), {"sha256": "0" * 64}, "it has another SHA-256 than its index says"),
        (wheel("pepper"), {}, "it is of pepper 1.0"),
        (b"no wheel", {}, "it is no zip file: File is not a zip file"),
        (
            wheel(),
            {"name": "salt-2.0-py3-none-any.whl"},
            "the index has no file of it that this interpreter could share",
        ),
    ],
)
def test_files_that_are_not_sent(index, fetch, content, changes, said):
    index.add(content, **changes)
    answer, out = fetch(("salt", "1"))
    assert (answer["refused"], out) == ({"salt==1": said}, b"")


def test_large_files_are_not_sent(index, fetch):
    index.add(wheel())
    assert fetch(("salt", "1"), largest=100)[0]["refused"] == {"salt==1": "it is larger than 0 MB"}


def test_a_package_that_is_not_there_keeps_no_other_back(index, fetch):
    index.add(wheel())
    answer, out = fetch(("none", "1"), ("salt", "1"))
    assert answer["failed"] == {"none==1": "HTTP Error 404: Not Found"}
    assert out.endswith(wheel())


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://127.0.0.1:9/closed"])
def test_an_index_cannot_lead_away(index, fetch, target):
    index.pages["/simple/salt/"] = (302, {"Location": target}, b"")
    answer, out = fetch(("salt", "1"))
    assert list(answer["failed"]) == ["salt==1"]
    assert out == b""


def test_a_source_distribution_is_sent_as_it_is(index, fetch):
    index.add(b"anything", name="salt-1.0.tar.gz")
    assert fetch(("salt", "1"))[1].endswith(b"\nanything")
    assert index.asked == ["/simple/salt/", "/files/salt-1.0.tar.gz"]


UV = """\
#!/bin/sh
while [ "$1" != --out-dir ]; do shift; done
mkdir -p "$2" && printf '%s' "$WORD $HOME" > "$2/salt-1.0-py3-none-any.whl"
"""


@pytest.mark.parametrize(("script", "error"), [(UV, ""), ("#!/bin/sh\nexit 1\n", "it does not build")])
def test_a_wheel_is_built_of_a_source_distribution(monkeypatch, tmp_path, capfdbinary, script, error):
    """By the uv that lies beside the Python that runs this, in a home and with an environment of its own."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text(script)
    (tmp_path / "bin" / "uv").chmod(0o755)
    monkeypatch.setattr(_wheelagent.sys, "prefix", str(tmp_path))
    monkeypatch.setattr(_wheelagent.sys, "stdin", io.TextIOWrapper(io.BytesIO(b"the source")))
    home = tmp_path / "home"
    home.mkdir()
    job = {"file": "salt-1.0.tar.gz", "python": "python3", "index": "http://localhost/simple", "seconds": 30}
    job["environment"] = {"WORD": "salted"}
    if error:
        with pytest.raises(PyhostError, match=error):
            _wheelagent.wheel(home, job)
        return
    assert _wheelagent.wheel(home, job) == {}
    row, content = capfdbinary.readouterr().out.split(b"\n")
    assert content == f"salted {home}".encode()
    assert json.loads(row) == {"file": FILE, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert (home / "salt-1.0.tar.gz").read_bytes() == b"the source"
