# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import re
import socketserver
import subprocess
import time
from pathlib import Path

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _instance, _process
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._instance import Instance
from ansible_collections.pyhost.platform.plugins.module_utils._rpc import Supervisor

LAUNCH = {
    "process": {
        "argv": ["uvicorn", "--workers=1"],
        "protocol": "http",
        "server": "uvicorn",
        "cwd": "/",
        "environment": {"PATH": "/bin:/usr/bin"},
        "virtualenv": "v1",
    },
    "process_digest": "p1",
    "health": {
        "path": "/up",
        "status": "200-399",
        "timeout": 5,
        "good": 2,
        "seconds": 0,
        "command": "",
        "host": "a.example.com",
    },
}


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    monkeypatch.setattr(_instance, "POLL", 0.001)
    monkeypatch.setattr(_instance, "GAP", 0.001)


@pytest.fixture
def instance(home, supervisord):
    (home / "logs").mkdir()

    def make(program="app", server="uvicorn", **health):
        process = {**LAUNCH["process"], "server": server}
        launch = {**LAUNCH, "process": process, "health": {**LAUNCH["health"], **health}}
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


class Doing:
    """Statuses that are always 200; the function of an answer's number is called with it first."""

    def __init__(self, **work):
        self.work = {int(number.removeprefix("at_")): function for number, function in work.items()}
        self.count = 0

    def __len__(self):
        return 1 << 30

    def __getitem__(self, place):
        self.count += 1
        self.work.get(place + 1, lambda: None)()
        return 200


