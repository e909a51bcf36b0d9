# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind server ``cgi``, as Supervisor runs it, asked as nginx asks it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]

MAIN = f"""\
import sys, types
for name, path in (("ansible_collections", None), ("ansible_collections.pyhost", None),
                   ("ansible_collections.pyhost.platform", {str(ROOT)!r})):
    module = types.ModuleType(name)
    module.__path__ = [path] if path else []
    sys.modules[name] = module
from ansible_collections.pyhost.platform.plugins.module_utils import _cgi
sys.exit(_cgi.main(sys.argv[1:]))
"""


class Site:
    """Files, and a gateway that runs them."""

    def __init__(self, root):
        self.root, self.socket, self.log = root / "site", str(root / "s"), root / "log"
        self.root.mkdir()
        self.process = None

    def put(self, name, text, mode=0o755):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    @contextmanager
    def running(self, *what, processes=4, timeout=5, drain=5, environment=None):
        words = [f"--socket={self.socket}", f"--root={self.root}", f"--processes={processes}"]
        words += [f"--timeout={timeout}", f"--drain={drain}", *(what or ("--scripts", ".cgi"))]
        env = {"PATH": "/usr/bin:/bin", **(environment or {})}
        with self.log.open("wb") as log:
            command = [sys.executable, "-c", MAIN, *words]
            with subprocess.Popen(command, stderr=log, env=env) as self.process:
                try:
                    self._wait()
                    yield self
                finally:
                    self.process.terminate()
                    assert self.process.wait(30) == 0, self.log.read_text()

    def _wait(self):
        for _attempt in range(1000):
            with socket.socket(socket.AF_UNIX) as one:
                try:
                    one.connect(self.socket)
                    return
                except OSError:
                    time.sleep(0.02)
        pytest.fail(self.log.read_text())

    def begin(self, path, body=b"", **more):
        """A connection on which a request was sent."""
        variables = {"CONTENT_LENGTH": str(len(body)), "SCGI": "1", "REQUEST_URI": path, "REQUEST_METHOD": "GET"}
        variables.update({"PATH_INFO": path.partition("?")[0], "CONTENT_TYPE": "", **more})
        header = b"".join(b"%s\0%s\0" % (name.encode(), value.encode()) for name, value in variables.items())
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(20)
        one.connect(self.socket)
        one.sendall(b"%d:%s," % (len(header), header) + body)
        return one

    def ask(self, path, body=b"", **more):
        with self.begin(path, body, **more) as one:
            return b"".join(iter(lambda: one.recv(65536), b""))

    def logged(self, text):
        for _attempt in range(500):
            if text in self.log.read_text():
                return True
            time.sleep(0.02)
        return False


@pytest.fixture
def site(home):
    return Site(home)


PLAIN = "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n"


def plain(text):
    return b"Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n" + text


def test_a_script_is_told_of_the_request_and_reads_its_body(site):
    lines = 'echo "$REQUEST_METHOD $SCRIPT_NAME $PATH_INFO $GATEWAY_INTERFACE $OWN ${SCGI-none} ${CONTENT_TYPE-none}"\n'
    site.put("cgi-bin/a", f"{PLAIN}{lines}pwd\ncat\n")
    with site.running(environment={"OWN": "mine"}):
        answer = site.ask("/cgi-bin/a/b%20c", b"x" * 100_000, PATH_INFO="/cgi-bin/a/b c", REQUEST_METHOD="POST")
    said = f"POST /cgi-bin/a /b c CGI/1.1 mine none none\n{site.root}/cgi-bin\n".encode()
    assert answer == plain(said + b"x" * 100_000)


def test_nobody_sets_a_proxy(site):
    site.put("cgi-bin/a", f'{PLAIN}env | grep -i proxy; echo "$HTTP_HOST"\n')
    with site.running(environment={"HTTP_PROXY": "http://ours", "HTTP_HOST": "ours", "http_proxy": "http://plain"}):
        answer = site.ask("/cgi-bin/a", HTTP_PROXY="http://evil", HTTP_HOST="a")
    assert answer == plain(b"http_proxy=http://plain\na\n")


FAILS = [
    # script, mode, what is in the log
    ("#!/bin/sh\necho Hello\n", 0o755, "/cgi-bin/a: ended with status 0: its first line is no header: 'Hello'"),
    ("#!/bin/sh\n", 0o755, "/cgi-bin/a: ended with status 0: it wrote no header"),
    ("#!/bin/sh\nexit 3\n", 0o755, "/cgi-bin/a: ended with status 3: it wrote no header"),
    (f"{PLAIN}exit 3\n", 0o755, "/cgi-bin/a: ended with status 3\n"),
    ("#!/bin/sh\nkill -SEGV $$\n", 0o755, "/cgi-bin/a: was ended by SIGSEGV: it wrote no header"),
    ("#!/no/such\n", 0o755, "/cgi-bin/a: cannot be started: No such file or directory; its first line has to name"),
    ("echo no program\n", 0o755, "/cgi-bin/a: cannot be started: Exec format error; its first line has to name"),
    (PLAIN, 0o644, "/cgi-bin/a: cgi-bin/a is not executable; chmod 755 it where the code comes from, and deploy"),
    ("#!/bin/sh\nyes X-A: b\n", 0o755, "/cgi-bin/a: its header is longer than 65536 bytes"),
    ("#!/bin/sh\nprintf 'X-A: b\\n\\nbody'; yes\n", 0o755, "/cgi-bin/a: its first line is no header: 'X-A: b'"),
]


