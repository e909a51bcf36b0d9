# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _apacherun
from ansible_collections.pyhost.platform.plugins.module_utils._apacherun import (
    Modes,
    Scripts,
    command,
    fastcgi_socket,
    script,
)

HELPER = "import subprocess, sys; subprocess.call(sys.argv[1:], stdin=sys.stdin)"
"""As mod_fcgid's process manager does, it starts a script whose standard input is the socket."""
SCRIPT = """#!/usr/bin/env python3
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: print("asked to end", flush=True))
print("ready", flush=True)
while True:
    time.sleep(60)
"""


@pytest.fixture
def place(tmp_path):
    (tmp_path / "fcgi").mkdir()
    return tmp_path


@pytest.fixture
def django(tmp_path):
    path = tmp_path / "django.fcgi"
    path.write_text(SCRIPT)
    path.chmod(0o755)
    os.utime(path, (1000, 1000))
    return path


@contextmanager
def running(words, stdin):
    """A helper and its child, which runs ``words``."""
    with subprocess.Popen(
        [sys.executable, "-c", HELPER, *words], stdin=stdin, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as helper:
        try:
            assert helper.stdout.readline() == "ready\n"
            yield helper
        finally:
            with suppress(ProcessLookupError):
                os.killpg(helper.pid, signal.SIGKILL)


@contextmanager
def fastcgi(place, django):
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place / "fcgi" / "1.0"))
        listening.listen()
        with running([sys.executable, str(django)], listening) as helper:
            yield helper


def child(helper):
    pids = list(_apacherun._process.children(helper.pid))
    assert len(pids) == 1
    return pids[0]


def test_a_script_and_its_socket_are_found(place, django):
    with fastcgi(place, django) as helper:
        pid = child(helper)
        assert script(pid) == str(django)
        assert fastcgi_socket(pid, place) == place / "fcgi" / "1.0"
        assert fastcgi_socket(pid, place / "other") is None
    assert (script(2**22 + 1), fastcgi_socket(2**22 + 1, place)) == ("", None)


def test_a_touched_script_loses_its_socket_and_is_asked_to_end(place, django, monkeypatch):
    with fastcgi(place, django) as helper:
        pid, looks = child(helper), Scripts(place)
        clock = [100.0]
        monkeypatch.setattr(_apacherun.time, "monotonic", lambda: clock[0])
        # The one who starts helpers is Apache; here it is this test.
        looks.look(os.getpid())
        assert (place / "fcgi" / "1.0").exists(), "nobody has touched it"
        os.utime(django, (2000, 2000))
        looks.look(os.getpid())
        assert not (place / "fcgi" / "1.0").exists()
        assert script(pid) == str(django), "what it has begun it may finish"
        clock[0] += _apacherun.QUIET
        looks.look(os.getpid())
        assert helper.stdout.readline() == "asked to end\n"
        looks.look(os.getpid())
        clock[0] += _apacherun.PATIENCE
        looks.look(os.getpid())
        helper.wait(10)
        assert helper.stdout.read() == "", "it is asked once, and ended when its time is over"


def test_a_touch_between_start_and_first_look_counts(place, django):
    with fastcgi(place, django):
        os.utime(django)
        Scripts(place).look(os.getpid())
        assert not (place / "fcgi" / "1.0").exists()


def test_a_script_of_the_future_is_left_alone(place, django):
    later = time.time() + 10_000
    os.utime(django, (later, later))
    with fastcgi(place, django):
        looks = Scripts(place)
        looks.look(os.getpid())
        looks.look(os.getpid())
        assert (place / "fcgi" / "1.0").exists()


def test_a_cgi_script_is_nobodys_to_end(place, django):
    with running([sys.executable, str(django)], subprocess.DEVNULL) as helper:
        looks = Scripts(place)
        looks.look(os.getpid())
        os.utime(django)
        looks.look(os.getpid())
        looks.look(os.getpid())
        assert _apacherun._process.children(helper.pid)


def test_what_is_not_executable_is_said_once_for_each_change(tmp_path):
    folder = tmp_path / "public_html" / "mysite"
    folder.mkdir(parents=True)
    deep, top = folder / "django.fcgi", folder.parent / "top.fcgi"
    for path in (deep, top, folder / "x.txt"):
        path.write_text("")
        path.chmod(0o644)
    (folder / "gone.fcgi").symlink_to("nowhere")
    modes = Modes(tmp_path)
    assert modes.look() == [f"{path} is not executable: chmod 755 {path}" for path in (deep, top)]
    assert modes.look() == []
    deep.chmod(0o755)
    assert modes.look() == []
    deep.chmod(0o600)
    assert [text.split()[0] for text in modes.look()] == [str(deep)]


@pytest.fixture
def told(monkeypatch, tmp_path):
    monkeypatch.setenv("PORT", "20001")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "wsgi.py").write_text("")
    (tmp_path / "shop.wsgi").write_text("")
    (tmp_path / "kitchen.wsgi").write_text("")
    return tmp_path


def test_the_command_line_of_apache(told):
    words = command(["/c/apache.conf"], told / "apache-20001", "/srv/releases/1-a")
    assert words[0] == "/usr/sbin/apache2"
    assert words[3:5] == ["-C", 'Define PORT "20001"']
    assert 'Define ROOT "/srv/releases/1-a"' in words
    assert words[-4:] == ["-f", "/c/apache.conf", "-D", "FOREGROUND"]


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("shop.wsgi:application", ["shop/wsgi.py", "--application-type=script", "--callable-object=application"]),
        ("kitchen.wsgi:app", ["kitchen.wsgi", "--application-type=script", "--callable-object=app"]),
        ("installed.web:app", ["installed.web", "--application-type=module", "--callable-object=app"]),
    ],
)
def test_mod_wsgi_gets_the_file_it_can_look_at(told, target, what):
    words = command(["--express", target, "/v/bin/mod_wsgi-express", "--threads=5"], told / "place", "")
    assert words[:2] == ["/v/bin/mod_wsgi-express", "start-server"]
    assert words[2:5] == what
    assert "--port=20001" in words
    assert "--host=127.0.0.1" in words
    assert words[-1] == "--threads=5"


def test_it_is_no_program_for_a_person(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    with pytest.raises(SystemExit, match="runs as the program of an app"):
        _apacherun.main(["x"])