@pytest.mark.parametrize(("state", "pid"), [("RUNNING", 4194305), ("STARTING", 0), ("EXITED", 0), ("BACKOFF", 0)])
def test_another_process_is_another_start(home, supervisord, instance, serve, state, pid):
    started(home, supervisord)
    statuses = Doing(at_3=lambda: supervisord.program("app", state, pid))
    with (
        serve(answering(statuses, [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError, match=r"^the app ended \d s after its first answer; it wrote nothing$"),
    ):
        instance(seconds=4).prove()


def test_it_is_watched_for_a_while(home, supervisord, instance, serve):
    started(home, supervisord)
    statuses = Doing()
    begun = time.monotonic()
    with serve(answering(statuses, [])(str(home / "run" / "a-p1.sock"))):
        assert instance(seconds=1).prove() == "a-p1.sock"
        assert time.monotonic() - begun >= 1
        assert statuses.count > 2
        before = statuses.count
        assert instance(seconds=4, command="false").prove(again=True) == "a-p1.sock"
        assert statuses.count == before + 2


def test_a_bad_answer_begins_the_watch_anew(home, supervisord, instance, serve):
    started(home, supervisord)
    first = []

    class Statuses(Doing):
        def __getitem__(self, place):
            return 500 if place == 3 else super().__getitem__(place)

    statuses = Statuses(at_5=lambda: first.append(time.monotonic()))
    with serve(answering(statuses, [])(str(home / "run" / "a-p1.sock"))):
        assert instance(seconds=1).prove() == "a-p1.sock"
    assert time.monotonic() - first[0] >= 1


@pytest.fixture
def worker():
    """Makes a child of this process, which stands for the master; they end with the test."""
    made = []

    def start():
        made.append(subprocess.Popen(["/bin/sleep", "60"]))
        return made[-1]

    yield start
    for one in made:
        one.kill()
        one.wait()


def end(process):
    process.kill()
    process.wait()


@pytest.mark.parametrize("server", ["gunicorn", "uwsgi"])
def test_a_worker_that_ends_begins_the_watch_anew(home, supervisord, instance, serve, worker, server):
    started(home, supervisord)
    one, ended = worker(), []
    worker()
    statuses = Doing(at_3=lambda: (worker(), end(one), ended.append(time.monotonic())))
    with serve(answering(statuses, [])(str(home / "run" / "a-p1.sock"))):
        assert instance(server=server, seconds=1).prove() == "a-p1.sock"
    assert time.monotonic() - ended[0] >= 1


def test_workers_that_end_until_the_time_is_over(home, supervisord, instance, serve, worker):
    started(home, supervisord)
    left = [worker()]

    class Statuses(Doing):
        def __getitem__(self, place):
            left.append(worker())
            end(left.pop(0))
            return 200

    with (
        serve(answering(Statuses(), [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError) as caught,
    ):
        instance(server="gunicorn", seconds=0.4, timeout=0.6).prove()
    assert re.fullmatch(
        r"health: not healthy within 0.6 s \(wanted: 200-399\): "
        r"a worker process ended \d s after the first answer; it wrote nothing",
        str(caught.value),
    )


@pytest.mark.parametrize("server", ["uvicorn", "command"])
def test_children_of_other_servers_are_their_own_business(home, supervisord, instance, serve, worker, server):
    started(home, supervisord)
    one = worker()
    statuses = Doing(at_2=lambda: end(one))
    with serve(answering(statuses, [])(str(home / "run" / "a-p1.sock"))):
        assert instance(server=server, good=3).prove() == "a-p1.sock"
    assert statuses.count == 3


def test_the_probe_is_led_to_this_instance(home, supervisord, instance, serve):
    command = f'echo "$PATH $SOCKET $PORT $(pwd)" > {home}/said; test -n "$PATH" && exit 0'
    with serve(answering([200], [], socketserver.ThreadingTCPServer)(("127.0.0.1", 0))) as server:
        port = server.server_address[1]
        started(home, supervisord, "app-next", port=port)
        assert instance("app-next", command=command).prove() == "app-next.port.sock"
    assert (home / "said").read_text() == f"{home}/virtualenvs/v1/bin:/bin:/usr/bin {home}/run/a-p1.sock {port} /\n"


PROBES = [
    (
        "echo one; echo two >&2; exit 3",
        "failed with exit status 3: echo one; echo two >&2; exit 3; its last lines:\none\ntwo",
    ),
    ("exit 1", "failed with exit status 1: exit 1; it wrote nothing"),
    ("no-such-program", "failed with exit status 127: no-such-program; its last lines:\n"),
]


@pytest.mark.parametrize(("command", "error"), PROBES)
def test_a_probe_that_fails(home, supervisord, instance, serve, command, error):
    started(home, supervisord)
    with (
        serve(answering([200], [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError) as caught,
    ):
        instance(command=command).prove()
    assert str(caught.value).startswith(f"health.command {error}")


def test_a_probe_that_does_not_end(home, supervisord, instance, serve, monkeypatch):
    monkeypatch.setattr(_instance, "PROBE_SECONDS", 0.2)
    started(home, supervisord)
    with (
        serve(answering([200], [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError, match=r"^health.command did not end within \d s: .*; its last lines:\nwaiting$"),
    ):
        instance(command="echo waiting; exec sleep 60", timeout=2).prove()


def test_bad_answers_until_the_end(home, supervisord, instance, serve):
    started(home, supervisord)
    begun = time.monotonic()
    with (
        serve(answering([500], [])(str(home / "run" / "a-p1.sock"))),
        pytest.raises(PyhostError) as caught,
    ):
        instance(timeout=1).prove()
    assert time.monotonic() - begun < 30
    assert str(caught.value) == (
        "health: not healthy within 1 s (wanted: 200-399): GET /up as a.example.com answered 500; it wrote nothing"
    )


def test_no_answer_until_the_end(home, supervisord, instance):
    started(home, supervisord)
    with pytest.raises(PyhostError, match=r"within 0.05 s \(.*\): socket a-p1.sock does not answer: No such file"):
        instance(timeout=0.05).prove()


def test_the_process_of_another_launch_says_nothing(home, supervisord, instance):
    started(home, supervisord, process="p0")
    one = instance(timeout=0.05)
    assert one.record() == {}
    with pytest.raises(PyhostError, match=r"within 0.05 s \(.*\): it did not start; it wrote nothing"):
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
