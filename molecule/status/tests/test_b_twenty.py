# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty apps in various states on one host, told within seconds, and their page in a real browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from molecule.status.tests.conftest import HOST, Told, control, told
from tests.support import browser, certificates
from tests.support.deploy import ROOT, good
from tests.support.kitchen import Kitchen
from tests.support.remote import put, shell
from tests.support.web import get

pytestmark = pytest.mark.soak

NAMES = (
    "anpan", "bento", "chazuke", "curry", "dango", "edamame", "gyoza", "hayashi", "katsu", "mochi",
    "natto", "oden", "okayu", "onigiri", "ponzu", "sashimi", "soba", "tempura", "udon", "yakitori",
)  # fmt: skip
SICK = {
    "curry": ["worker is stopped"],
    "dango": ["the last change failed at build"],
    "edamame": ["generated files were edited", "code was changed by hand: wsgi.py"],
    "gyoza": ["its certificate ends in 4 days"],
    "katsu": ["Python 3.11 has had no security fixes since "],
    "mochi": ["the job feeds failed: exit status 1"],
    "natto": ["the interpreter of its virtualenv is missing (Python 3.13."],
    "oden": ["its virtualenv is missing"],
    "okayu": ["supervisord does not answer"],
    "onigiri": ["the unit of its cell is inactive"],
    "ponzu": ["worker ended by itself 3 times within a day"],
    "sashimi": ["it is deployed, and not declared"],
    "soba": ["it is declared, and not deployed"],
    "tempura": ["its first deploy failed at build"],
    "udon": ["the last change failed at <script>alert(1)</script>: "],
}
"""What is wrong with each; the others are well, and yakitori is in maintenance."""

ENDED = """\
from ansible.plugins.callback import CallbackBase
from ansible_collections.pyhost.platform.plugins.module_utils import _endoflife
from datetime import date, timedelta

class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME, CALLBACK_NEEDS_ENABLED = 2.0, "aggregate", "ended", False

    def __init__(self):
        super().__init__()
        _endoflife.ENDS["3.11"] = date.today() - timedelta(days=9)
"""
"""Python 3.11, as if its end had come."""

JOBS = {
    "nightly": {"schedule": "@daily", "command": "true"},
    "feeds": {"schedule": "* * * * *", "command": "exit 1"},
}
SECONDS = 20
VIEWS = [{"width": width, "dark": dark} for width in (360, 820, 1280) for dark in (False, True)]
PICTURES = ROOT / ".cache" / "status"
"""Where the page can be looked at in every view."""


def _declare(kitchen: Kitchen) -> None:
    entries = kitchen.entries
    for name in ("curry", "ponzu", "bento"):
        entries[name]["processes"] = {"worker": "sleep 100000"}
    entries["chazuke"] |= {"server": "none", "processes": {"worker": {"command": "sleep 100000", "count": 2}}}
    for key in ("domains", "health"):
        del entries["chazuke"][key]
    entries["mochi"]["cron"] = JOBS
    entries["katsu"]["python"] = "3.11"
    entries["anpan"]["tls"] = {"self_signed": True}
    entries["yakitori"]["maintenance"] = True
    pair = certificates.pair("gyoza.example.com", datetime.now(UTC).replace(microsecond=0), days=5)
    for name, text in (("certificate", pair.certificate), ("key", pair.key)):
        (kitchen.folder / f"{name}.pem").write_text(text)
    entries["gyoza"]["tls"] = {
        "certificate": str(kitchen.folder / "certificate.pem"), "key": str(kitchen.folder / "key.pem"),
    }  # fmt: skip
    broken = f"import nothing_of_that_name\n{(kitchen.folder / 'tempura' / 'wsgi.py').read_text()}"
    kitchen.write("tempura", "wsgi.py", broken)


