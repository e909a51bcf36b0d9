# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What alice does to her own cell stays there: her logs, her programs, her appetite."""

from __future__ import annotations

import http.client
import socket
import time
from contextlib import ExitStack, suppress

import pytest

from molecule.tenants.tests.conftest import HOST, Tenants, alice, later
from tests.support.deploy import good
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import address, get

testinfra_hosts = [f"ansible://{HOST}"]

PATIENCE = 30


def _answers() -> bool:
    try:
        return get(HOST, "alice.example.com").text == "alice"
    except OSError:
        return False


def _comes_back() -> None:
    end = time.monotonic() + PATIENCE
    while not _answers():
        assert time.monotonic() < end
        time.sleep(0.2)


MISCHIEF = {
    "log that leads to a file of root": "ln -sf /etc/cron.d/evil /srv/logs/app.log",
    "log that leads into a directory of root": "rm -rf /srv/logs; ln -s /etc/cron.d /srv/logs",
    "data that leads to another tenant": "mv /srv/data /srv/data2; ln -s /home/bob/data /srv/data",
    "rules that lead to a file of root": "ln -sf /etc/shadow /srv/conf/nginx.d/own.conf",
    "program of a file that is not text": "head -c 1000 /dev/urandom > /srv/conf/supervisor.d/own.conf",
}


@pytest.mark.parametrize("what", later(MISCHIEF, but="log that leads into a directory of root"))
def test_a_deploy_over_it_is_harmless(harmless: Tenants, what: str) -> None:
    """Root follows no link of hers; what is broken is hers alone, and gone when she mends it."""
    done = alice(MISCHIEF[what])
    assert done.status == 0, done.output
    harmless.deploy()
    undo = (
        "cd /home/alice; for one in logs data; do test -L $one && rm $one; done; rm -f conf/*.d/own.conf logs/app.log"
    )
    shell(HOST, f"{undo}; test -d data2 && mv data2 data; systemctl restart pyhost-alice || true")
    good(harmless.deploy())
    _comes_back()


def test_a_pipe_as_a_log_stops_nobody_else(harmless: Tenants) -> None:
    done = alice("rm -f /srv/logs/app.log; mkfifo /srv/logs/app.log; /opt/pyhost/tools/owner/supervisorctl status")
    assert "app" in done.output
    assert shell(HOST, "systemctl is-active pyhost-bob").strip() == "active"
    shell(HOST, "rm /home/alice/logs/app.log; systemctl restart pyhost-alice")
    good(harmless.deploy())
    _comes_back()


GREED = {
    "processes": "for one in $(seq 300); do sleep 20 & done",
    "memory": "python3 -c 'x = b\"x\" * (600 << 20)'",
    "processor": "timeout 5 sh -c 'while :; do :; done & while :; do :; done'",
}


@pytest.mark.parametrize("what", GREED)
def test_greed_meets_its_limits(harmless: Tenants, what: str) -> None:
    """99 of 100 answers of bob come within a second."""
    with load(HOST, "bob.example.com") as seen:
        done = alice(GREED[what])
    assert seen.failed == {}
    assert seen.p99 < 1
    if what != "processor":
        assert done.status != 0, done.output
    _comes_back()


COLD = 10
"""Seconds within which a neighbour answers after a cold start."""


def test_who_ends_all_of_hers_ends_nothing_else(harmless: Tenants) -> None:
    """Her supervisord goes, too, and systemd starts it again."""
    with suppress(OSError, http.client.HTTPException, ValueError):
        alice("kill -9 -1")
    _comes_back()


MOST_LOGS = 70
"""Megabytes: supervisord keeps six files of ten each."""


def test_a_flood_of_lines_has_an_end(harmless: Tenants) -> None:
    """What is printed by the app itself, 150 megabytes of it."""
    done = alice("head -c 150000000 /dev/zero | tr '\\0' x | fold > /proc/$PPID/fd/1; du -sm /srv/logs")
    assert done.status == 0, done.output
    size = int(done.output.split()[0])
    assert 10 <= size <= MOST_LOGS


def test_everything_starts_anew(tenants: Tenants) -> None:
    alice("rm -rf /srv/logs /srv/conf /srv/run /srv/current")
    shell(HOST, "systemctl stop nginx pyhost-alice pyhost-bob")
    end = time.monotonic() + COLD
    shell(HOST, "systemctl start nginx pyhost-bob; systemctl start --no-block pyhost-alice")
    while get(HOST, "bob.example.com").status != 200:
        assert time.monotonic() < end
        time.sleep(0.1)
    shell(HOST, "systemctl stop pyhost-alice || true")
    good(tenants.deploy())
    _comes_back()


SLOW = 1500
"""Clients that begin a request and never end it; Debian's nginx has room for 768 connections of each worker."""


def test_slow_clients_of_one_app_are_no_trouble_of_another(harmless: Tenants) -> None:
    head = b"POST / HTTP/1.1\r\nHost: alice.example.com\r\nContent-Length: 1000000\r\n\r\nx"
    with ExitStack() as stack, load(HOST, "bob.example.com", what=f"{SLOW} slow clients of a neighbour") as seen:
        for _number in range(SLOW):
            one = stack.enter_context(socket.create_connection((address(HOST), 80), timeout=20))
            one.sendall(head)
        assert [get(HOST, "bob.example.com").text for _number in range(50)] == ["bob"] * 50
    assert seen.failed == {}
    assert seen.p99 < 1


def test_what_left_its_parents_ends_with_the_cell(harmless: Tenants) -> None:
    done = alice("setsid sh -c 'trap : TERM; exec sleep 1000' >/dev/null 2>&1 & sleep 1; pgrep -u alice sleep")
    assert done.status == 0, done.output
    shell(HOST, "systemctl stop pyhost-alice")
    assert shell(HOST, "pgrep -u alice || echo none") == "none\n"
    good(harmless.deploy())
    _comes_back()
