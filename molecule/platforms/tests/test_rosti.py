# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roští: the checks R1 to R12 on a host, each under its name; what an owner types is typed, over ssh."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, deploy, good
from tests.support.faults import cut_power
from tests.support.load import load
from tests.support.login import Login
from tests.support.patience import until
from tests.support.remote import shell
from tests.support.web import Answer, get, status

HOST = place.host("pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "rosti"
PORT = 8000
NEW, SHOP = "ro-new", "ro-shop"
NAMES = (NEW, SHOP, "ro-django", "ro-own8080", "ro-own8000", "ro-extra")

RECREATE_A = """\
supervisorctl stop app
rm -rf /srv/venv
virtualenv /srv/venv
source /srv/venv/bin/activate
pip install -r /srv/app/requirements.txt
supervisorctl start app
"""
RECREATE_B = """\
cd
rm -rf venv
/opt/python/bin/virtualenv venv
source venv/bin/activate
pip install -r app/requirements.txt
supervisorctl restart app
"""
RECREATE_PYVENV = """\
cd
rm -rf venv
/opt/python/bin/pyvenv venv
source venv/bin/activate
pip install -r app/requirements.txt
"""
UPGRADE_PYVENV = "/opt/python/bin/pyvenv --upgrade ~/venv\n"
FREEZE = "pip freeze > ~/app/requirements.txt\n"
"""As the documentation has them."""

RESTART = "supervisorctl restart app\n"


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rosti")
    shutil.copytree(TREES, folder / "trees")
    return folder


@pytest.fixture(scope="module")
def owner(work: Path) -> Login:
    return Login(work, "owner", HOST, NEW)


@pytest.fixture
def new(owner: Login) -> dict[str, Any]:
    """An app that has no code yet; it is reached on port 8000 of the host."""
    return {"name": NEW, "platform": "rosti", "listen": [f"0.0.0.0:{PORT}"], "ssh_keys": [owner.public]}


@pytest.fixture
def shop(work: Path, owner: Login) -> dict[str, Any]:
    """An app with code, in a network of its own: 8000 and 8080 as they were."""
    return brought(work, SHOP, "hello", ssh_keys=[owner.public])


def brought(work: Path, name: str, tree: str, **more: Any) -> dict[str, Any]:
    source = {"path": str(work / "trees" / tree)}
    return {"name": name, "platform": "rosti", "source": source, "domains": [f"{name}.example.com"], **more}


@pytest.fixture(scope="module")
def deployed(work: Path, owner: Login) -> Iterator[Run]:
    """Both; at the end none of them has a port of the host any more."""
    first = {"name": NEW, "platform": "rosti", "listen": [f"0.0.0.0:{PORT}"], "ssh_keys": [owner.public]}
    yield good(deploy([first, brought(work, SHOP, "hello", ssh_keys=[owner.public])], work, HOST))
    good(deploy([{"name": name, "state": "absent", "purge": True} for name in NAMES], work, HOST))


def typed(owner: Login, lines: str, app: str = NEW) -> str:
    """What the owner's shell says of ``lines``, which are typed after a login; the first that fails is an error."""
    done = owner.run("", "-T", user=app, typed=f"set -e\n{lines}", seconds=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def own(path: str = "/", headers: dict[str, str] | None = None, port: int = PORT) -> Answer:
    return get(HOST, "new.example.com", path, port, headers)


def served() -> Any:
    """What the owner's app says of itself, once it answers."""
    until(lambda: status(HOST, "new.example.com", port=PORT) == 200, "an answer of the owner's app")
    return own().json


def programs(owner: Login, app: str = NEW) -> list[list[str]]:
    return [line.split()[:2] for line in typed(owner, "supervisorctl status || true\n", app).splitlines()]


def write(owner: Login, path: str, text: str, app: str = NEW) -> None:
    typed(owner, f"printf %s {shlex.quote(text)} > {path}\n", app)


def test_R01_a_new_app_has_a_page_and_its_programs_run(deployed: Run, owner: Login) -> None:
    answer = own()
    assert answer.status == 200
    assert "Roští.cz" in answer.text
    assert programs(owner) == [["app", "RUNNING"], ["cron", "RUNNING"], ["nginx", "RUNNING"]]


def test_R08_a_login_is_in_srv_with_the_virtualenv(deployed: Run, owner: Login) -> None:
    assert typed(owner, "pwd; which pip; which virtualenv; echo $VIRTUAL_ENV\n").split() == [
        "/srv",
        "/srv/venv/bin/pip",
        "/srv/bin/primary_tech/virtualenv",
        "/srv/venv",
    ]
    found = typed(owner, "ls -d /srv/*/\n").split()
    assert {f"/srv/{name}/" for name in ("app", "bin", "conf", "data", "log", "logs", "static", "venv")} <= set(found)


def test_R02_code_that_the_owner_brings(deployed: Run, owner: Login) -> None:
    for name in ("app.py", "requirements.txt"):
        write(owner, f"/srv/app/{name}", (TREES / "hello" / name).read_text())
    typed(owner, f"pip install -r /srv/app/requirements.txt\n{RESTART}")
    served()
    found = own(headers={"X-Real-IP": "192.0.2.1"}).json
    assert (found["host"], found["directory"], found["six"]) == ("new.example.com", "/srv/app", True)
    assert found["real_ip"] not in (None, "127.0.0.1", "192.0.2.1"), "the visitor's own, and nobody's claim"
    inner = get(HOST, f"{SHOP}.example.com").json
    assert inner["host"] == f"{SHOP}.example.com"
    assert inner["real_ip"] == found["real_ip"], "through the front, 8000 and 8080"


def test_R04_static_files_when_the_lines_are_no_comments_any_more(deployed: Run, owner: Login) -> None:
    typed(owner, "echo 'body {}' > /srv/static/x.css\n")
    assert own("/static/x.css").headers["content-type"] == "application/json"
    typed(owner, "sed -i -E 's/^( *)#(location|    alias|\\})/\\1\\2/' /srv/conf/nginx.d/python.conf\n")
    typed(owner, "supervisorctl restart nginx\n")
    until(lambda: status(HOST, "new.example.com", "/static/x.css", PORT) == 200, "nginx")
    answer = own("/static/x.css")
    assert answer.body == b"body {}\n"
    assert "text/css" in answer.headers["content-type"]


def test_R04_one_slash_without_the_other_is_refused(
    deployed: Run, new: dict[str, Any], shop: dict[str, Any], work: Path, owner: Login
) -> None:
    """In the entry before anything is touched; in the owner's own text by the next deploy."""
    wrong = {**shop, "locations": [{"location": "/static/", "alias": "static"}]}
    run = deploy([new, wrong], work, HOST)
    assert (run.status != 0, run.changed.get(HOST, 0)) == (True, 0)
    assert "/static/" in run.output
    assert "locations[0].alias" in run.output
    file = "/srv/conf/nginx.d/python.conf"
    typed(owner, f"cp {file} /srv/data/python.conf; sed -i s,/srv/static/,/srv/static, {file}\n")
    run = deploy([{**new, "environment": {"ANOTHER": "value"}}, shop], work, HOST)
    assert run.status != 0
    assert "conf/nginx.d/python.conf:" in run.output
    assert "write alias /srv/static/" in " ".join(run.output.split())
    typed(owner, f"mv /srv/data/python.conf {file}\n")
    assert own("/static/x.css").body == b"body {}\n"


def test_R12_the_logs_have_both_names(deployed: Run, owner: Login) -> None:
    assert typed(owner, "test /srv/log/app.log -ef /srv/logs/app.log && wc -c < /srv/logs/app.log\n").strip() != "0"


@pytest.mark.soak
def test_R03_the_last_word_of_the_command(deployed: Run, new: dict[str, Any], work: Path, owner: Login) -> None:
    """Django, as the documentation of the platform has it begun."""
    django = {**new, "name": "ro-django", "listen": ["0.0.0.0:8001"]}
    good(deploy([new, django], work, HOST))
    typed(
        owner,
        """\
pip install django
rm app/app.py
django-admin startproject myproj app
sed -i "s/^ALLOWED_HOSTS.*/ALLOWED_HOSTS = ['*']/" app/myproj/settings.py
sed -i 's/ app:application$/ myproj.wsgi/' conf/supervisor.d/python.conf
supervisorctl reread
supervisorctl update
""",
        "ro-django",
    )
    until(lambda: status(HOST, "new.example.com", "/admin/login/", 8001) == 200, "Django")
    assert "The install worked successfully" in own(port=8001).text


@pytest.mark.soak
def test_R07_the_owners_files_survive_and_are_told(
    deployed: Run, new: dict[str, Any], shop: dict[str, Any], work: Path, owner: Login
) -> None:
    typed(owner, "sed -i 's/gunicorn --access/gunicorn --threads 2 --access/' conf/supervisor.d/python.conf\n")
    write(owner, "/srv/.bashrc", "export MINE=yes\n")
    typed(owner, "echo '0 4 * * * true' | crontab -; supervisorctl reread; supervisorctl update\n")
    files = ".bashrc conf/nginx.d/python.conf conf/supervisor.d/python.conf app/app.py data/.crontab"
    before = typed(owner, f"sha256sum {files}\n")
    run = good(deploy([new, {**shop, "environment": {"A": "value"}}], work, HOST))
    told = run.rows[HOST][NEW]["owner"]
    assert {"conf/nginx.d/python.conf", "conf/supervisor.d/python.conf", "app"} <= set(told)
    assert run.rows[HOST][SHOP]["owner"] == [], "what nobody has edited is not told"
    good(deploy([{**new, "environment": {"A": "value"}}, shop], work, HOST))
    assert typed(owner, f"sha256sum {files}\n") == before
    assert own("/static/x.css").body == b"body {}\n"
    assert "--threads 2" in shell(HOST, f"ps -u {NEW} -o args=")
    assert owner.run("", "-tt", user=NEW, typed="echo mine is $MINE\nexit\n").stdout.count("mine is yes") == 1
    good(deploy([new, shop], work, HOST))
    assert good(deploy([new, shop], work, HOST)).changed[HOST] == 0


@pytest.mark.soak
@pytest.mark.parametrize("app", [NEW, SHOP])
@pytest.mark.parametrize(
    "lines",
    [RECREATE_A, RECREATE_B, RECREATE_PYVENV + RESTART, UPGRADE_PYVENV + RESTART],
    ids=["A", "B", "pyvenv", "upgrade"],
)
def test_R05_the_virtualenv_is_recreated_by_hand(deployed: Run, owner: Login, app: str, lines: str) -> None:
    typed(owner, lines, app)
    where = ("new.example.com", "/", PORT) if app == NEW else (f"{SHOP}.example.com", "/", 80)
    until(lambda: status(HOST, *where) == 200, "an answer")
    found = get(HOST, *where).json
    assert (found["prefix"], found["six"]) == ("/srv/venv", True)
    assert typed(owner, "test -L /srv/venv || echo own\n", app).strip() == "own"
    assert typed(owner, "python -c 'import six, sys; print(sys.prefix)'\n", app).strip() == "/srv/venv"


@pytest.mark.soak
def test_R05_the_deploy_changes_the_image_without_stopping(
    deployed: Run, new: dict[str, Any], shop: dict[str, Any], work: Path, owner: Login
) -> None:
    apps = [{**new, "python": "3.11"}, {**shop, "python": "3.11"}]
    typed(owner, "pip uninstall -y gunicorn\n" + FREEZE)  # gunicorn is always there, whatever requirements say
    with ExitStack() as stack:
        seen = [
            stack.enter_context(load(HOST, f"{SHOP}.example.com", what="another image")),
            stack.enter_context(load(HOST, "new.example.com", port=PORT, what="another image, the owner's own code")),
        ]
        run = good(deploy(apps, work, HOST))
    assert [one.failed for one in seen] == [{}, {}]
    assert min(one.requests for one in seen) > 100
    for app in (NEW, SHOP):
        programs_of_it = "for one in /srv/venv/bin /srv/bin/primary_tech /opt/python/bin; do $one/python -V; done\n"
        versions = typed(owner, programs_of_it, app).splitlines()
        assert len(versions) == 3
        assert set(versions) == {versions[0]}
        assert versions[0].startswith("Python 3.11.")
        assert {"gunicorn", "six"} <= set(typed(owner, "pip list\n", app).split())
        assert any("venv.own-1" in text for text in run.rows[HOST][app]["did"])
        assert programs(owner, app) == [["app", "RUNNING"], ["cron", "RUNNING"], ["nginx", "RUNNING"]]
    assert [served()[key] for key in ("version", "six")] == ["3.11", True]
    assert [get(HOST, f"{SHOP}.example.com").json[key] for key in ("version", "six")] == ["3.11", True]
    assert good(deploy(apps, work, HOST)).changed[HOST] == 0
    assert "fits the image already" in typed(owner, UPGRADE_PYVENV)


@pytest.mark.soak
def test_R06_a_broken_requirement_leaves_no_half_virtualenv(
    deployed: Run, new: dict[str, Any], shop: dict[str, Any], work: Path, owner: Login
) -> None:
    """Of an app whose code the deploy brings, and of one whose owner has it."""
    before = get(HOST, f"{SHOP}.example.com").json["pid"], served()["pid"]
    links = shell(HOST, f"readlink -f /home/{NEW}/venv /home/{SHOP}/venv")
    path = work / "trees" / "hello" / "requirements.txt"
    kept = typed(owner, "cat app/requirements.txt\n")
    try:
        path.write_text("six==0.0.0.999\n")
        write(owner, "/srv/app/requirements.txt", "six==0.0.0.998\n")
        run = deploy([{**new, "python": "3.13"}, {**shop, "python": "3.13"}], work, HOST)
    finally:
        path.write_text("six\n")
        write(owner, "/srv/app/requirements.txt", kept)
    assert run.status != 0
    assert "0.0.0.999" in run.output
    assert "0.0.0.998" in run.output
    assert (get(HOST, f"{SHOP}.example.com").json["pid"], served()["pid"]) == before
    assert shell(HOST, f"readlink -f /home/{NEW}/venv /home/{SHOP}/venv") == links
    for app in (NEW, SHOP):
        assert typed(owner, "/srv/venv/bin/python -c 'import six; print(six.__name__)'\n", app) == "six\n"
    good(deploy([new, shop], work, HOST))
    assert good(deploy([new, shop], work, HOST)).changed[HOST] == 0
    assert [served()[key] for key in ("version", "six")] == ["3.13", True], "the same virtualenv, this time to its end"
    unfinished = "for one in /home/ro-*/virtualenvs/*/; do test -e $one/.pyhost.json || echo $one; done"
    assert shell(HOST, unfinished) == ""


@pytest.mark.soak
def test_R09_a_killed_app_comes_back(deployed: Run, owner: Login) -> None:
    before = typed(owner, "supervisorctl pid app\n").strip()
    typed(owner, f"kill -9 {before}\n")
    until(lambda: typed(owner, "supervisorctl pid app\n").strip() not in ("", "0", before), "a new process")
    assert served()["directory"] == "/srv/app"


@pytest.mark.soak
def test_R09_logs_end_at_five_times_two_megabytes(deployed: Run, owner: Login) -> None:
    served()
    most, read = 2 << 20, 1 << 17  # Supervisor looks at the size after what it has read at once.
    parts = [f"app.log.{number}" for number in range(1, 6)]

    def turned() -> bool:
        """A part that was begun before supervisord knew the limit may be larger; it goes like the others."""
        assert [own("/noise").status for _ in range(4)] == [200] * 4
        lines = typed(owner, "cd logs; stat -c '%n %s' app.log*\n").splitlines()
        sizes = {name: int(size) for name, _space, size in (line.partition(" ") for line in lines)}
        assert set(sizes) <= {"app.log", *parts}
        return all(most <= sizes.get(name, 0) < most + read for name in parts) and sizes["app.log"] < most + read

    until(turned, "five parts of 2 MB")


@pytest.mark.soak
@pytest.mark.parametrize("port", [8080, 8000])
def test_R10_a_server_of_the_owners_own(deployed: Run, work: Path, owner: Login, port: int) -> None:
    name = f"ro-own{port}"
    entry = brought(work, name, "hello", command=f"python serve.py {port}", port=port, ssh_keys=[owner.public])
    good(deploy([entry], work, HOST))
    assert get(HOST, f"{name}.example.com").text == "own server\n"
    ask = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8000').headers['Server'])"
    server = typed(owner, f'python -c "{ask}"\n', name)
    assert server.startswith("nginx" if port == 8080 else "BaseHTTP")
    assert good(deploy([entry], work, HOST)).changed[HOST] == 0


@pytest.mark.soak
def test_R11_a_program_of_the_owners(deployed: Run, owner: Login) -> None:
    write(owner, "/srv/conf/supervisor.d/queue.conf", "[program:queue]\ncommand=sleep 1000\n")
    typed(owner, "supervisorctl reread\nsupervisorctl update\n")
    until(lambda: ["queue", "RUNNING"] in programs(owner), "the program queue")


@pytest.mark.soak
def test_R11_a_crontab_of_the_owners(deployed: Run, owner: Login) -> None:
    write(owner, "/srv/conf/crontab", "* * * * * pwd > /srv/data/where\n")
    typed(owner, "rm -f data/where\ncrontab /srv/conf/crontab\n")
    assert typed(owner, "crontab -l\n") == "* * * * * pwd > /srv/data/where\n"
    assert until(lambda: typed(owner, "cat data/where 2>/dev/null || true\n"), "a minute", 150) == "/srv\n"


@pytest.mark.soak
def test_R11_init_sh_and_packages_and_the_crontab_of_the_code(deployed: Run, work: Path, owner: Login) -> None:
    entry = brought(work, "ro-extra", "extra", ssh_keys=[owner.public])
    good(deploy([entry], work, HOST))
    assert get(HOST, "ro-extra.example.com").text == "ready\n"
    assert "ok installed" in shell(HOST, "dpkg -s hello")
    first, *_more = typed(owner, "cat data/inits\n", "ro-extra").splitlines()
    assert first.startswith("Hello, world! /srv/")
    line = until(lambda: typed(owner, "cat data/minute 2>/dev/null || true\n", "ro-extra"), "a minute", 150)
    assert line.split()[1].endswith("/bin/python")
    assert good(deploy([entry], work, HOST)).changed[HOST] == 0


@pytest.mark.soak
def test_links_that_leave_the_tree_are_refused(deployed: Run, shop: dict[str, Any], work: Path) -> None:
    before = get(HOST, f"{SHOP}.example.com").json["pid"]
    link = work / "trees" / "hello" / "secrets"
    link.symlink_to("/etc/passwd")
    try:
        run = deploy([shop], work, HOST)
    finally:
        link.unlink()
    assert (run.status != 0, run.changed.get(HOST, 0)) == (True, 0)
    assert "secrets" in run.output
    assert get(HOST, f"{SHOP}.example.com").json["pid"] == before


BROKEN = {
    "/srv/conf/nginx.d/broken.conf": "server { nonsense on; }\n",
    "/srv/conf/supervisor.d/broken.conf": "[program:broken]\nnothing\n",
}


@pytest.mark.soak
@pytest.mark.parametrize("path", BROKEN)
def test_a_file_that_is_wrong_is_refused_and_the_old_version_serves(
    deployed: Run, new: dict[str, Any], shop: dict[str, Any], work: Path, owner: Login, path: str
) -> None:
    before = get(HOST, f"{SHOP}.example.com").json["pid"]
    write(owner, path, BROKEN[path], SHOP)
    changed = {**shop, "environment": {"ANOTHER": "value"}}
    try:
        with load(HOST, f"{SHOP}.example.com", what="a file of the owner's is wrong") as seen:
            run = deploy([new, changed], work, HOST)
    finally:
        typed(owner, f"rm {path}\n", SHOP)
    assert run.status != 0
    assert "broken.conf" in run.message()
    assert SHOP in run.message()
    assert seen.failed == {}
    assert get(HOST, f"{SHOP}.example.com").json["pid"] == before
    good(deploy([new, changed], work, HOST))
    good(deploy([new, shop], work, HOST))
    assert good(deploy([new, shop], work, HOST)).changed[HOST] == 0


@pytest.mark.soak
def test_a_cell_starts_whatever_its_owner_has_written(deployed: Run, owner: Login) -> None:
    """After a power cut. What is wrong is left out, told in the log, and read again once it is mended."""
    for path, text in BROKEN.items():
        write(owner, path, text, SHOP)
    write(owner, "/srv/conf/supervisor.d/queue.conf", "[program:queue]\ncommand=sleep 1000\n", SHOP)
    cut_power(HOST)
    until(lambda: status(HOST, f"{SHOP}.example.com") == 200, "an answer after the start", 60)
    until(lambda: ["queue", "RUNNING"] in programs(owner, SHOP), "the program queue")
    assert {name for name, _state in programs(owner, SHOP)} == {"app", "cron", "nginx", "queue"}
    for log in ("supervisord.log", "nginx.log"):
        assert "left out" in typed(owner, f"grep broken.conf logs/{log}\n", SHOP)
    assert "broken.conf" in typed(owner, "supervisorctl reread || true\n", SHOP)
    typed(owner, "rm conf/nginx.d/broken.conf\nsupervisorctl restart nginx\n", SHOP)
    write(owner, "/srv/conf/supervisor.d/broken.conf", "[program:mended]\ncommand=sleep 1000\n", SHOP)
    typed(owner, "supervisorctl reread\nsupervisorctl update\n", SHOP)
    until(lambda: ["mended", "RUNNING"] in programs(owner, SHOP), "the program that was mended")
    until(lambda: status(HOST, f"{SHOP}.example.com") == 200, "nginx with all files")
    typed(owner, "rm conf/supervisor.d/broken.conf conf/supervisor.d/queue.conf\nsupervisorctl update\n", SHOP)
