# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import sys
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _build, _home, _installer, _space
from ansible_collections.pyhost.platform.plugins.module_utils._build import build, make_virtualenv
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline

MAKE = "import os, sys; os.makedirs('{prefix}/bin'); os.symlink(sys.executable, '{prefix}/bin/python')"
ORDER = {
    "fingerprint": "v1", "components": {"python": "3"}, "branch": "3.13", "version": "3.13.5", "seeds": {},
    "environment": {},
}  # fmt: skip
APP = "def application(environ, start_response):\n    return []\n"


class Place:
    """A home with one release, and builds in it; instead of an installer, programs of the test run."""

    def __init__(self, home, monkeypatch):
        self.home = home
        self.prefix = home / "virtualenvs" / "v1"
        _home.make_directories(home)
        self.code = home / "releases" / "1-a"
        self.code.mkdir()
        self.write("wsgi.py", APP)
        self.record = home / "releases" / "1-a.json"
        self.record.write_text('{"digest": "a", "prepared": "any"}')
        self.plan = {
            "release": "1-a", "approot": ".", "virtualenv": ORDER, "build_timeout": 30, "hooks": [], "steps": [], "exclusive": False,
            "cell": {"home": "/home/ramen"}, "target": "wsgi:application", "manage": "", "conf": {},
        }  # fmt: skip
        process = {"server": "gunicorn", "cwd": str(self.code), "environment": {"PATH": os.environ["PATH"]}}
        self.plan["launch"] = {"process": process, "health": {"timeout": 20}}
        self.monkeypatch = monkeypatch
        self.programs()

    def write(self, name, text):
        (self.code / name).write_text(text)

    def programs(self, install="", create=MAKE):
        words = [sys.executable, "-c", create.replace("{prefix}", str(self.prefix))]
        steps = [[sys.executable, "-c", install]] if install else []
        self.monkeypatch.setattr(_installer, "create", lambda *names: words)
        self.monkeypatch.setattr(_installer, "installs", lambda *names: steps)

    def order(self, **changes):
        self.plan["virtualenv"] = {**ORDER, **changes}

    def build(self, **job):
        return build(self.home, {"plan": self.plan, "tools": "/t", **job})

    def refused(self):
        with pytest.raises(PyhostError) as caught:
            self.build()
        return str(caught.value)

    def leftovers(self):
        return [*os.listdir(self.home / "virtualenvs"), *os.listdir(self.home / ".cache" / "tmp")]


@pytest.fixture
def place(home, monkeypatch):
    return Place(home, monkeypatch)


def test_built_and_checked_once(place):
    first = place.build()
    assert (first["built"], first["prepared"], first["warnings"]) == (True, False, [])
    assert json.loads((place.prefix / _home.MARKER).read_text()) == {
        "components": {"python": "3"}, "packages": first["packages"], "version": "3.13.5",
    }  # fmt: skip
    assert json.loads(place.record.read_text())["checked"] == {"v1": "wsgi:application"}
    assert place.leftovers() == ["v1"]
    place.write("wsgi.py", "raise SystemExit('not again')\n")
    assert place.build() == {**first, "built": False}


def test_checked_again_for_another_target_and_in_a_virtualenv_made_anew(place):
    place.build()
    place.write("wsgi.py", "import no_such_thing\n")
    place.plan["target"] = "wsgi:app"
    assert place.refused().startswith("entry point wsgi:app cannot be imported: ModuleNotFoundError")
    assert json.loads(place.record.read_text())["checked"] == {"v1": "wsgi:application"}
    place.plan["target"] = "wsgi:application"
    (place.prefix / _home.MARKER).unlink()
    assert place.refused().startswith("entry point wsgi:application cannot be imported: ModuleNotFoundError")
    assert place.leftovers() == ["v1"]  # the virtualenv is whole, and the next code finds it


def test_the_entry_point_is_asked_where_the_files_of_its_platform_are(place, tmp_path):
    told, text = tmp_path / "seen" / "environment.json", "{}"
    place.plan["launch"]["process"] |= {"release": "1-a", "virtualenv": "v1"}
    place.plan["launch"]["view"] = {
        "home": str(told.parent), "apart": True, "approot": ".", "virtualenv": "", "links": {"current": "{approot}"},
        "files": {told.name: text},
    }  # fmt: skip
    place.write("wsgi.py", f"open({str(told)!r}).close()\n{APP}")
    assert place.build()["built"] is True
    assert os.readlink(told.parent / "current") == str(place.code)


def test_what_a_step_before_the_start_may_make_is_not_missed_here(place):
    place.write("wsgi.py", "import made_by_postinstall\n")
    place.plan["steps"] = [{"name": "postinstall", "when": "start", "file": ""}]
    assert place.build()["built"] is True
    place.plan["steps"] = []
    place.plan["target"] = "wsgi:app"
    assert "No module named 'made_by_postinstall'" in place.refused()


def test_what_was_checked_in_virtualenvs_that_are_gone_is_forgotten(place):
    (place.home / "virtualenvs" / "v0").mkdir()
    (place.home / "virtualenvs" / "v0" / _home.MARKER).write_text("{}")
    checked = {"v0": "wsgi:application", "gone": "wsgi:application"}
    place.record.write_text(json.dumps({"digest": "a", "prepared": "any", "checked": checked}))
    place.build()
    assert json.loads(place.record.read_text())["checked"] == {"v0": "wsgi:application", "v1": "wsgi:application"}


