# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AusNimbus: of the checks N1 to N12 those that one deploy of a few apps shows. The rest is in test_ausnimbus_kinds."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from molecule.platforms.tests.nimbus import HOST, PRIVATE, copied, entry, inside, on_8080, processes, told
from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

SPOOFED = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory)


def entries(work: Path) -> list[dict[str, Any]]:
    return [
        entry(work, "an-wsgi", "wsgi", listen=["0.0.0.0:8111"], limits={"memory": "1G"}),
        entry(work, "an-alone", "standalone", **PRIVATE),
        entry(work, "an-seed", "seed", **PRIVATE),
        entry(work, "an-setup", "setup", environment={"DEBUG": "TRUE"}),
    ]


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(deploy(entries(work), work, HOST))


def test_N01_standalone_setup_py_and_wsgi_answer(deployed: Run) -> None:
    for name in ("an-wsgi", "an-setup"):
        assert told(name)["environment"]["LC_ALL"] == "en_US.UTF-8"
    assert "žluťoučký" in get(HOST, "an-alone.example.com").text
    assert "příliš" in shell(HOST, "cat /home/an-alone/logs/app.log")


def test_N02_app_py_listens_on_8080_of_its_own_network(deployed: Run) -> None:
    lines = [line for line in processes("an-alone") if "app.py" in line]
    assert len(lines) == 1, lines
    assert on_8080("an-alone") == 200


def test_N03_the_project_of_setup_py(deployed: Run) -> None:
    assert any(line.endswith("testapp:application") for line in processes("an-setup"))


def test_N05_workers(deployed: Run) -> None:
    def workers(name: str) -> int:
        return len([line for line in processes(name) if "/gunicorn " in line]) - 1

    assert told("an-wsgi")["environment"]["WEB_CONCURRENCY"] == "4"
    assert workers("an-wsgi") == 4, "a slice of 1 GiB"
    assert workers("an-setup") == 2, "the smallest instance"


def test_N06_whose_word_about_https_counts(deployed: Run) -> None:
    assert told("an-wsgi", 8111, SPOOFED)["scheme"] == "https"
    assert told("an-wsgi", 8111)["scheme"] == "http"


def test_N10_the_documented_hooks_source_the_default_stages(deployed: Run) -> None:
    built = shell(HOST, "cat /home/an-seed/logs/build.log")
    assert (
        built.index("Logic to include before") < built.index("Installing dependencies") < built.index("include after")
    )
    assert "Logic to include before" in shell(HOST, "cat /home/an-seed/logs/app.log")
    assert get(HOST, "an-seed.example.com").text == "VALUE BAR", "the documented variables"
    assert on_8080("an-seed") == 200


def test_N11_a_develop_install_is_of_the_release(deployed: Run) -> None:
    assert told("an-setup")["cwd"].startswith("/srv/releases/")
    assert "testapp" in inside("an-setup", "python -m pip list --editable")


def test_N12_debug_breaks_nothing(deployed: Run) -> None:
    assert told("an-setup")["scheme"] == "http"
    assert any("--reload" in line for line in processes("an-setup"))
    assert not any("--reload" in line for line in processes("an-wsgi"))


def test_the_same_again_changes_nothing(deployed: Run, work: Path) -> None:
    assert good(deploy(entries(work), work, HOST)).changed[HOST] == 0


@pytest.fixture(scope="module")
def refused(deployed: Run, work: Path) -> Run:
    """Everything that is refused before anything is touched, together, while apps that serve are asked."""
    trees = work / "trees"
    (trees / "nothing").mkdir()
    (trees / "nothing" / "wsgi.py").write_text("application = None\n")
    for name in ("variables", "leaving", "away"):
        shutil.copytree(trees / "seed", trees / name)
    (trees / "variables" / ".s2i" / "environment").write_text("FOO=BAR\n\n  no equals sign\n=x\nA-B=1\nC='x\n")
    (trees / "leaving" / "passwd").symlink_to("/etc/passwd")
    hook = trees / "away" / ".s2i" / "bin" / "run"
    hook.unlink()
    hook.symlink_to("../../../../../bin/true")
    apps = [entry(work, f"an-{name}", name) for name in ("nothing", "variables", "leaving", "away")]
    changed = entry(work, "an-wsgi", "wsgi", listen=["0.0.0.0:8111"], environment={"FOO": "new"})
    with load(HOST, "an-wsgi.example.com", what="bad input of AusNimbus") as seen:
        run = deploy([changed, *apps], work, HOST)
    assert run.status != 0
    assert seen.requests > 0
    assert seen.failed == {}
    return run


def test_N02_nothing_to_run_is_refused_with_the_two_lines(refused: Run) -> None:
    assert "ERROR: don't know how to run your application." in refused.output
    assert "Please set either GUNICORN_APP_MODULE, APP_RUN environment variables or have the file" in refused.output


def test_broken_variables_are_refused_each_with_its_place(refused: Run) -> None:
    for place in (
        "line 3, column 3: there is no = in it",
        "line 4, column 1: there is no name in front of the =",
        "line 5, column 1: ",
        "line 6, column 1: the value of C begins with '",
    ):
        assert f".s2i/environment, {place}" in refused.output


def test_links_that_leave_the_source_are_refused(refused: Run) -> None:
    assert "an-leaving: source.path: " in refused.output
    assert "passwd" in refused.output
    assert "an-away: source.path: " in refused.output


def test_nothing_was_touched(refused: Run) -> None:
    assert refused.changed[HOST] == 0
    assert told("an-wsgi")["environment"]["FOO"] is None, "the old version"
    assert not [name for name in ("an-nothing", "an-variables", "an-away") if name in shell(HOST, "ls /home")]
