# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AppFog: the checks A3 to A13 that need a deploy of their own."""

from __future__ import annotations

import json
import shutil
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from molecule.installers.tests import wheels
from molecule.platforms.tests import bundles
from molecule.platforms.tests.fog import HOST, copied, entry, hello, told
from tests.support.deploy import Run, deploy, good, playbook
from tests.support.remote import program, shell
from tests.support.web import get

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory)


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(deploy([hello(work)], work, HOST))


def test_A11_what_an_app_wrote_is_gone_after_a_restart_and_an_update(deployed: Run, work: Path) -> None:
    assert "written" in told("/write")["files"]
    assert "written" in told()["files"]
    shell(HOST, "systemctl restart pyhost-af-hello")
    end = time.monotonic() + 60
    while get(HOST, "af-hello.example.com").status != 200 and time.monotonic() < end:
        time.sleep(0.3)
    assert "written" not in told()["files"]
    told("/write")
    (work / "trees" / "hello" / "new.txt").write_text("new")
    good(deploy([hello(work)], work, HOST))
    files = told()["files"]
    assert "new.txt" in files
    assert "written" not in files


def test_A03_django_without_a_wsgi_file_has_its_tables(deployed: Run, work: Path) -> None:
    app = entry(work, "af-django", "django", domains=["af-django.example.com"])
    good(deploy([app], work, HOST))
    assert get(HOST, "af-django.example.com").body.startswith(b"bowls: ")
    log = shell(HOST, "cat /home/af-django/logs/startup.log")
    assert "shop" in log
    (work / "trees" / "django" / "new.txt").write_text("new")
    good(deploy([app], work, HOST))
    assert get(HOST, "af-django.example.com").status == 200
    assert len(shell(HOST, "cat /home/af-django/logs/startup.log")) > len(log)


NO_INDEX = "http://127.0.0.1:9/simple"


def packages(name: str) -> dict[str, str]:
    listed = shell(HOST, f"/opt/pyhost/tools/bin/pyhost-enter {name} python -m pip list --format=json")
    return {one["name"]: one["version"] for one in json.loads(listed.splitlines()[0])}


MANY = 120
"""Requirements of one app, which was more than the platform took."""


def test_A12_a_bundle_and_wheels_are_installed_without_an_index(deployed: Run, work: Path) -> None:
    old, new = work / "trees" / "bundled", work / "trees" / "wheels"
    shutil.copytree(old, new)
    (old / "app.pybundle").write_bytes(bundles.bundle(work / "sdists"))
    (new / "wheels").mkdir()
    many = [f"dish{number}" for number in range(MANY)]
    made = [
        wheels.wheel("soup", "1.2", "broth"),
        wheels.wheel("broth", "0.5"),
        *(wheels.wheel(one, "1.0") for one in many),
    ]
    for name, content in made:
        (new / "wheels" / name).write_bytes(content)
    (new / "requirements.txt").write_text("\n".join(["soup==1.2", *many]))
    (new / "wsgi.py").write_text((new / "wsgi.py").read_text().replace("soup.TASTE", "soup.VERSION"))
    bundles.download(new / "wheels", "--only-binary", ":all:", "gunicorn", "packaging")
    apps = [
        entry(work, f"af-{name}", tree, domains=[f"af-{name}.example.com"], pip_index_url=NO_INDEX)
        for name, tree in {"bundled": "bundled", "wheels": "wheels"}.items()
    ]
    good(deploy(apps, work, HOST))
    assert get(HOST, "af-bundled.example.com").text == "of kombu"
    assert get(HOST, "af-wheels.example.com").text == "1.2"
    assert shell(HOST, "ls -d /home/af-wheels/venv/lib/python3.13/site-packages/dish*.dist-info").count("\n") == MANY
    assert packages("af-bundled").items() >= {"soup": "1.2", "broth": "0.5", "gunicorn": "20.1.0"}.items()
    assert good(deploy(apps, work, HOST)).changed[HOST] == 0

    (old / "app.pybundle").write_bytes(b"this is none")
    failed = deploy(apps, work, HOST)
    assert failed.status != 0
    assert "app.pybundle is no bundle of pip" in failed.output
    assert get(HOST, "af-bundled.example.com").text == "of kombu", "the old version serves"


APPS = ("af-web", "af-api", "af-jobs")


def begun(name: str) -> str:
    """When the last rollout of an app ended."""
    return str(json.loads(shell(HOST, f"tail -1 /home/{name}/run/history.jsonl"))["time"])


def test_A13_several_apps_start_in_their_order(work: Path) -> None:
    run = good(deploy([entry(work, "af", "many")], work, HOST))
    assert set(run.rows[HOST]) == set(APPS)
    assert begun("af-jobs") <= begun("af-api") <= begun("af-web")
    api = json.loads(get(HOST, "af-api.example.com").body)
    assert api["VMC_APP_NAME"] == "af-api"
    assert json.loads(told("/", "af-web.example.com")["environment"]["VCAP_APPLICATION"])["name"] == "af-web"
    assert "af-jobs in" in shell(HOST, "cat /home/af-jobs/logs/work.log")