def _disturb(kitchen: Kitchen) -> None:
    kitchen.write(
        "dango", "wsgi.py", f"import nothing_of_that_name\n{(kitchen.folder / 'dango' / 'wsgi.py').read_text()}"
    )
    assert kitchen.deploy("dango").status != 0
    control("curry", "stop", "worker")
    shell(
        HOST, "cd /home/edamame; sed -i s/Content-Type/content-type/ app/wsgi.py; echo '# x' >> conf/nginx.d/app.conf"
    )
    shell(HOST, "ln -sfn /nowhere /home/natto/venv/bin/python; rm -f /home/oden/venv/.pyhost.json")
    shell(HOST, "systemctl stop pyhost-onigiri; kill -STOP $(cat /home/okayu/run/supervisord.pid)")
    for _number in range(3):
        control("ponzu", "signal", "KILL", "worker")
        _until(lambda: "RUNNING" in control("ponzu", "status", "worker"))
    hostile = {
        "time": "2026-11-22T00:00:00Z",
        "stage": "<script>alert(1)</script>",
        "error": "\x1b[31m<img src=x>" * 99,
        "who": "x",
    }
    put(HOST, "/home/udon/run", {"failed.json": json.dumps(hostile).encode()})
    shell(HOST, "chmod 644 /home/udon/run/failed.json")
    _until(lambda: "exit status" in shell(HOST, "cat /home/mochi/run/cron.json"))
    for name in ("anpan", "bento", "hayashi"):
        for _number in range(20):
            get(HOST, f"{name}.example.com")


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 100
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.fixture(scope="module")
def twenty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    one = Kitchen(tmp_path_factory.mktemp("twenty"), HOST, NAMES)
    _declare(one)
    for entry in one.entries.values():
        entry.setdefault("health", {})["timeout"] = 120
    assert one.deploy(*(name for name in NAMES if name != "soba")).status != 0
    _disturb(one)
    yield one
    shell(HOST, "kill -CONT $(cat /home/okayu/run/supervisord.pid)")
    good(one.remove_all())


@pytest.fixture(scope="module")
def seen(twenty: Kitchen) -> Told:
    (twenty.folder / "ended.py").write_text(ENDED)
    entries = [entry for name, entry in twenty.entries.items() if name != "sashimi"]
    return told(twenty, environment={"ANSIBLE_CALLBACK_PLUGINS": str(twenty.folder)}, pyhost_apps=entries)


def test_each_is_told_as_it_is(seen: Told) -> None:
    good(seen.run)
    rows = [row for row in seen.report["hosts"][HOST]["apps"] if row["app"] in NAMES]
    assert [row["app"] for row in rows] == sorted(NAMES)
    for row in rows:
        found, wanted = [one["text"] for one in row["findings"]], SICK.get(row["app"], [])
        assert len(found) == len(wanted), (row["app"], found)
        assert all(text.startswith(words) for text, words in zip(found, wanted, strict=True)), (row["app"], found)
    assert seen.row("yakitori")["maintenance"]
    assert [one["name"] for one in seen.row("chazuke")["programs"]] == ["worker_00", "worker_01"]
    assert "\x1b[31m" not in seen.run.output


def test_it_takes_seconds(twenty: Kitchen) -> None:
    begun = time.monotonic()
    good(told(twenty).run)
    assert time.monotonic() - begun < SECONDS


def test_the_page_in_a_browser(seen: Told) -> None:
    """In every size, light and dark: all is there, nothing is cut, and all can be read (WCAG 2.2, 1.4.3 and 1.4.10)."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser.install(HOST)
    for view, found in zip(VIEWS, browser.views(HOST, seen.page, VIEWS, PICTURES), strict=True):
        _judge(view, found)


def _judge(view: dict[str, Any], found: dict[str, Any]) -> None:
    assert (found["width"], found["scrolls"], found["outside"]) == (view["width"], 0, []), view
    assert set(found["rows"]) >= set(NAMES), view
    assert found["contrast"][0] >= 4.5, (view, found["contrast"])
    assert found["small"] >= 12, view
    assert (found["resources"], found["scripts"]) == (0, 0), view
    light = sum(map(int, found["background"].strip("rgb()").split(","))) > 3 * 128
    assert light is not view["dark"], view
    assert all(texts[0] in found["text"] for texts in SICK.values()), view


def test_a_page_without_its_style_would_not_pass(seen: Told) -> None:
    """The measures can fail: a browser refuses a style that is not the page's own."""
    changed = seen.page.replace("<style>", "<style> td { white-space: nowrap; }", 1)
    (found,) = browser.views(HOST, changed, VIEWS[:1])
    wide = seen.page.replace("<main>", f"<main><pre>{'x' * 500}</pre>", 1)
    (other,) = browser.views(HOST, wide, VIEWS[:1])
    assert found["background"] == "rgba(0, 0, 0, 0)"
    assert other["outside"]
