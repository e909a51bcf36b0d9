# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import re

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _home
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Deadline
from ansible_collections.pyhost.platform.plugins.module_utils._steps import executable, run_steps


def step(name, when, command, **more):
    return {"name": name, "when": when, "command": command, "seconds": 0, "file": "", "log": "build.log", **more}


@pytest.fixture
def plan(home):
    _home.make_directories(home)
    code = home / "releases" / "7-abc"
    code.mkdir()
    process = {"cwd": str(code), "virtualenv": "v1", "environment": {"PATH": "/usr/bin:/bin", "MENU": "short"}}
    return {"release": "7-abc", "launch": {"process": process}, "steps": [], "cell": {"tools": "/opt/tools"}}


def log(home, name="build.log"):
    return re.sub(r"^--- \S+Z ", "--- TIME ", (home / "logs" / name).read_text(), flags=re.MULTILINE)


def test_only_those_of_the_moment_in_their_order(home, plan):
    plan["steps"] = [
        step("prebuild", "before", "echo one $MENU"),
        step("postinstall", "start", "echo late"),
        step("again", "before", "pwd", log="again.log"),
    ]
    assert run_steps(home, plan, "before", Deadline(20)) == ["prebuild", "again"]
    assert log(home) == "--- TIME prebuild of release 7-abc\none short\n"
    assert log(home, "again.log") == f"--- TIME again of release 7-abc\n{home}/releases/7-abc\n"
    assert run_steps(home, plan, "after", Deadline(20)) == []


def test_the_first_that_fails_is_the_last(home, plan):
    plan["steps"] = [
        step("prebuild", "before", "echo half; exit 3"),
        step("again", "before", "touch never"),
    ]
    with pytest.raises(PyhostError) as caught:
        run_steps(home, plan, "before", Deadline(20))
    assert str(caught.value) == "prebuild failed with exit status 3: echo half; exit 3; its last lines:\nhalf"
    assert not (home / "releases" / "7-abc" / "never").exists()


def test_a_step_has_its_own_time(home, plan):
    plan["steps"] = [step("postinstall", "start", "sleep 60", seconds=1)]
    with pytest.raises(PyhostError, match="postinstall did not end within 1 s: sleep 60"):
        run_steps(home, plan, "start", Deadline(20))


def test_and_never_more_than_all_have(home, plan):
    plan["steps"] = [step("postinstall", "start", "sleep 60", seconds=50)]
    with pytest.raises(PyhostError, match="postinstall did not end within 1 s: sleep 60"):
        run_steps(home, plan, "start", Deadline(1))


def test_files_that_cannot_be_run_are_named_together(home, plan):
    code = home / "releases" / "7-abc"
    for name, mode in (("postinstall", 0o644), ("prebuild.sh", 0o600), ("postbuild.sh", 0o755)):
        (code / name).write_text("#!/bin/sh\n")
        (code / name).chmod(mode)
    names = ("postinstall", "prebuild.sh", "postbuild.sh", "absent")
    plan["steps"] = [step(name, "start", f"./{name}", file=name) for name in names]
    with pytest.raises(PyhostError) as caught:
        executable(home, plan)
    assert str(caught.value) == (
        "postinstall: is not executable; chmod +x it\nprebuild.sh: is not executable; chmod +x it"
    )


def test_programs_of_the_virtualenv_are_found_where_the_platform_has_it(home, plan):
    seen = home / "seen"
    (home / "virtualenvs" / "v1" / "bin").mkdir(parents=True)
    plan["launch"]["process"]["environment"] = {"PATH": f"{home}/virtualenvs/v1/bin:/usr/bin:/bin"}
    plan["launch"]["process"]["environment"]["VIRTUAL_ENV"] = f"{home}/virtualenvs/v1"
    plan["launch"]["view"] = {
        "home": str(seen), "apart": True, "approot": ".", "virtualenv": f"{seen}/env", "links": {"env": "{venv}"},
        "files": {},
    }  # fmt: skip
    plan["launch"]["process"]["release"] = "7-abc"
    seen.mkdir()
    plan["steps"] = [step("postbuild", "after", "echo $PATH $VIRTUAL_ENV")]
    run_steps(home, plan, "after", Deadline(20))
    assert (
        log(home) == f"--- TIME postbuild of release 7-abc\n{seen}/env/bin:/opt/tools/owner:/usr/bin:/bin {seen}/env\n"
    )