@pytest.mark.parametrize(("text", "mode", "reason"), FAILS)
def test_what_fails_is_500_and_its_reason_is_logged(site, text, mode, reason):
    site.put("cgi-bin/a", text, mode)
    with site.running():
        answer = site.ask("/cgi-bin/a")
        assert site.logged(f"cgi: {reason}"), site.log.read_text()
    assert answer.startswith(b"Status: 500 Internal Server Error\r\n")


def test_a_link_out_of_the_code_is_not_followed(site):
    site.put("cgi-bin/a", PLAIN)
    (site.root / "cgi-bin" / "out").symlink_to("/bin/true")
    with site.running():
        assert site.ask("/cgi-bin/out").startswith(b"Status: 404 ")
        assert site.logged("cgi-bin/out leads out of the code of the app")


def test_a_script_that_takes_too_long_is_ended_with_what_it_started(site):
    site.put("cgi-bin/a", f"#!/bin/sh\ntrap '' TERM\necho $$ > {site.root}/number\nsleep 60 & sleep 60\n")
    with site.running(timeout=0.5):
        assert site.ask("/cgi-bin/a").startswith(b"Status: 504 ")
        assert site.logged("/cgi-bin/a: was ended: it took 0 s (config: cgi_timeout)")
    group = (site.root / "number").read_text().strip()
    assert subprocess.run(["pgrep", "-r", "D,R,S", "-g", group], capture_output=True, check=False).stdout == b""


def test_who_finds_no_process_is_told_so(site):
    site.put("cgi-bin/a", f"{PLAIN}sleep 3; echo done\n")
    with site.running(processes=1, timeout=1, drain=0):
        first = site.begin("/cgi-bin/a")
        time.sleep(0.3)
        assert site.ask("/cgi-bin/a").startswith((b"Status: 503 ", b"Status: 504 "))
        first.close()


def test_a_visitor_who_goes_away_ends_the_script(site):
    site.put("cgi-bin/a", f"{PLAIN}while echo more; do sleep 0.1; done\n")
    with site.running():
        one = site.begin("/cgi-bin/a")
        assert one.recv(65536).startswith(b"Status: 200 OK")
        one.close()
        assert site.logged("/cgi-bin/a: the client went away")


def test_what_runs_and_what_waits_at_the_end_is_answered(site):
    site.put("cgi-bin/a", f"{PLAIN}sleep 0.7; echo done\n")
    answers = []
    with site.running(processes=1):
        asking = [threading.Thread(target=lambda: answers.append(site.ask("/cgi-bin/a"))) for _number in range(3)]
        for one in asking:
            one.start()
        time.sleep(0.3)
        site.process.send_signal(signal.SIGTERM)
        for one in asking:
            one.join()
    assert answers == [plain(b"done\n")] * 3


def test_what_outlives_the_drain_is_cut(site):
    site.put("cgi-bin/a", "#!/bin/sh\nsleep 60\n")
    with site.running(timeout=60, drain=0.5):
        one = site.begin("/cgi-bin/a")
        time.sleep(0.5)
        begun = time.monotonic()
        site.process.send_signal(signal.SIGTERM)
        assert one.recv(65536).startswith(b"Status: 504 ")
        one.close()
        assert site.process.wait(20) == 0
    assert time.monotonic() - begun < 15
    assert "/cgi-bin/a: was ended: the app is ending" in site.log.read_text()


def test_a_wsgi_app(site):
    site.put(
        "wsgi.py",
        "import sys\n"
        "class Site:\n"
        "    def __call__(self, environ, start_response):\n"
        "        if environ['PATH_INFO'] == '/fails':\n"
        "            raise ValueError('on purpose')\n"
        "        start_response('201 Made', [('Content-Type', 'text/plain')])\n"
        "        names = 'SCRIPT_NAME', 'PATH_INFO', 'wsgi.run_once', 'wsgi.url_scheme'\n"
        "        text = repr([environ[name] for name in names]) + environ['wsgi.input'].read().decode() + repr(sys.argv[1:])\n"
        "        return [text.encode()]\n"
        "def make():\n"
        "    return Site()\n",
    )
    with site.running("--wsgi", sys.executable, "wsgi:make()"):
        answer = site.ask("/a//b", b"body", HTTPS="on")
        fails = site.ask("/fails")
        assert site.logged("ValueError: on purpose")
    head, body = answer.split(b"\r\n\r\n")
    assert head.startswith(b"Status: 201 Made\r\nContent-Type: text/plain")
    assert body == b"['', '/a//b', True, 'https']body[]"
    assert fails.startswith(b"Status: 500 Internal Server Error\r\n")


@pytest.mark.parametrize("words", [b"nonsense", b"12:", b"5:a\0b\0c,", b"99999999999:", b":,"])
def test_what_is_no_scgi_harms_nobody(site, words):
    site.put("cgi-bin/a", f"{PLAIN}echo done\n")
    with site.running():
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(site.socket)
            one.sendall(words)
            one.shutdown(socket.SHUT_WR)
            assert one.recv(100) == b""
        assert site.ask("/cgi-bin/a") == plain(b"done\n")


def test_a_crowd_waits_for_its_turn(site):
    """More at once than are held, each with the process of a shell."""
    site.put("cgi-bin/a", f"{PLAIN}echo done\n")
    with site.running(processes=8, timeout=30):
        crowd = [site.begin("/cgi-bin/a") for _number in range(300)]
        answers = []
        for one in crowd:
            with one:
                answers.append(b"".join(iter(lambda one=one: one.recv(65536), b"")))
    assert answers == [plain(b"done\n")] * 300
