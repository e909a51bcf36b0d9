# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roští: the checks R1 to R12 on a host, each under its name; what an owner types is typed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.remote import shell
from tests.support.web import get

pytestmark = pytest.mark.soak

HOST = os.environ.get("PYHOST_TEST_HOST", "pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "rosti"
PORT = 8000
NEW, SHOP = "ro-new", "ro-shop"

RECREATE_A = """\
supervisorctl stop app
rm -rf /srv/venv
virtualenv /srv/venv
. /srv/venv/bin/activate
pip install -r /srv/app/requirements.txt
supervisorctl start app
"""
"""As the documentation has it; `source` is a dot for every shell."""

RECREATE_B = """\
cd
rm -rf venv
/opt/python/bin/virtualenv venv
. venv/bin/activate
pip install -r app/requirements.txt
supervisorctl restart app
"""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rosti")
    shutil.copytree(TREES, folder / "trees")
    return folder


def new(**more: Any) -> dict[str, Any]:
    """An app that has no code yet; it is reached on port 8000 of the host."""
    return {"name": NEW, "platform": "rosti", "listen": [f"0.0.0.0:{PORT}"], **more}


def shop(work: Path, **more: Any) -> dict[str, Any]:
    """An app with code, in a network of its own: 8000 and 8080 as they were."""
    source = {"path": str(work / "trees" / "hello")}
    return {"name": SHOP, "platform": "rosti", "source": source, "domains": [f"{SHOP}.example.com"], **more}


def typed(app: str, lines: str) -> str:
    """What an owner types in the cell; the first command that fails is an error."""
    return shell(HOST, f'/opt/pyhost/tools/bin/pyhost-enter {app} bash -ec "$(cat)"', lines.encode(), 300)


def own(path: str = "/", headers: dict[str, str] | None = None) -> Any:
    return get(HOST, "new.example.com", path, PORT, headers)


@pytest.fixture(scope="module")
def deployed(work: Path) -> Run:
    return good(deploy([new(), shop(work)], work, HOST))


def test_R01_a_new_app_has_a_page_and_its_programs_run(deployed: Run) -> None:
    answer = own()
    assert answer.status == 200
    assert "Roští.cz" in answer.text
    status = typed(NEW, "supervisorctl status")
    assert [line.split()[:2] for line in status.splitlines()] == [["app", "RUNNING"], ["nginx", "RUNNING"]]


def test_R08_a_login_is_in_srv_with_the_virtualenv(deployed: Run) -> None:
    assert typed(NEW, "pwd; which pip").split() == ["/srv", "/srv/venv/bin/pip"]
    found = typed(NEW, "ls -d /srv/*/ | tr '\\n' ' '")
    for name in ("app", "bin", "conf", "log", "logs", "static", "venv"):
        assert f"/srv/{name}/" in found


def test_R02_code_that_the_owner_brings(deployed: Run) -> None:
    for name in ("app.py", "requirements.txt"):
        text = (TREES / "hello" / name).read_text()
        shell(HOST, f"/opt/pyhost/tools/bin/pyhost-enter {NEW} bash -c 'cat > /srv/app/{name}'", text.encode())
    typed(NEW, "pip install -r /srv/app/requirements.txt && supervisorctl restart app")
    found = own(headers={"X-Real-IP": "192.0.2.1"}).json
    assert (found["host"], found["directory"], found["six"]) == ("new.example.com", "/srv/app", True)
    assert found["real_ip"] not in (None, "127.0.0.1", "192.0.2.1"), "the visitor's own, and nobody's claim"
    inner = get(HOST, f"{SHOP}.example.com").json
    assert inner["host"] == f"{SHOP}.example.com"
    assert inner["real_ip"] == found["real_ip"], "through the front, 8000 and 8080"


def test_R03_the_last_word_of_the_command(deployed: Run) -> None:
    typed(
        NEW,
        "mkdir -p /srv/app/myproj && cp /srv/app/app.py /srv/app/myproj/wsgi.py && touch /srv/app/myproj/__init__.py",
    )
    typed(NEW, "sed -i 's/ app:application$/ myproj.wsgi/' /srv/conf/supervisor.d/python.conf")
    typed(NEW, "supervisorctl reread; supervisorctl update")
    shell(HOST, "sleep 3")
    assert own().json["directory"] == "/srv/app/myproj"


def test_R04_static_files_when_the_lines_are_no_comments_any_more(deployed: Run) -> None:
    typed(NEW, "echo 'body {}' > /srv/static/x.css")
    assert own("/static/x.css").headers["content-type"] == "application/json"
    typed(NEW, "sed -i -E 's/^( *)#(location|    alias|\\})/\\1\\2/' /srv/conf/nginx.d/python.conf")
    typed(NEW, "supervisorctl restart nginx")
    answer = own("/static/x.css")
    assert (answer.status, answer.body) == (200, b"body {}\n")


def test_R07_the_owners_files_survive_and_are_told(deployed: Run, work: Path) -> None:
    run = good(deploy([new(), shop(work)], work, HOST))
    assert own("/static/x.css").body == b"body {}\n"
    assert own().json["directory"] == "/srv/app/myproj"
    told = run.rows[HOST][NEW]["owner"]
    assert {"conf/nginx.d/python.conf", "conf/supervisor.d/python.conf", "app"} <= set(told)
    assert run.rows[HOST][SHOP]["owner"] == [], "what nobody has edited is not told"
    assert run.changed[HOST] == 0


@pytest.mark.parametrize("lines", [RECREATE_A, RECREATE_B], ids=["A", "B"])
def test_R05_the_virtualenv_is_recreated_by_hand(deployed: Run, lines: str) -> None:
    typed(NEW, lines)
    shell(HOST, "sleep 3")
    found = own().json
    assert (found["prefix"], found["six"]) == ("/srv/venv", True)
    assert typed(NEW, "test -L /srv/venv || echo own").strip() == "own"


def test_R05_pyvenv_upgrades_it(deployed: Run) -> None:
    typed(NEW, "/opt/python/bin/pyvenv --upgrade ~/venv && supervisorctl restart app")
    shell(HOST, "sleep 3")
    assert own().json["prefix"] == "/srv/venv"


def test_R05_the_deploy_changes_the_image_without_stopping(deployed: Run, work: Path) -> None:
    apps = [new(python="3.11"), shop(work, python="3.11")]
    with load(HOST, f"{SHOP}.example.com", what="another image") as seen:
        run = good(deploy(apps, work, HOST))
    assert seen.failed == {}
    for app in (NEW, SHOP):
        assert typed(
            app, "/srv/venv/bin/python -V; /srv/bin/primary_tech/python -V; /opt/python/bin/python -V"
        ).split()[1::2] == list(typed(app, "/srv/venv/bin/python -V").split()[1:] * 3)
        assert typed(app, "/srv/venv/bin/python -V").startswith("Python 3.11")
        assert "gunicorn" in typed(app, "pip list")
    assert get(HOST, f"{SHOP}.example.com").json["six"]
    assert own().json["six"], "what the owner's own requirements say is there again"
    assert any("venv.own-1" in text for text in run.rows[HOST][NEW]["did"])
    assert good(deploy(apps, work, HOST)).changed[HOST] == 0


def test_R06_a_broken_requirement_changes_nothing(deployed: Run, work: Path) -> None:
    path = work / "trees" / "hello" / "requirements.txt"
    before = get(HOST, f"{SHOP}.example.com").json["pid"]
    try:
        path.write_text("six==0.0.0.999\n")
        run = deploy([new(), shop(work)], work, HOST)
    finally:
        path.write_text("six\n")
    assert run.status != 0
    assert "six" in run.output
    assert get(HOST, f"{SHOP}.example.com").json["pid"] == before


def test_R09_a_killed_app_comes_back(deployed: Run) -> None:
    before = typed(NEW, "supervisorctl pid app").strip()
    shell(HOST, f"kill -9 {before}; sleep 3")
    assert typed(NEW, "supervisorctl pid app").strip() not in ("", "0", before)
    assert own().status == 200


@pytest.mark.parametrize("port", [8080, 8000])
def test_R10_a_server_of_the_owners_own(work: Path, port: int) -> None:
    name = f"ro-own{port}"
    entry = shop(work, name=name, domains=[f"{name}.example.com"], command=f"python serve.py {port}", port=port)
    good(deploy([new(), shop(work), entry], work, HOST))
    assert get(HOST, f"{name}.example.com").text == "own server\n"
    listening = shell(HOST, f"ip netns exec pyhost-{name} ss -Hltnp 'sport = :8000'")
    assert ("nginx" in listening) == (port == 8080)


def test_R11_a_program_of_the_owners(deployed: Run) -> None:
    typed(NEW, "printf '[program:queue]\\ncommand=sleep 1000\\n' > /srv/conf/supervisor.d/queue.conf")
    typed(NEW, "supervisorctl reread; supervisorctl update")
    assert "queue" in typed(NEW, "supervisorctl status queue; true")


def test_R12_the_logs_have_both_names(deployed: Run) -> None:
    assert typed(NEW, "cat /srv/log/app.log | head -c 1; cat /srv/logs/app.log | head -c 1")
