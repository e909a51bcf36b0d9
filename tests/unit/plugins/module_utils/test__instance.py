# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import socketserver
import time
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _instance, _process
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._instance import Instance
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor

LAUNCH = {
    "process": {"protocol": "http"},
    "process_digest": "p1",
    "health": {"path": "/up", "status": "200-399", "timeout": 5, "good": 2, "host": "a.example.com"},
}


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(_instance, "POLL", 0.001)
    monkeypatch.setattr(_instance, "GAP", 0.001)


@pytest.fixture
def instance(home, supervisord):
    (home / "logs").mkdir()

    def make(program="app", **health):
        launch = {**LAUNCH, "health": {**LAUNCH["health"], **health}}
        return Instance(home, Supervisor(supervisord.path, 5), program, launch)

    return make


def started(home, supervisord, program="app", process="p1", port=0):
    """As if the start wrapper had started ``program``: it is this very process."""
    record = {"process": process, "socket": f"a-{process}.sock", "port": port}
    _process.write_record(home / "run", program, record)
    supervisord.program(program, pid=os.getpid())


def answering(statuses, seen, kind=socketserver.ThreadingUnixStreamServer):
    """A server class that answers with one status after the other, the last one for ever."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            seen.append(self.request.recv(65536).split(b"\r\n")[:2])
            status = statuses[min(len(seen), len(statuses)) - 1]
            self.request.sendall(b"HTTP/1.1 %d x\r\n\r\n" % status if status else b"")

    class Server(kind):
        daemon_threads = True

        def __init__(self, address):
            super().__init__(address, Handler)

    return Server


ASKED = [b"GET /up HTTP/1.1", b"Host: a.example.com"]


def test_healthy(home, supervisord, instance, serve):
    seen = []
    started(home, supervisord)
    with serve(answering([200], seen)(str(home / "run" / "a-p1.sock"))):
        assert instance().prove() == "a-p1.sock"
        assert seen == [ASKED, ASKED]
        assert instance(good=5).prove() == "a-p1.sock"
        assert len(seen) == 7


def test_good_answers_must_follow_each_other(home, supervisord, instance, serve):
    seen = []
    started(home, supervisord)
    with serve(answering([200, 500, 302, 0, 204, 200], seen)(str(home / "run" / "a-p1.sock"))):
        assert instance().prove() == "a-p1.sock"
    assert len(seen) == 6


def test_it_may_take_a_while(home, supervisord, instance, serve):
    """Not started yet, started and no record yet, a record and no socket yet."""
    states = []
    server = answering([200], [])(str(home / "run" / "other.sock"))

    def info():
        states.append(1)
        if len(states) == 3:
            started(home, supervisord)
        if len(states) == 5:
            (home / "run" / "other.sock").rename(home / "run" / "a-p1.sock")
        return [{"name": "app", "group": "app", "statename": "STARTING", "pid": os.getpid(), "spawnerr": ""}]

    supervisord.answers["getAllProcessInfo"] = info
    with serve(server):
        assert instance().prove() == "a-p1.sock"
    assert len(states) > 5


@pytest.mark.parametrize("state", ["FATAL", "EXITED", "STOPPED", "BACKOFF", "UNKNOWN"])
def test_it_ended(home, supervisord, instance, state):
    supervisord.program("app", state, 0)
    one = instance()
    (home / "logs" / "app.log").write_text("Traceback\nImportError: no module named shop\n")
    with pytest.raises(PyhostError) as caught:
        one.prove()
    assert str(caught.value) == (
        f"the app ended right after its start ({state}): ImportError: no module named shop; its last lines:\n"
        "Traceback\nImportError: no module named shop"
    )


def test_it_is_not_declared(instance):
    with pytest.raises(PyhostError) as caught:
        instance().prove()
    assert str(caught.value) == "the app ended right after its start (UNKNOWN); it wrote nothing"


def test_another_process_is_another_start(home, supervisord, instance, serve):
    def change():
        supervisord.program("app", pid=4194305)
        return 200

    class Statuses(list):
        def __getitem__(self, place):
            return change()

    started(home, supervisord)
    with (
        serve(answering(Statuses([0]), [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError, match=r"^the app ended while it was being asked; it wrote nothing$"),
    ):
        instance().prove()


def test_bad_answers_until_the_end(home, supervisord, instance, serve):
    started(home, supervisord)
    begun = time.monotonic()
    with (
        serve(answering([500], [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError) as caught,
    ):
        instance(timeout=1).prove()
    assert time.monotonic() - begun < 5
    assert str(caught.value) == (
        "health: it answered 200-399 nowhere within 1 s: GET /up as a.example.com answered 500; it wrote nothing"
    )


def test_no_answer_until_the_end(home, supervisord, instance):
    started(home, supervisord)
    with pytest.raises(PyhostError, match=r"within 0.05 s: socket a-p1.sock does not answer: No such file"):
        instance(timeout=0.05).prove()


def test_the_process_of_another_launch_says_nothing(home, supervisord, instance):
    started(home, supervisord, process="p0")
    one = instance(timeout=0.05)
    assert one.record() == {}
    with pytest.raises(PyhostError, match=r"within 0.05 s: it did not start; it wrote nothing"):
        one.prove()


def test_record(home, supervisord, instance):
    assert instance().record() == {}
    started(home, supervisord)
    assert instance().record()["socket"] == "a-p1.sock"
    assert instance("app-next").record() == {}
    supervisord.program("app", "STOPPED", 0)
    assert instance().record() == {}


def test_an_app_on_a_port_is_reached_through_its_bridge(home, supervisord, instance, serve):
    with serve(answering([200], [], socketserver.ThreadingTCPServer)(("127.0.0.1", 0))) as server:
        started(home, supervisord, "app-next", port=server.server_address[1])
        assert instance("app-next").prove() == "app-next.port.sock"


def test_an_app_on_a_port_may_take_the_socket(home, supervisord, instance, serve):
    with serve(answering([200], [])(str(home / "run" / "a-p1.sock"))):
        started(home, supervisord, port=1)
        assert instance().prove() == "a-p1.sock"


def test_flush_asks_once_and_does_not_mind(home, supervisord, instance, serve):
    instance().flush()
    started(home, supervisord)
    instance().flush()
    seen = []
    with serve(answering([500], seen)(str(home / "run" / "a-p1.sock"))):
        instance().flush()
    assert seen == [ASKED]


def test_only_what_this_instance_wrote_is_shown(home, supervisord, instance):
    log = home / "logs" / "app.log"
    supervisord.program("app", "FATAL", 0)
    head = "the app ended right after its start (FATAL)"

    def said(one):
        with pytest.raises(PyhostError) as caught:
            one.prove()
        return str(caught.value).removeprefix(head)

    assert said(instance()) == "; it wrote nothing"
    log.write_text("old\n")
    one = instance()
    assert said(one) == "; it wrote nothing"
    lines = "".join(f"{number}\n" for number in range(30))
    with log.open("ab") as stream:
        stream.write(b"too old\nnew \xff\n" + lines.encode())
    assert said(one) == "; its last lines:\n" + lines.strip()
    log.write_text("old\nnew \udcff\n", errors="surrogateescape")
    assert said(one) == "; its last lines:\nnew \ufffd"
    with log.open("ab") as stream:
        stream.write(b"x" * 200_000 + b"\nlast\n")
    assert said(one).endswith("xxx\nlast")
    assert len(said(one)) < 66000
    log.write_text("a\n")  # Supervisor rotated it
    assert said(one) == "; its last lines:\na"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Traceback\n  File x\nImportError: No module named 'a'\n", ": ImportError: No module named 'a'"),
        ("sqlalchemy.exc.OperationalError: no\nKeyError\n", ": sqlalchemy.exc.OperationalError: no"),
        ("KeyError\n", ": KeyError"),
        ("[ERROR] the worker failed\nAn Error: x y\n", ""),
    ],
)
def test_the_error_is_named(home, supervisord, instance, text, cause):
    supervisord.program("app", "EXITED", 0)
    one = instance()
    (home / "logs" / "app.log").write_text(text)
    with pytest.raises(PyhostError) as caught:
        one.prove()
    assert str(caught.value) == f"the app ended right after its start (EXITED){cause}; its last lines:\n{text.strip()}"


def test_link_to_a_socket(home):
    (home / "run").mkdir(exist_ok=True)
    (home / "run" / "a-1.sock").write_text("")
    (home / "launches" / "l1").mkdir(parents=True)
    Path(home / "launches" / "l1" / "sock").symlink_to("../../run/a-1.sock")
    assert (home / "launches" / "l1" / "sock").exists()
