# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release hook runs once for each new version, before it serves, and on one host of several."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.deploy import Run, deploy, good, playbook
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

FIRST, SECOND = "pyhost-debian12", "pyhost-debian13"
"""In the order of the inventory; the shop is on both."""

BOTH = f"{FIRST},{SECOND}"
DOMAIN = "soba.example.com"

WSGI = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"{version}"]
"""

HOOK = """\
echo "{version} $(id -un) $MENU $(command -v python)" >> "$PYHOST_DATA/hook.log"
echo "moved the tables to {version}"
"""

SERIAL = """\
- hosts: all
  serial: 1
  gather_facts: false
  roles:
    - role: pyhost.platform.app
"""


class Shop:
    """An app with a release hook: its source, and deploys of it to one host or both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "soba"
        self.source.mkdir()
        self.entry: dict[str, Any] = {
            "name": "soba",
            "source": {"path": str(self.source)},
            "domains": [DOMAIN],
            "environment": {"MENU": "short"},
            "health": {"timeout": 90, "seconds": 1},
            "hooks": {"release": "sh release.sh"},
        }

    def version(self, name: str, hook: str = HOOK) -> None:
        (self.source / "wsgi.py").write_text(WSGI.format(version=name))
        (self.source / "release.sh").write_text(hook.replace("{version}", name))

    def deploy(self, limit: str, *words: str, **changes: Any) -> Run:
        return deploy([{**self.entry, **changes}], self.folder, limit, *words)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    shop.version("v1")
    good(shop.deploy(BOTH))
    assert (_ran(FIRST), _ran(SECOND)) == (["v1"], [])
    yield shop
    good(playbook("remove", {}, shop.folder, BOTH, "-e", "app=soba", "-e", "purge=true"))


@pytest.fixture
def shop(opened: Shop) -> Shop:
    """The shop as the test before left it, without traces of earlier hooks."""
    for host in (FIRST, SECOND):
        shell(host, "cd /home/soba; rm -f data/hook.log logs/release-hook.log run/history.jsonl")
    return opened


def _pages() -> list[str]:
    return [get(host, DOMAIN).text for host in (FIRST, SECOND)]


def _ran(host: str) -> list[str]:
    """The versions that the hook ran for on ``host``."""
    text = shell(host, "cat /home/soba/data/hook.log 2>/dev/null || true")
    return [line.split()[0] for line in text.splitlines()]


def _recorded(host: str) -> int:
    """How many hooks the history of ``host`` names."""
    lines = shell(host, "cat /home/soba/run/history.jsonl 2>/dev/null || true").splitlines()
    return sum(json.loads(line)["what"] == "release hook" for line in lines)


def _failed(run: Run, host: str) -> tuple[str, str]:
    failed = run.rows[host]["soba"]["failed"]
    return failed["stage"], failed["error"]


def test_once_for_a_version(shop: Shop) -> None:
    shop.version("v2")
    predicted = good(shop.deploy(SECOND, "--check"))
    assert "would run the release hook" in predicted.output
    assert _ran(SECOND) == []
    with load(SECOND, DOMAIN) as seen:
        made = good(shop.deploy(SECOND))
    assert seen.failed == {}
    assert made.changed == predicted.changed
    row = made.rows[SECOND]["soba"]
    assert row["did"][0].startswith("release hook ran (")
    assert row["seconds"]["hook"] > 0
    (line,) = shell(SECOND, "cat /home/soba/data/hook.log").splitlines()
    fingerprint = shell(SECOND, "readlink /home/soba/current/venv").strip().rpartition("/")[2]
    assert line == f"v2 soba short /srv/virtualenvs/{fingerprint}/bin/python"
    head, said = shell(SECOND, "cat /home/soba/logs/release-hook.log").splitlines()
    assert (head.endswith(f" release {row['release']}"), said) == (True, "moved the tables to v2")

    assert good(shop.deploy(SECOND)).changed == {SECOND: 0}
    rules = {"locations": [{"location": "/wsgi.py", "alias": "wsgi.py"}]}
    assert "rules changed" in good(shop.deploy(SECOND, **rules)).rows[SECOND]["soba"]["rollout"]
    shell(SECOND, "/opt/pyhost/tools/bin/supervisorctl -s unix:///home/soba/run/supervisor.sock stop app")
    assert "app is stopped" in good(shop.deploy(SECOND, **rules)).rows[SECOND]["soba"]["rollout"]
    assert (get(SECOND, DOMAIN).text, _ran(SECOND), _recorded(SECOND)) == ("v2", ["v2"], 1)


FAILURES = [
    ("echo no such table >&2; exit 3", "failed with exit status 3: sh release.sh; its last lines:\nno such table"),
    ("echo half; sleep 600", "did not end within 8 s: sh release.sh; its last lines:\nhalf"),
]