def test_django_is_checked_with_the_settings_that_serve(place):
    place.write("wsgi.py", "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'shop.live'\n" + APP)
    place.write(
        "manage.py", "import os\nprint('WARNINGS:')\nprint('?: (x.W1)', os.environ['DJANGO_SETTINGS_MODULE'])\n"
    )
    place.plan["manage"] = "manage.py"
    assert place.build()["warnings"] == ["x.W1 shop.live"]
    assert place.build()["warnings"] == []


NO_SPACE = "no space on /home/ramen: 0 MB and 3 inodes free after it ended; free some, then run again; the last lines of the installer:\n"
FAILURES = [
    # create, install, message
    (MAKE, "raise SystemExit('the pot is broken')",
     "the requirements cannot be installed; the last lines of the installer:\nthe pot is broken"),
    (MAKE + "; raise SystemExit('half')", "",
     "the requirements cannot be installed; the last lines of the installer:\nhalf"),
    (MAKE, "raise SystemExit('error: x: No space left on device (os error 28)')",
     NO_SPACE + "error: x: No space left on device (os error 28)"),
    (MAKE, "import os, signal; print('x', flush=True); signal.signal(25, signal.SIG_DFL); os.kill(os.getpid(), 25)",
     "a file of the package index is larger than any file of a build may be; the last lines of the installer:\nx"),
    (MAKE, "import os; open(os.environ['PIP_LOG'], 'w').write(\"2026 Could not fetch URL http://x/: Max retries exceeded "
     "(Caused by ResponseError('too many 502 error responses')) - skipping\"); raise SystemExit('none')",
     "the package index cannot be reached: it answers with status 502; the last lines of the installer:\nnone"),
]  # fmt: skip


@pytest.mark.parametrize(("create", "install", "message"), FAILURES)
def test_a_build_that_fails_leaves_nothing(place, create, install, message):
    if "No space" in message or "no space" in message:
        place.monkeypatch.setattr(_space, "require", lambda *words: None)
        place.monkeypatch.setattr(_space, "free", lambda path: _space.Room(0, 3))
    (place.home / ".cache" / "uv" / "builds-v0" / ".tmpX").mkdir(parents=True)
    place.programs(install, create)
    assert place.refused() == message
    assert place.leftovers() == []
    assert os.listdir(place.home / ".cache" / "uv" / "builds-v0") == []


def test_a_build_that_is_too_slow_says_whose_limit_it_was(place):
    place.programs("import time; time.sleep(60)")
    place.plan["build_timeout"] = 1
    name = os.path.basename(sys.executable)
    assert place.refused() == (
        "build_timeout is over; the package index may be slow, or a package long to build: "
        f"{name} did not end within 1 s and said nothing"
    )
    assert place.leftovers() == []


def test_a_marker_that_cannot_be_written(place):
    def refuse(*words, **names):
        raise OSError(28, "No space left on device")

    place.monkeypatch.setattr(_build._files, "write", refuse)
    with pytest.raises(OSError, match="No space left"):
        place.build()
    assert place.leftovers() == []


def test_a_virtualenv_that_cannot_fit_is_not_begun(place):
    place.monkeypatch.setattr(_space, "free", lambda path: _space.Room(12 << 20, 80))
    place.programs(create="raise SystemExit('never called')")
    assert place.refused() == (
        "no space on /home/ramen: 12 MB and 80 inodes free, at least 64 MB and 2000 inodes needed (estimated); "
        "free some, then run again"
    )
    assert os.listdir(place.home / "virtualenvs") == []


def test_a_place_without_a_name_is_called_by_its_path(place):
    place.monkeypatch.setattr(_space, "free", lambda path: _space.Room(0, 0))
    with pytest.raises(PyhostError, match=rf"^no space on {place.home}/virtualenvs: "):
        make_virtualenv(place.home, ORDER, place.prefix, place.code, "uv", Deadline(9))


def test_a_rehearsal_prepares_nothing(place):
    place.record.write_text('{"digest": "a"}')
    place.plan["hooks"] = [{"name": "collectstatic", "manage": "manage.py"}]
    found = build(place.home, {"plan": place.plan, "tools": "/t", "rehearsal": True})
    assert (found["built"], found["prepared"]) == (True, False)
    assert json.loads(place.record.read_text()) == {"digest": "a", "checked": {"v1": "wsgi:application"}}
    assert os.stat(place.code).st_mode & 0o200


def test_a_release_that_is_prepared_is_no_longer_a_rehearsals(place):
    place.record.write_text('{"digest": "a", "rehearsed": "v1"}')
    place.build()
    record = json.loads(place.record.read_text())
    assert time.time() - record.pop("sealed") < 60
    assert record == {
        "digest": "a", "prepared": "any", "checked": {"v1": "wsgi:application"},
    }  # fmt: skip


SHARED = {"name": "a", "file": "a-1-py3-none-any.whl", "path": "/opt/w/a-1-py3-none-any.whl", "sha256": "a1"}


def test_a_build_with_shared_wheels_says_how_many(place):
    place.order(hashes=False)
    assert place.build(shared=[SHARED])["shared"] == 1
    assert place.build(shared=[SHARED])["shared"] == 0


def test_what_fails_with_shared_wheels_is_built_without(place):
    place.order(hashes=False)
    place.programs("import os, sys; sys.exit(os.path.lexists('../../.cache/shelf'))")
    found = place.build(shared=[SHARED])
    assert (found["built"], found["shared"]) == (True, 0)
    assert found["unshared"].startswith("the requirements cannot be installed")
    assert place.leftovers() == ["v1"]


def test_what_fails_without_them_too_fails_with_its_own_cause(place):
    place.order(hashes=False)
    place.programs("raise SystemExit('no such package')")
    with pytest.raises(PyhostError, match="no such package"):
        place.build(shared=[SHARED])
    assert place.leftovers() == []
