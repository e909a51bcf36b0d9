# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server mod_wsgi on a host: the checks W6 and W7 of it, and a rollout."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak

HOST = place.host("pyhost-debian13")
TREE = Path(__file__).resolve().parents[1] / "trees" / "mod_wsgi"
MODES = ("daemon", "embedded")
FILES = {"daemon": "wsgi.py", "script": "kitchen.wsgi"}
"""What holds the callable of an app."""


class Kitchen:
    """The same code in both modes of mod_wsgi, and as a script that no import finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = folder / "code"
        shutil.copytree(TREE, self.code)
        self.script = folder / "script"
        shutil.copytree(TREE, self.script)
        (self.script / "wsgi.py").rename(self.script / FILES["script"])

    def deploy(self) -> Run:
        entries = [
            {
                "name": f"wsgi-{mode}",
                "source": {"path": str(self.code)},
                "server": "mod_wsgi",
                "domains": [f"wsgi-{mode}.example.com"],
                "config": {"mod_wsgi_mode": mode, "mod_wsgi_threads": 2},
                "environment": {"GREETING": 'he "said" $HOME 100%'},
                "workers": 1,
            }
            for mode in MODES
        ]
        script = {**entries[0], "name": "wsgi-script", "source": {"path": str(self.script)}}
        return deploy([*entries, {**script, "domains": ["wsgi-script.example.com"]}], self.folder, HOST)


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    made = Kitchen(tmp_path_factory.mktemp("mod_wsgi"))
    good(made.deploy())
    return made


def told(mode: str, path: str = "/", **headers: str) -> dict[str, Any]:
    answer = get(HOST, f"wsgi-{mode}.example.com", path, 80, headers)
    assert answer.status == 200, answer
    found: dict[str, Any] = json.loads(answer.text.partition("\n")[2])
    return found


@pytest.mark.parametrize("mode", MODES)
def test_W06_what_the_app_sees(kitchen: Kitchen, mode: str) -> None:
    seen = told(mode, "/a/b%20c?x=1", Proxy="http://evil.example.com")
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("", "/a/b c", "x=1")
    assert (seen["HTTP_HOST"], seen["HTTP_PROXY"]) == (f"wsgi-{mode}.example.com", None)
    assert seen["REMOTE_ADDR"] not in ("127.0.0.1", None)
    assert seen["greeting"] == 'he "said" $HOME 100%'
    assert seen["uid"] == int(shell(HOST, f"id -u wsgi-{mode}"))
    assert bool(seen["mod_wsgi.process_group"]) is (mode == "daemon")


@pytest.mark.parametrize("app", FILES)
def test_W07_a_touch_gives_the_next_request_a_new_process(kitchen: Kitchen, app: str) -> None:
    before = told(app)["pid"]
    assert told(app)["pid"] == before
    shell(HOST, f"touch /home/wsgi-{app}/app/{FILES[app]}")
    after = told(app)
    assert after["pid"] != before
    assert (after["PATH_INFO"], bool(after["mod_wsgi.process_group"])) == ("/", True)


@pytest.mark.parametrize("mode", MODES)
def test_a_rollout_loses_no_request(kitchen: Kitchen, mode: str) -> None:
    path = kitchen.code / "wsgi.py"
    new = f"of-{mode}"
    path.write_text(path.read_text().replace(f'VERSION = "{told(mode)["version"]}"', f'VERSION = "{new}"'))
    with load(HOST, f"wsgi-{mode}.example.com", rate=40, what=f"a new release, mod_wsgi in {mode} mode") as seen:
        good(kitchen.deploy())
    assert seen.requests > 50
    assert seen.failed == {}, seen
    assert seen.versions[new] > 0
    assert told(mode)["version"] == new


def test_a_request_that_runs_is_finished(kitchen: Kitchen) -> None:
    path = kitchen.code / "wsgi.py"
    path.write_text(path.read_text() + "\n# another version\n")
    with load(HOST, "wsgi-daemon.example.com", "/slow", rate=1, what="requests of 3 s, mod_wsgi") as seen:
        good(kitchen.deploy())
    assert seen.requests > 3
    assert seen.failed == {}, seen
    assert good(kitchen.deploy()).changed == {HOST: 0}
