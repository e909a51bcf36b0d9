# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils import _owned


def launch(release="1-aa", virtualenv="f1", **more):
    process = {
        "argv": [f"/x/virtualenvs/{virtualenv}/bin/gunicorn", f"--chdir=/x/releases/{release}/web", "app:application"],
        "cwd": f"/x/releases/{release}/web",
        "environment": {"PATH": f"/x/virtualenvs/{virtualenv}/bin:/usr/bin", "FOO": "bar"},
        "release": release,
        "virtualenv": virtualenv,
    }
    return {"owners": ["app", "venv"], "process": process, **more}


def at(home, value):
    """The launch as one of the cell in ``home``."""
    process = value["process"]
    moved = {
        "argv": [word.replace("/x", str(home)) for word in process["argv"]],
        "cwd": process["cwd"].replace("/x", str(home)),
        "environment": {name: text.replace("/x", str(home)) for name, text in process["environment"].items()},
    }
    return {**value, "process": {**process, **moved}}


def test_links_of_ours_change_nothing(home):
    (home / "venv").symlink_to("current/venv")
    value = at(home, launch())
    assert _owned.process(home, value) == value["process"]
    assert _owned.own(home, value["owners"]) == []


def test_an_app_runs_from_what_its_owner_has_made(home):
    (home / "venv").mkdir()
    found = _owned.process(home, at(home, launch()))
    assert found["argv"][:2] == [f"{home}/venv/bin/gunicorn", f"--chdir={home}/releases/1-aa/web"]
    assert found["environment"]["PATH"] == f"{home}/venv/bin:/usr/bin"
    (home / "app").mkdir()
    assert _owned.process(home, at(home, launch()))["cwd"] == f"{home}/app/web"


def test_other_platforms_own_nothing(home):
    (home / "venv").mkdir()
    value = at(home, launch())
    value.pop("owners")
    assert _owned.process(home, value) == value["process"]


def test_a_beginning_is_copied_and_can_be_written(home):
    release = home / "releases" / "1-aa"
    release.mkdir(parents=True)
    (release / "app.py").write_text("application = None\n")
    (release / "app.py").chmod(0o440)
    release.chmod(0o550)
    (home / "app").symlink_to("current/app")
    _owned.seed(home, launch(seeded=True))
    assert (home / "app").is_dir()
    assert not (home / "app").is_symlink()
    (home / "app" / "app.py").write_text("mine\n")
    (home / "app" / "new.py").write_text("")
    _owned.seed(home, launch("2-bb", seeded=True))
    assert (home / "app" / "app.py").read_text() == "mine\n"
    release.chmod(0o750)


def test_a_new_version_moves_the_owners_aside(home):
    (home / "venv").mkdir()
    (home / "venv.own-1").mkdir()
    (home / "app").mkdir()
    done = _owned.take_back(home, launch(), launch(virtualenv="f2"))
    assert done == ["the owner's venv was moved to venv.own-2"]
    assert (home / "venv").readlink().as_posix() == "current/venv"
    assert (home / "app").is_dir()
    assert _owned.take_back(home, launch(), launch("2-bb"))[0].startswith("the owner's app was moved")


def test_nothing_moves_without_a_new_version(home):
    (home / "venv").mkdir()
    (home / "app").mkdir()
    assert _owned.take_back(home, launch(), launch()) == []
    assert _owned.take_back(home, {}, launch()) == []
    assert _owned.take_back(home, launch(), launch("2-bb", seeded=True)) == []