@pytest.mark.soak
@pytest.mark.parametrize(("hook", "words"), FAILURES, ids=["status", "deadline"])
def test_failure_keeps_the_old_version(shop: Shop, hook: str, words: str) -> None:
    old = get(SECOND, DOMAIN).text
    shop.version("v3", f"{hook}\n")
    with load(SECOND, DOMAIN) as seen:
        run = shop.deploy(SECOND, build_timeout=8)
    assert seen.failed == {}
    assert _failed(run, SECOND) == ("hook", f"release hook {words}")
    assert f"soba on {SECOND} FAILED at hook; the old version serves" in run.message()
    assert (run.status != 0, get(SECOND, DOMAIN).text, _recorded(SECOND)) == (True, old, 0)


@pytest.mark.soak
def test_killed_half_way_it_runs_again(shop: Shop) -> None:
    old = get(SECOND, DOMAIN).text
    shop.version("v4", HOOK + 'sleep "$(cat "$PYHOST_DATA/seconds")"\n')
    shell(SECOND, "echo 600 > /home/soba/data/seconds")
    runs: list[Run] = []
    deploying = threading.Thread(target=lambda: runs.append(shop.deploy(SECOND)))
    deploying.start()
    shell(SECOND, "timeout 100 sh -c 'until grep -qs v4 /home/soba/data/hook.log; do sleep 0.1; done'")
    shell(SECOND, "systemctl kill --signal=KILL 'pyhost-soba-hook-*'")
    deploying.join()
    assert _failed(runs[0], SECOND)[0] == "hook"
    assert (get(SECOND, DOMAIN).text, _recorded(SECOND)) == (old, 0)
    shell(SECOND, "echo 0 > /home/soba/data/seconds")
    good(shop.deploy(SECOND))
    assert (get(SECOND, DOMAIN).text, _ran(SECOND), _recorded(SECOND)) == ("v4", ["v4", "v4"], 1)


def test_the_first_host_runs_it_for_all(shop: Shop) -> None:
    shop.version("v5")
    run = good(shop.deploy(BOTH))
    assert (_ran(FIRST), _ran(SECOND), _pages()) == (["v5"], [], ["v5", "v5"])
    assert "release hook" not in " ".join(run.rows[SECOND]["soba"]["did"])

    shop.version("v6", "exit 3\n")
    with load(SECOND, DOMAIN) as seen:
        run = shop.deploy(BOTH)
    assert seen.failed == {}
    assert _failed(run, FIRST) == ("hook", "release hook failed with exit status 3: sh release.sh; it wrote nothing")
    assert _failed(run, SECOND) == ("hook", f"the release hook failed on {FIRST}")
    assert f"soba on {SECOND} FAILED at hook; the old version serves" in run.output
    assert _pages() == ["v5", "v5"]


@pytest.mark.soak
def test_the_first_host_is_busy(shop: Shop) -> None:
    pages = _pages()
    shop.version("v7")
    holding = "systemd-run --quiet --collect --unit=holding flock /home/soba/run/lock sleep 600"
    shell(FIRST, f"{holding}; timeout 20 sh -c 'while flock -n /home/soba/run/lock true; do sleep 0.1; done'")
    run = shop.deploy(BOTH)
    shell(FIRST, "systemctl stop holding")
    assert _failed(run, FIRST)[0] == "inspect"
    text = f"the release hook did not run on {FIRST}, where the app failed at inspect"
    assert _failed(run, SECOND) == ("hook", text)
    assert (_pages(), _ran(SECOND)) == (pages, [])


@pytest.mark.soak
def test_one_host_after_the_other(shop: Shop) -> None:
    book = shop.folder / "serial.yml"
    book.write_text(SERIAL)
    shop.version("v8")
    good(playbook(str(book), {"pyhost_apps": [shop.entry]}, shop.folder, BOTH))
    assert (_ran(FIRST), _ran(SECOND), _pages()) == (["v8"], [], ["v8", "v8"])


@pytest.mark.soak
def test_the_first_host_cannot_be_reached(shop: Shop) -> None:
    old = get(SECOND, DOMAIN).text
    ghost = shop.folder / "ghost.ini"
    ghost.write_text("ghost ansible_host=127.0.0.1 ansible_port=1\n")
    shop.version("v9")
    run = shop.deploy(f"ghost,{SECOND}", "--inventory", str(ghost))
    stage, error = _failed(run, SECOND)
    assert (stage, error.endswith("or leave it out with --limit 'all:!ghost'")) == ("hook", True)
    assert (get(SECOND, DOMAIN).text, _ran(SECOND)) == (old, [])
    good(shop.deploy(f"ghost,{SECOND},!ghost", "--inventory", str(ghost)))
    assert (get(SECOND, DOMAIN).text, _ran(SECOND)) == ("v9", ["v9"])
