# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import fcntl
import json
import os

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _beside, _elsewhere, _home, _lock
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_prune import clean

ONE, TWO = "3.12-aaaaaaaaaaaa", "3.11-bbbbbbbbbbbb"


@pytest.fixture
def host(home, monkeypatch):
    """Account scope with two runtimes of the store, which 3.12 and 3.11 lead to, and one of the operator's for 3.9."""
    monkeypatch.setattr(_elsewhere, "virtualenvs", lambda *where: {})
    (home / "python/store/.locks").mkdir(parents=True)
    for name in (ONE, TWO):
        path = home / "python/store" / name
        (path / "bin").mkdir(parents=True)
        (path / "bin" / f"python{name[:4]}").write_bytes(b"x" * 100_000)
        marker = {"source": "uv", "branch": name[:4], "version": f"{name[:4]}.4", "libc": ""}
        (path / ".pyhost.json").write_text(json.dumps(marker))
        os.utime(path / ".pyhost.json", (0, 0))
    (home / "mine").write_text("")
    for branch, real in (("3.12", f"store/{ONE}/bin/python3.12"), ("3.11", f"store/{TWO}/bin/python3.11")):
        adopt(home, branch, home / "python" / real)
    adopt(home, "3.9", home / "mine")
    return home


def adopt(home, branch, real):
    assert _beside.adopt(home / "python" / branch / "bin", branch, str(real), "/tools")


def run(home, *branches, check=False):
    claim = {"who": "anna on laptop", "wait": 0}
    job = {"scope": "account", "root": str(home), "keep": 5, "branches": branches, "check": check, "claim": claim}
    found = clean(job)
    return {row["name"].split()[0]: row["why"] for row in found["rows"]}, found


def there(home):
    return sorted(name for name in os.listdir(home / "python") if name != "store"), sorted(
        name for name in os.listdir(home / "python/store") if name != ".locks"
    )


def test_what_nothing_uses_goes(host):
    whys, found = run(host, "3.12", check=True)
    assert whys == {ONE: "the branch 3.12 is declared", TWO: "", "3.9": ""}
    assert found["changed"]
    assert there(host) == (["3.11", "3.12", "3.9"], [TWO, ONE])
    assert run(host, "3.12")[0] == whys
    assert there(host) == (["3.12"], [ONE])
    assert (host / "mine").exists()
    assert run(host, "3.12")[1]["changed"] is False
    assert sum(row["bytes"] for row in found["rows"]) >= 100_000


def test_what_is_not_ours_stays(host):
    """A Python of the operator's own in the place of a branch, and what else lies in a branch's directory."""
    (host / "python/3.8/bin").mkdir(parents=True)
    (host / "python/3.8/bin/python3.8").write_text("")
    (host / "python/3.8/bin/python").symlink_to("python3.8")
    (host / "python/3.9/notes").write_text("")
    run(host)
    assert there(host) == (["3.8", "3.9"], [])
    assert sorted(os.listdir(host / "python/3.8/bin")) == ["python", "python3.8"]
    assert os.listdir(host / "python/3.9") == ["notes"]


def test_a_virtualenv_that_stays_keeps_its_runtime(host):
    prefix = host / "apps/ramen/virtualenvs/v1"
    prefix.mkdir(parents=True)
    (host / "apps/ramen/launches").mkdir()
    (prefix / "pyvenv.cfg").write_text(f"home = {host}/python/store/{TWO}/bin\n")
    for name in ("releases", "conf/sets", "run"):
        (host / "apps/ramen" / name).mkdir(parents=True)
    whys, _found = run(host)
    assert whys[TWO] == "it is that of virtualenvs of ramen"
    assert TWO in there(host)[1]
    os.utime(prefix, (0, 0))
    whys, _found = run(host)
    assert (whys["v1"], whys[TWO]) == ("", "")
    assert not prefix.exists()


def test_a_cell_that_cannot_be_looked_at_keeps_all_runtimes(host):
    home = host / "apps/ramen"
    (home / "launches").mkdir(parents=True)
    _home.next_conf(home).parent.mkdir(parents=True)
    _home.next_conf(home).write_text("")
    before = there(host)
    whys, _found = run(host)
    assert {ONE, TWO} <= set(whys)
    assert all("a rollout was interrupted; deploy first" in why for why in whys.values())
    assert there(host) == before


def test_another_deploy_is_at_work(host):
    (host / "apps/ramen").mkdir(parents=True)
    with _lock.held(host / "apps/ramen", {"who": "bob", "wait": 0}, "build"), pytest.raises(PyhostError) as caught:
        run(host)
    assert str(caught.value).startswith("ramen: another deploy of this app is at work: bob, build, since ")


def test_what_is_being_brought_stays_and_what_was_left_goes(host):
    for name in (f".new-{ONE}.build", ".new-3.10-cccccccccccc"):
        (host / "python/store" / name).mkdir()
    with (host / "python/store/.locks" / ONE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        whys, _found = run(host)
    assert whys[ONE] == "another run is bringing it"
    assert there(host)[1] == sorted([ONE, f".new-{ONE}.build"])
