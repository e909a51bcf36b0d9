# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dotCloud: the checks D1 to D19 on a host, each under its name. What takes more than one push is in further files."""

from __future__ import annotations

import json

import pytest

from molecule.platforms.tests.dotcloud import HOST, TREES, Project
from tests.support.deploy import Run, good
from tests.support.remote import shell


@pytest.fixture(scope="module")
def hello(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("dotcloud")
    return Project(folder, "dc-hello", "hello", ["api"], environment={"FROM_THE_FILE": "no"})


@pytest.fixture(scope="module")
def pushed(hello: Project) -> Run:
    return good(hello.push())


def test_D01_hello_with_its_environment(hello: Project, pushed: Run) -> None:
    found = hello.told()
    assert found["REQUEST_METHOD"] == "GET"
    assert found["HTTP_HOST"] == hello.domain
    assert "uwsgi.version" in found


def test_D02_paths_that_apps_hard_code(hello: Project, pushed: Run) -> None:
    assert hello.inside("readlink -f /home/dotcloud/current").strip().endswith("/hellopython")
    assert hello.inside("test -d /home/dotcloud/env/bin && echo yes").strip() == "yes"
    assert hello.inside("ls /home/dotcloud").split() == [
        "code", "current", "data", "env", "environment.json", "environment.yaml", "environment.yml", "volatile",
    ]  # fmt: skip
    postbuild = hello.inside("grep postbuild /home/dotcloud/current/order")
    assert postbuild.split()[-1] == "/home/dotcloud/env"
    assert hello.told()["os.HOME"] == "/home/dotcloud"


def test_D03_static_files_are_those_of_nginx_conf(hello: Project, pushed: Run) -> None:
    assert hello.get("/media/x.css").body == b"body { color: red }\n"
    assert hello.get("/media/none.css").status == 404
    assert hello.told("/static/x")["PATH_INFO"] == "/static/x"


def test_D04_uwsgi_params(hello: Project, pushed: Run) -> None:
    assert hello.told()["ENVIRONMENT"] == "prod"


def test_D05_options_of_uwsgi(hello: Project, pushed: Run) -> None:
    lines = shell(HOST, "ps -eo user:20,args | grep '^dc-hello .*/uwsgi'").splitlines()
    assert len(lines) == 1 + 4
    assert int(hello.told()["ticks"]) > 0  # A thread that began at import runs.
    # The default refuses that.
    assert hello.get(headers={"Cookie": f"a={'x' * 6000}"}).status == 200


def test_D06_the_branch_of_the_file(hello: Project, pushed: Run) -> None:
    assert hello.inside("python -c 'import sys; print(sys.version_info[:2])'").strip() == "(3, 13)"


def test_D07_requirements_of_the_list(hello: Project, pushed: Run) -> None:
    assert hello.inside("python -c 'import idna; print(idna.__file__)'").startswith("/home/dotcloud/env/")


def test_D08_the_environment(hello: Project, pushed: Run) -> None:
    found = hello.told()
    assert (found["os.MODE"], found["os.FROM_THE_FILE"]) == ("production", "no")
    text = hello.inside("cat /home/dotcloud/environment.json")
    values = json.loads(text)
    assert values["MODE"] == "production"
    assert values["FROM_THE_FILE"] == "no"
    assert values["DOTCLOUD_PROJECT"] == "dc-hello"
    assert values["DOTCLOUD_SERVICE_NAME"] == "www"
    assert '    "MODE": "production"' in text
    assert '"MODE": "production"\n' in hello.inside("cat /home/dotcloud/environment.yml")
    assert hello.inside("cat /home/dotcloud/environment.yaml") == hello.inside("cat /home/dotcloud/environment.yml")


def test_D10_hooks_in_their_order_once(hello: Project, pushed: Run) -> None:
    lines = hello.inside("cat /home/dotcloud/current/order").splitlines()
    release = hello.inside("readlink -f /home/dotcloud/current").strip()
    assert lines == [
        f"prebuild {release} production",
        f"postbuild {release} /home/dotcloud/env",
        f"postinstall {release} /home/dotcloud/env production",
        f"current {release}",
    ]


def test_D11_data_is_there_for_hooks(hello: Project, pushed: Run) -> None:
    assert hello.inside("tail -n 1 ~/data/deploys") == hello.inside("readlink -f ~/current")


def test_D12_programs_of_the_owners(hello: Project, pushed: Run) -> None:
    status = hello.inside("supervisorctl status")
    assert [line.split()[1] for line in status.splitlines() if line.startswith("tick")] == ["RUNNING", "RUNNING"]
    assert hello.inside("head -n 1 /var/log/supervisor/tick_00.log") == "tick 0 production\n"
    assert hello.inside("head -n 1 /var/log/supervisor/tick_01.log") == "tick 1 production\n"
    assert (
        hello.inside("supervisorctl restart tick:tick_01 && supervisorctl status tick:tick_01").split()[-5] == "RUNNING"
    )


def test_D12_a_worker_without_web(hello: Project, pushed: Run) -> None:
    assert "worker jobs" in hello.inside("tail -n 1 /var/log/supervisor/jobs.log", "jobs")
    assert shell(HOST, "pgrep -u dc-hello-jobs nginx || true") == ""


def test_D13_a_worker_that_speaks_http(hello: Project, pushed: Run) -> None:
    assert "README" in hello.get(service="api").text


def test_D14_maintenance(hello: Project, pushed: Run) -> None:
    hello.inside("touch /home/dotcloud/current/maintenance")
    assert hello.get().status == 503
    assert hello.get("/media/x.css").status == 200
    hello.inside("rm /home/dotcloud/current/maintenance")
    assert hello.get().status == 200


def test_D16_the_crontab_of_postinstall(hello: Project, pushed: Run) -> None:
    assert hello.inside("crontab -l") == (TREES / "hello" / "hellopython" / "jobs" / "crontab").read_text()
    assert "cron RUNNING" in " ".join(hello.inside("supervisorctl status cron").split())


def test_a_second_run_changes_nothing(hello: Project, pushed: Run) -> None:
    assert good(hello.push()).changed[HOST] == 0


def test_D17_a_wrong_file_touches_nothing(hello: Project, pushed: Run) -> None:
    wrong = (("python_version: v3.13", "python_version: v9"), ("type: python-worker", "type: lolita"))
    with hello.changed("dotcloud.yml", *wrong):
        run = hello.push()
    assert run.status != 0
    python = 'Unrecognized python_version "v9"; write for example v2.7 or v3.11 in "dotcloud.yml", line 10, column 21'
    assert f"dc-hello: dotcloud.yml: {python}" in run.message()
    assert 'dc-hello: dotcloud.yml: Unrecognized service "lolita" in "dotcloud.yml", line 15, column 9' in run.message()
    assert "nothing was changed" in run.message()
    assert hello.told()["os.MODE"] == "production"


@pytest.mark.soak
def test_D16_the_crontab_runs(hello: Project, pushed: Run) -> None:
    hello.eventually("test -s ~/data/cron", seconds=130)
    assert hello.inside("head -n 1 ~/data/cron") == "production /home/dotcloud\n"
