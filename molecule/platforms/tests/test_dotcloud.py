# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dotCloud: the checks D1 to D19 on a host, each under its name."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import branches
from tests.support.deploy import Run, deploy, good
from tests.support.remote import shell
from tests.support.web import get

HOST = os.environ.get("PYHOST_TEST_HOST", "pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "dotcloud"
DOMAIN = "dc-hello.example.com"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dotcloud")
    shutil.copytree(TREES, folder / "trees")
    return folder


def hello(work: Path, **more: Any) -> dict[str, Any]:
    return {
        "name": "dc-hello",
        "platform": "dotcloud",
        "source": {"path": str(work / "trees" / "hello")},
        "domains": [DOMAIN],
        "environment": {"FROM_THE_FILE": "no"},
        "health": {"seconds": 1},
        **more,
    }


def again(work: Path, **more: Any) -> Run:
    return deploy([hello(work, **more)], work, HOST, python_aliases={"2.7": "3.13"})


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(again(work))


def other(work: Path, name: str, tree: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "platform": "dotcloud",
        "source": {"path": str(work / "trees" / tree)},
        "domains": [f"{name}.example.com"],
        "health": {"seconds": 1, "timeout": 60},
        **more,
    }


def told(path: str = "/", domain: str = DOMAIN) -> dict[str, str]:
    """What the app says of a request, of its environment and of itself."""
    answer = get(HOST, domain, path)
    assert answer.status == 200, answer
    first, *lines = answer.body.decode().splitlines()
    assert first == "Hello world!"
    return dict(line.partition("=")[::2] for line in lines)


def inside(command: str, app: str = "dc-hello") -> str:
    """What ``command`` of the owner's prints."""
    return shell(HOST, f"/opt/pyhost/tools/bin/pyhost-enter {app} sh -c {shlex.quote(command)}")


def change(work: Path, name: str, text: str) -> None:
    (work / "trees" / "hello" / name).write_text(text)


def test_D01_hello_with_its_environment(deployed: Run) -> None:
    found = told()
    assert found["REQUEST_METHOD"] == "GET"
    assert found["HTTP_HOST"] == DOMAIN
    assert "uwsgi.version" in found


def test_D02_paths_that_apps_hard_code(deployed: Run) -> None:
    assert inside("readlink -f /home/dotcloud/current").strip().endswith("/hellopython")
    assert inside("test -d /home/dotcloud/env/bin && echo yes").strip() == "yes"
    assert inside("ls /home/dotcloud").split() == [
        "code", "current", "data", "env", "environment.json", "environment.yaml", "environment.yml", "volatile",
    ]  # fmt: skip
    postbuild = inside("grep postbuild /home/dotcloud/current/order")
    assert postbuild.split()[-1] == "/home/dotcloud/env"
    assert told()["os.HOME"] == "/home/dotcloud"


def test_D03_static_files_are_those_of_nginx_conf(deployed: Run) -> None:
    assert get(HOST, DOMAIN, "/media/x.css").body == b"body { color: red }\n"
    assert get(HOST, DOMAIN, "/media/none.css").status == 404
    assert told("/static/x")["PATH_INFO"] == "/static/x"


def test_D04_uwsgi_params(deployed: Run) -> None:
    assert told()["ENVIRONMENT"] == "prod"


def test_D05_options_of_uwsgi(deployed: Run) -> None:
    lines = shell(HOST, "ps -eo user:20,args | grep '^dc-hello .*/uwsgi'").splitlines()
    assert len(lines) == 1 + 4
    assert "--buffer-size=8192" in lines[0]
    assert int(told()["ticks"]) > 0  # A thread that began at import runs.
    # The default refuses that.
    assert get(HOST, DOMAIN, "/", headers={"Cookie": f"a={'x' * 6000}"}).status == 200


def test_D07_requirements_of_the_list(deployed: Run) -> None:
    assert "idna" in shell(HOST, "ls /home/dc-hello/venv/lib/python3.13/site-packages").split()


def test_D08_the_environment(deployed: Run) -> None:
    found = told()
    assert (found["os.MODE"], found["os.FROM_THE_FILE"]) == ("production", "no")
    text = inside("cat /home/dotcloud/environment.json")
    values = json.loads(text)
    assert values["MODE"] == "production"
    assert values["FROM_THE_FILE"] == "no"
    assert values["DOTCLOUD_PROJECT"] == "dc-hello"
    assert values["DOTCLOUD_SERVICE_NAME"] == "www"
    assert '    "MODE": "production"' in text
    assert '"MODE": "production"\n' in inside("cat /home/dotcloud/environment.yml")
    assert inside("cat /home/dotcloud/environment.yaml") == inside("cat /home/dotcloud/environment.yml")


def test_D10_hooks_in_their_order_once(deployed: Run) -> None:
    lines = inside("cat /home/dotcloud/current/order").splitlines()
    release = inside("readlink -f /home/dotcloud/current").strip()
    assert lines == [
        f"prebuild {release} production",
        f"postbuild {release} /home/dotcloud/env",
        f"postinstall {release} /home/dotcloud/env production",
        f"current {release}",
    ]


def test_D12_programs_of_the_owners(deployed: Run) -> None:
    status = inside("supervisorctl status")
    assert [line.split()[1] for line in status.splitlines() if line.startswith("tick")] == ["RUNNING", "RUNNING"]
    assert "tick production" in inside("tail -n 1 /var/log/supervisor/tick_00.log")


def test_D12_a_worker_without_web(deployed: Run) -> None:
    assert "worker jobs" in shell(HOST, "tail -n 1 /home/dc-hello-jobs/logs/jobs.log")
    assert shell(HOST, "pgrep -u dc-hello-jobs nginx || true") == ""


def test_D13_a_worker_that_speaks_http(deployed: Run) -> None:
    address = deployed.rows[HOST]["dc-hello-api"]["address"].split("//")[1].strip("/")
    script = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    assert "README" in shell(HOST, f"python3 -c {shlex.quote(script)} http://{address}/")


def test_D14_maintenance(deployed: Run) -> None:
    inside("touch /home/dotcloud/current/maintenance")
    assert get(HOST, DOMAIN, "/").status == 503
    assert get(HOST, DOMAIN, "/media/x.css").status == 200
    inside("rm /home/dotcloud/current/maintenance")
    assert get(HOST, DOMAIN, "/").status == 200


def test_D16_the_crontab_of_postinstall(deployed: Run) -> None:
    assert inside("crontab -l") == (TREES / "hello" / "hellopython" / "jobs" / "crontab").read_text()
    assert "cron RUNNING" in " ".join(inside("supervisorctl status cron").split())


def test_a_second_run_changes_nothing(deployed: Run, work: Path) -> None:
    assert good(again(work)).changed[HOST] == 0


@pytest.mark.soak
def test_D16_the_crontab_runs(deployed: Run) -> None:
    line = "until test -e ~/data/cron; do sleep 1; done; head -n 1 ~/data/cron"
    assert inside(f"timeout 130 sh -c {shlex.quote(line)}") == "production /home/dotcloud\n"


@pytest.mark.soak
def test_D11_data_survives(deployed: Run, work: Path) -> None:
    inside("echo kept > /home/dotcloud/data/kept; echo gone > /home/dotcloud/current/gone")
    before = inside("readlink -f /home/dotcloud/current")
    change(work, "hellopython/media/y.css", "new\n")
    good(again(work))
    assert inside("cat /home/dotcloud/data/kept") == "kept\n"
    assert inside("readlink -f /home/dotcloud/current") != before
    assert inside("ls /home/dotcloud/current/gone 2>&1 || true").endswith("No such file or directory\n")
    assert get(HOST, DOMAIN, "/media/y.css").body == b"new\n"


@pytest.mark.soak
def test_D10_a_postinstall_that_fails(deployed: Run, work: Path) -> None:
    before = inside("readlink -f /home/dotcloud/current")
    inside("touch /home/dotcloud/data/refuse")
    change(work, "hellopython/media/z.css", "never\n")
    run = again(work)
    inside("rm /home/dotcloud/data/refuse")
    assert run.status != 0
    assert "refused by data/refuse" in run.message()
    assert inside("readlink -f /home/dotcloud/current") == before
    assert get(HOST, DOMAIN, "/media/y.css").status == 200
    assert get(HOST, DOMAIN, "/media/z.css").status == 404


@pytest.mark.soak
def test_D10_a_postinstall_that_is_not_executable(deployed: Run, work: Path) -> None:
    (work / "trees" / "hello" / "hellopython" / "postinstall").chmod(0o644)
    run = again(work)
    (work / "trees" / "hello" / "hellopython" / "postinstall").chmod(0o755)
    assert run.status != 0
    assert "hellopython/postinstall: is not executable; chmod +x it" in run.message()
    assert told()["os.MODE"] == "production"


@pytest.mark.soak
def test_D07_a_requirement_that_cannot_be_had(deployed: Run, work: Path) -> None:
    file = work / "trees" / "hello" / "dotcloud.yml"
    text = file.read_text()
    file.write_text(text.replace("[idna]", "[idna==0.0.0.1]"))
    run = again(work)
    file.write_text(text)
    assert run.status != 0
    assert "idna" in run.message()
    assert told()["os.MODE"] == "production"


def test_D06_and_D17_a_wrong_file_touches_nothing(deployed: Run, work: Path) -> None:
    file = work / "trees" / "hello" / "dotcloud.yml"
    text = file.read_text()
    file.write_text(
        text.replace("python_version: v3.13", "python_version: v9", 1).replace("type: python-worker", "type: lolita", 1)
    )
    run = again(work)
    file.write_text(text)
    assert run.status != 0
    assert (
        'dotcloud.yml: Unrecognized python_version "v9"; write for example v2.7 or v3.11 in "dotcloud.yml", line '
        in run.message()
    )
    assert 'dotcloud.yml: Unrecognized service "lolita" in "dotcloud.yml", line ' in run.message()
    assert "nothing was changed" in run.message()
    assert told()["os.MODE"] == "production"


@pytest.mark.soak
def test_D15_rules_that_nginx_refuses(deployed: Run, work: Path) -> None:
    change(work, "hellopython/nginx.conf", "location /media { root /home/dotcloud/current; }\nnonsense on;\n")
    run = again(work)
    change(work, "hellopython/nginx.conf", "location /media { root /home/dotcloud/current; }\n")
    assert run.status != 0
    assert 'unknown directive "nonsense"' in run.message()
    assert get(HOST, DOMAIN, "/media/x.css").status == 200


@pytest.mark.soak
def test_D18_newrelic_of_a_python_that_it_does_not_know(deployed: Run, work: Path) -> None:
    file = work / "trees" / "hello" / "dotcloud.yml"
    text = file.read_text()
    file.write_text(text.replace("python_version: v3.13", "python_version: v3.2\n    enable_newrelic: true", 1))
    run = again(work, environment={"NEW_RELIC_LICENSE_KEY": "fake"})
    file.write_text(text)
    assert run.status != 0
    assert "the New Relic client does not work with Python 3.2" in run.message()
    assert told()["os.MODE"] == "production"


@pytest.mark.soak
def test_D19_a_service_that_leaves_the_file_stays(deployed: Run, work: Path) -> None:
    file = work / "trees" / "hello" / "dotcloud.yml"
    text = file.read_text()
    file.write_text(text[: text.index("api:")])
    run = good(again(work))
    file.write_text(text)
    assert sorted(run.rows[HOST]) == ["dc-hello", "dc-hello-jobs"]
    assert shell(HOST, "systemctl is-active pyhost-dc-hello-api").strip() == "active"


@pytest.mark.soak
def test_D01_the_listing_of_the_documentation(work: Path) -> None:
    branches.build(HOST, "2.7")
    seed = other(work, "dc-seed", "seed")
    settings: dict[str, Any] = {"python_aliases": {"2.6": "2.7"}, "python_paths": [f"{branches.PLACE}/python-*"]}
    good(deploy([seed], work, HOST, **settings))
    found = told(domain="dc-seed.example.com")
    assert found["ENVIRONMENT"] == "prod"
    assert found["PATH_INFO"] == "/"
    assert "uwsgi.version" in found


@pytest.mark.soak
def test_D18_the_agent_of_newrelic_starts(work: Path) -> None:
    good(deploy([other(work, "dc-watched", "newrelic")], work, HOST, python_aliases={"2.6": "3.13"}))
    assert get(HOST, "dc-watched.example.com", "/").body == b"watched\n"
    log = inside("cat /var/log/supervisor/newrelic.log", "dc-watched")
    assert "New Relic Python Agent" in log
