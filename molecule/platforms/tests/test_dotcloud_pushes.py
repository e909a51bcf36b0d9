# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dotCloud: what further pushes change, and what they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from molecule.platforms.tests.dotcloud import HOST, Project
from tests.support.deploy import deploy, good
from tests.support.load import load
from tests.support.remote import shell

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Project:
    one = Project(tmp_path_factory.mktemp("dotcloud"), "dc-again", "hello", ["api"])
    good(one.push())
    return one


def test_D11_data_survives(hello: Project) -> None:
    hello.inside("echo kept > ~/data/kept; echo gone > ~/current/gone; echo there > ~/volatile/there")
    before = hello.inside("readlink -f ~/current")
    hello.write("hellopython/media/y.css", "new\n")
    with load(HOST, hello.domain) as seen:
        good(hello.push())
    assert seen.failed == {}
    assert hello.inside("cat ~/data/kept") == "kept\n"
    assert hello.inside("readlink -f ~/current") != before
    assert hello.inside("test ! -e ~/current/gone && echo gone") == "gone\n"
    assert hello.get("/media/y.css").body == b"new\n"
    # postinstall ran once for each of the two.
    assert len(hello.inside("cat ~/data/deploys").splitlines()) == 2


def test_D12_the_stopsignal_of_a_program_is_what_a_push_sends(hello: Project) -> None:
    hello.inside("rm -f ~/data/stopped; supervisorctl status polite")
    before = hello.inside("supervisorctl pid polite")
    hello.write("hellopython/media/y.css", "newer\n")
    good(hello.push())
    assert hello.inside("cat ~/data/stopped") == "USR1\n"
    assert hello.inside("supervisorctl pid polite") not in (before, "0\n")


def test_D12_a_program_that_leaves_the_file_ends(hello: Project) -> None:
    text = (hello.tree / "hellopython" / "supervisord.conf").read_text().partition("[program:polite]")[0]
    with hello.changed("hellopython/supervisord.conf", to=text):
        good(hello.push())
        assert "polite" not in hello.inside("supervisorctl status; true")
        assert "tick" in hello.inside("supervisorctl status; true")
    good(hello.push())
    assert "RUNNING" in hello.inside("supervisorctl status polite")


def test_D05_each_option_of_uwsgi(hello: Project) -> None:
    options = """    python_version: v3.13
    uwsgi_processes: 2
    uwsgi_memory_report: true
    uwsgi_harakiri: 2
    uwsgi_single_interpreter: true"""
    old = "    python_version: v3.13\n    uwsgi_buffer_size: 8192\n    uwsgi_enable_threads: true"
    no_thread = ("threading.Thread(", "# threading.Thread(")
    with hello.changed("hellopython/wsgi.py", no_thread), hello.changed("dotcloud.yml", (old, options)):
        good(hello.push())
    lines = shell(HOST, "ps -eo user:20,args | grep '^dc-again .*/uwsgi'").splitlines()
    assert len(lines) == 1 + 2
    workers = set(hello.inside("pgrep -f [b]in/uwsgi").split())
    assert hello.get("/slow").status == 502
    hello.eventually("grep -q 'HARAKIRI ON WORKER' /var/log/supervisor/app.log")
    assert hello.told()["ticks"] == "0"
    assert len(set(hello.inside("pgrep -f [b]in/uwsgi").split()) - workers) == 1
    assert hello.get(headers={"Cookie": f"a={'x' * 6000}"}).status == 502
    assert "{address space usage:" in hello.inside("grep 'GET / ' /var/log/supervisor/app.log")


def test_D06_another_branch_of_the_file(hello: Project) -> None:
    with hello.changed("dotcloud.yml", ("python_version: v3.13", "python_version: v3.2")):
        run = hello.push()
    assert run.status != 0
    assert 'dc-again: python: "3.2" cannot be had on this host; it has or can install: ' in run.message()
    assert hello.told()["os.MODE"] == "production"


def test_D07_requirements_and_the_project_itself(hello: Project) -> None:
    hello.write("hellopython/requirements.txt", "itsdangerous==2.2.0\n")
    hello.write(
        "hellopython/setup.py", "from setuptools import setup\nsetup(name='ramen', version='7', py_modules=['ramen'])\n"
    )
    hello.write("hellopython/ramen.py", "NOODLES = 'long'\n")
    good(hello.push())
    code = "import idna, importlib.metadata as m, itsdangerous; print(m.version('ramen'))"
    assert hello.inside(f'cd / && python -c "{code}"') == "7\n"


def test_D08_a_value_of_the_operators_wins_at_the_next_push(hello: Project) -> None:
    good(hello.push(environment={"MODE": 'a "b" $c'}))
    assert hello.told()["os.MODE"] == 'a "b" $c'
    assert hello.inside('python -c \'import json; print(json.load(open("environment.json"))["MODE"])\'') == 'a "b" $c\n'


def test_D16_a_crontab_that_changes(hello: Project) -> None:
    with hello.changed("hellopython/jobs/crontab", to="@daily true\n"):
        good(hello.push())
        assert hello.inside("crontab -l") == "@daily true\n"


def test_D19_services_that_leave_the_file_stay(hello: Project, tmp_path: Path) -> None:
    started = hello.inside("supervisorctl pid app", "api")
    text = (hello.tree / "dotcloud.yml").read_text()
    with hello.changed("dotcloud.yml", to=text[: text.index("jobs:")]):
        run = good(deploy([hello.entry()], tmp_path, HOST, **hello.settings))
    assert list(run.rows[HOST]) == ["dc-again"]
    assert "worker jobs" in hello.inside("tail -n 1 /var/log/supervisor/jobs.log", "jobs")
    assert hello.get(service="api").status == 200
    assert hello.inside("supervisorctl pid app", "api") == started
