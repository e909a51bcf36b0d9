# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs when a new version comes ends by itself within ``drain`` seconds, and is cut after them."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from molecule.change.tests.conftest import DOMAIN, HOST, Shop
from tests.support.deploy import deploy, good, playbook
from tests.support.load import load
from tests.support.web import get
from tests.support.websocket import Websocket

testinfra_hosts = [f"ansible://{HOST}"]

SLOW = """\
import time


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if "slow" not in environ["PATH_INFO"]:
        return [b"{version}"]
    return ticks()


def ticks():
    for number in range({ticks}):
        yield b"tick %d\\n" % number
        time.sleep(0.5)
"""
TALK = """\
async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({{"type": message["type"] + ".complete"}})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "http":
        await send({{"type": "http.response.start", "status": 200, "headers": []}})
        await send({{"type": "http.response.body", "body": b"{version}"}})
        return
    await receive()
    await send({{"type": "websocket.accept"}})
    while (await receive())["type"] == "websocket.receive":
        await send({{"type": "websocket.send", "text": "{version}"}})
"""


def _ask_slowly(seen: list[str]) -> None:
    try:
        seen.append(get(HOST, DOMAIN, "/slow").text)
    except http.client.IncompleteRead as error:
        seen.append(f"cut after {error.partial.decode()}")


def _deploy_meanwhile(shop: Shop, drain: int) -> tuple[str, str]:
    """What a slow request got that began before a deploy, and what the deploy says it did."""
    seen: list[str] = []
    asking = threading.Thread(target=_ask_slowly, args=(seen,))
    shop.write("wsgi.py", shop.source.joinpath("wsgi.py").read_text().replace("v1", "v2"))
    asking.start()
    with load(HOST, DOMAIN) as others:
        run = good(shop.deploy(drain=drain, workers=3))
    asking.join(60)
    assert others.failed == {}
    assert get(HOST, DOMAIN).text == "v2"
    return seen[0], " ".join(shop.row(run)["did"])


@pytest.mark.soak
def test_stream_ends_by_itself(steady: Callable[[], Shop]) -> None:
    shop = steady()
    shop.write("wsgi.py", SLOW.format(version="v1", ticks=30))
    good(shop.deploy(drain=20, workers=3))
    answer, did = _deploy_meanwhile(shop, 20)
    assert answer == "".join(f"tick {number}\n" for number in range(30))
    assert "cut" not in did


def test_stream_that_takes_too_long_is_cut_with_a_message(steady: Callable[[], Shop]) -> None:
    shop = steady()
    shop.write("wsgi.py", SLOW.format(version="v1", ticks=120))
    good(shop.deploy(drain=3, workers=3))
    answer, did = _deploy_meanwhile(shop, 3)
    assert answer.startswith("cut after tick 0\n")
    assert "requests that still ran after 3 s were cut" in did


@pytest.mark.soak
def test_websocket_is_closed_so_that_its_client_comes_back(tmp_path: Path) -> None:
    """It says that the service restarts (RFC 6455 section 7.4, 1012); the next connection meets the new version."""
    source = tmp_path / "talk"
    source.mkdir()
    (source / "requirements.txt").write_text("websockets\n")
    entry: dict[str, Any] = {
        "name": "talk",
        "source": {"path": str(source)},
        "domains": ["talk.example.com"],
        "entrypoint": "talk:application",
        "server": "uvicorn",
        "health": {"timeout": 90, "seconds": 1},
        "drain": 5,
    }

    def release(version: str) -> None:
        (source / "talk.py").write_text(TALK.format(version=version))
        good(deploy([entry], tmp_path, HOST))

    release("v1")
    with Websocket(HOST, "talk.example.com") as talk:
        assert talk.ask("hello") == "v1"
        release("v2")
        assert talk.closed() == 1012
    with Websocket(HOST, "talk.example.com") as talk:
        assert talk.ask("hello") == "v2"
    good(playbook("remove", {}, tmp_path, HOST, "-e", "app=talk", "-e", "purge=true"))


@pytest.mark.soak
def test_files_of_both_versions_are_served_while_both_run(steady: Callable[[], Shop]) -> None:
    """A page of the old version asks for its hashed file while the new one serves already."""
    shop = steady()
    locations = [{"location": "/static/", "alias": "static/"}]
    shop.write("wsgi.py", SLOW.format(version="v1", ticks=24))
    shop.write("static/app.old.css", "old")
    good(shop.deploy(locations=locations, drain=20, workers=3))
    (shop.source / "static" / "app.old.css").unlink()
    shop.write("static/app.new.css", "new")
    pairs = _static_meanwhile(shop, locations)
    assert pairs[0] == (200, 404)
    assert pairs.count((200, 200)) > 5, pairs
    assert (404, 404) not in pairs
    assert get(HOST, DOMAIN, "/static/app.old.css").status == 404
    assert get(HOST, DOMAIN, "/static/app.new.css").text == "new"
    shop.source.joinpath("static", "app.new.css").unlink()


def _static_meanwhile(shop: Shop, locations: list[dict[str, str]]) -> list[tuple[int, int]]:
    """The statuses of the old and the new file, again and again, during a deploy that a slow request keeps waiting."""
    pairs: list[tuple[int, int]] = []
    asking = threading.Thread(target=_ask_slowly, args=([],))
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.05):
            old, new = (get(HOST, DOMAIN, f"/static/app.{name}.css").status for name in ("old", "new"))
            pairs.append((old, new))

    looking = threading.Thread(target=look)
    asking.start()
    looking.start()
    good(shop.deploy(locations=locations, drain=20, workers=3))
    done.set()
    looking.join()
    asking.join(60)
    return pairs