def test_A13_several_apps_of_an_archive(work: Path) -> None:
    tree = work / "trees" / "many"
    (tree / "web" / "new.txt").write_text("of the archive")
    with tarfile.open(work / "many.tar.gz", "w:gz") as out:
        out.add(tree, "many-1.0")
    app = {**entry(work, "af", "many"), "source": {"archive": str(work / "many.tar.gz")}}
    assert set(good(deploy([app], work, HOST)).rows[HOST]) == set(APPS)
    assert "new.txt" in told("/", "af-web.example.com")["files"]


GIT = "git://127.0.0.1:9443/many.git"
SERVED = "/var/lib/served-fog"


@pytest.fixture(scope="module")
def repository(work: Path) -> Iterator[str]:
    """The tree of several apps, in a repository that the host serves to itself."""
    packed = work / "git.tar"
    with tarfile.open(packed, "w") as out:
        out.add(work / "trees" / "many", "many.git")
    author = "-c user.name=cook -c user.email=cook@example.com"
    install = "command -v git > /dev/null || { apt-get -qq update; apt-get -qq install --no-install-recommends git; }"
    shell(
        HOST,
        f"{{ {install} ; }} > /dev/null 2>&1; mkdir -p {SERVED}; tar -C {SERVED} --no-same-owner -xf -",
        packed.read_bytes(),
    )
    shell(HOST, f"cd {SERVED}/many.git; git init -q --initial-branch=main; git add .; git {author} commit -q -m first")
    words = f"--reuseaddr --export-all --base-path={SERVED} --listen=127.0.0.1 --port=9443 {SERVED}"
    with program(HOST, "served-fog", f"--setenv=HOME=/root git daemon {words}", 9443):
        yield GIT
    shell(HOST, f"rm -rf {SERVED}")


def test_A13_a_manifest_of_a_repository_is_not_passed_over(repository: str, work: Path) -> None:
    source = {"git": repository, "version": "main"}
    refused = deploy([{**entry(work, "af-git", "many"), "source": source}], work, HOST)
    assert refused.status != 0
    several = "af-git: service: missing; manifest.yml has several applications, so write one of: jobs, api, web"
    assert several in refused.output
    apps = [
        {**entry(work, "af-git-web", "many", service="web", approot="web"), "source": source},
        {**entry(work, "af-git-api", "many", service="api", approot="api"), "source": source},
    ]
    refused = deploy(apps, work, HOST)
    assert "af-git-web: domains: is read from manifest.yml where the source is on the controller" in refused.output
    assert 'for this one write command: "python serve.py"' in refused.output
    apps[0].update(domains=["af-git-web.example.com"], workers=2)
    apps[1].update(domains=["af-git-api.example.com"], command="python serve.py")
    good(deploy(apps, work, HOST))
    assert "wsgi.py" in told("/", "af-git-web.example.com")["files"]
    assert json.loads(get(HOST, "af-git-api.example.com").body)["VMC_APP_NAME"] == "af-git-api"


SERVICES = [{"name": "shop-db", "type": "mariadb"}, {"name": "log-db", "type": "mariadb"}]


def databases(name: str) -> dict[str, set[str]]:
    """The databases that an app is bound to, and the apps that wrote into each; every question writes a row."""
    found = told("/", f"af-shop-{name}.example.com")["databases"]
    return {service: set(rows) for service, rows in found.items()}


def test_A06_A07_apps_of_a_manifest_share_a_database_and_one_has_two_under_one_label(work: Path) -> None:
    good(deploy([entry(work, "af-shop", "bound")], work, HOST, services=SERVICES))
    both = {"af-shop-jobs", "af-shop-web"}
    assert databases("jobs") == {"shop-db": both}
    assert databases("web") == {"shop-db": both, "log-db": {"af-shop-web"}}
    environment = told("/", "af-shop-web.example.com")["environment"]
    found = json.loads(environment["VCAP_SERVICES"])["mysql-5.1"]
    assert [one["name"] for one in found] == ["shop-db", "log-db"]
    for one in found:
        credentials = one["credentials"]
        assert credentials["host"] == credentials["hostname"]
        assert credentials["user"] == credentials["username"]
        assert isinstance(credentials["port"], int)
    legacy = json.loads(environment["VMC_SERVICES"])
    assert [(one["vendor"], one["version"]) for one in legacy] == [("mysql", "5.1")] * 2
    assert environment["VMC_MYSQL"] == f"{found[0]['credentials']['host']}:{found[0]['credentials']['port']}"
    assert good(deploy([entry(work, "af-shop", "bound")], work, HOST, services=SERVICES)).changed[HOST] == 0


def test_the_runtimes_are_listed(deployed: Run, work: Path) -> None:
    table = good(playbook("runtimes", {}, work, HOST)).output
    assert all(word in table for word in ("name", "description", "version"))
    (row,) = [line for line in table.splitlines() if "af-hello" in line]
    assert row.split()[1] == "3.13"
