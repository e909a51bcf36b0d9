# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The texts that run on hosts, run here: as a process of its own, with the environment that the start wrapper gives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import ClassVar

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import _droplet, appfog

from tests.support.python27 import unknown


def test_python_2_7_understands_the_texts():
    assert unknown(_droplet.START) + unknown(_droplet.GUNICORN.format(drain=1)) + unknown(appfog.DJANGO_WSGI) == []


SHOW = "import json, os; print(json.dumps([os.getcwd(), dict(os.environ), sorted(os.listdir('..'))]))"
SERVICE = {
    "name": "db",
    "label": "mysql-5.1",
    "plan": "free",
    "tags": [],
    "credentials": {"hostname": "10.1.2.3", "port": 3306, "password": "p"},
}


@pytest.fixture
def home(tmp_path):
    code = tmp_path / "releases" / "7-abc"
    (code / "lib").mkdir(parents=True)
    (code / "lib" / "one.txt").write_text("1")
    (code / "link").symlink_to("lib")
    for path in (code / "lib" / "one.txt", code / "lib", code):
        path.chmod(0o555)
    for name in ("data", "logs", "run", "virtualenvs/v", "python"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "python" / "pyhost_droplet.py").write_text(_droplet.START)
    (tmp_path / "python" / "gunicorn.config").write_text(_droplet.GUNICORN.format(drain=30))
    yield tmp_path
    for path in (code, code / "lib"):
        path.chmod(0o755)


def start(home, *words, **more):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYHOST_DATA": str(home / "data"),
        "VIRTUAL_ENV": str(home / "virtualenvs" / "v"),
        "PYTHONPATH": str(home / "python"),
        "PORT": "20000",
        "VCAP_APP_HOST": "127.0.0.1",
        "VCAP_APPLICATION": json.dumps({"name": "ramen", "instance_index": 0, "host": "127.0.0.1"}),
        **more,
    }
    command = [sys.executable, "-m", "pyhost_droplet", *words]
    return subprocess.run(
        command, cwd=home / "releases" / "7-abc", env=environment, capture_output=True, text=True, check=False
    )


def shown(home, **more):
    done = start(home, sys.executable, "-c", SHOW, **more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_becomes_the_words_in_a_copy_of_the_code(home):
    directory, environment, beside = shown(home)
    assert directory == str(home / "run" / "droplets" / "20000" / "app")
    assert environment["HOME"] == os.path.dirname(directory)
    assert environment["TMPDIR"] == os.path.join(environment["HOME"], "tmp")
    assert beside == ["app", "gunicorn.config", "logs", "python", "run.pid", "tmp"]
    assert os.readlink(os.path.join(directory, "link")) == "lib"


def test_the_port_is_told_by_all_its_names(home):
    _directory, environment, _beside = shown(home)
    assert environment["VCAP_APP_PORT"] == environment["VMC_APP_PORT"] == "20000"
    application = json.loads(environment["VCAP_APPLICATION"])
    assert application["port"] == 20000
    assert application["version"] == environment["VMC_APP_VERSION"] == "7-abc"
    assert json.loads(environment["VMC_APP_INSTANCE"]) == application
    assert environment["VMC_APP_NAME"] == "ramen"
    assert "deprecated" in environment["VMC_WARNING_WARNING"]


def test_A11_what_an_instance_writes_is_gone_with_the_next_one(home):
    write = "open('lib/one.txt', 'w').write('2'); open('new', 'w').close(); open('../tmp/new', 'w').close()"
    assert start(home, sys.executable, "-c", write).returncode == 0
    app = home / "run" / "droplets" / "20000" / "app"
    assert (app / "new").exists()
    shown(home)
    assert not (app / "new").exists()
    assert not (app.parent / "tmp" / "new").exists()
    assert (app / "lib" / "one.txt").read_text() == "1"
    assert (home / "releases" / "7-abc" / "lib" / "one.txt").read_text() == "1"


def test_two_instances_of_a_rollout_have_their_own(home):
    first, _environment, _beside = shown(home)
    with open(os.path.join(first, "..", "run.pid"), "w") as handle:
        handle.write(f"{os.getpid()}\n")
    second, _environment, _beside = shown(home, PORT="20001")
    assert first != second
    assert os.path.isdir(first)


def test_the_droplet_of_an_instance_that_is_no_more_goes(home):
    first, _environment, _beside = shown(home)
    shown(home, PORT="20001")
    assert not os.path.exists(os.path.dirname(first))


def test_processes_have_droplets_and_numbers_of_their_own(home):
    first, environment, _beside = shown(home, PORT="", PYHOST_PROCESS="worker_01")
    assert first.endswith("run/droplets/worker_01/app")
    assert json.loads(environment["VCAP_APPLICATION"])["instance_index"] == 1
    assert "VCAP_APP_PORT" not in environment
    second, _environment, _beside = shown(home, PORT="", PYHOST_PROCESS="mail")
    assert second.endswith("run/droplets/mail/app")


def test_services_by_their_old_names(home):
    found = json.dumps({"mysql-5.1": [SERVICE]})
    _directory, environment, _beside = shown(home, VCAP_SERVICES=found)
    assert environment["VCAP_SERVICES"] == found
    assert environment["VMC_MYSQL"] == "10.1.2.3:3306"
    (service,) = json.loads(environment["VMC_SERVICES"])
    assert (service["vendor"], service["version"], service["type"]) == ("mysql", "5.1", "database")
    assert service["options"] == SERVICE["credentials"]


def test_no_services(home):
    _directory, environment, _beside = shown(home)
    assert environment["VMC_SERVICES"] == "[]"
    assert "VCAP_SERVICES" not in environment


def test_A09_values_arrive_as_they_were_given(home):
    value = """ two  words 'single' "double" $HOME \\ \n%(x)s"""
    _directory, environment, _beside = shown(home, GREETING=value)
    assert environment["GREETING"] == value


def test_what_it_prints_is_also_found_under_the_old_names(home):
    shown(home)
    shown(home)
    assert os.readlink(home / "logs" / "stderr.log") == "app.log"
    assert os.readlink(home / "logs" / "stdout.log") == "app.log"


DJANGO = [((1, 3), "syncdb --noinput"), ((1, 8), "syncdb --noinput"), ((5, 2), "migrate --noinput --run-syncdb")]


@pytest.mark.parametrize(("version", "command"), DJANGO)
def test_A03_tables_are_made_before_the_app_starts(home, version, command):
    fake(home, version, "import sys; print('said ' + ' '.join(sys.argv[1:]))")
    done = start(home, "--tables", sys.executable, "-c", "print('serving')")
    assert done.stdout == "serving\n"
    assert (home / "logs" / "startup.log").read_text() == f"said {command}\n"


def test_tables_that_cannot_be_made_end_the_start(home):
    fake(home, (5, 2), "import sys; sys.exit('no such database')")
    done = start(home, "--tables", sys.executable, "-c", "print('serving')")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no such database" in done.stderr
    assert "migrate failed" in done.stderr


def test_a_manage_file_of_the_past_is_not_run_by_a_django_of_today(home):
    fake(home, (5, 2), "from django.core.management import execute_manager")
    place = home / "python" / "django" / "core"
    place.mkdir()
    (place / "__init__.py").write_text("")
    (place / "management.py").write_text("def execute_from_command_line(words): print(words[1:])\n")
    assert start(home, "--tables", sys.executable, "-c", "").returncode == 0
    assert (home / "logs" / "startup.log").read_text() == "['migrate', '--noinput', '--run-syncdb']\n"


def fake(home, version, manage):
    """A Django of a version, and the app's manage.py."""
    (home / "python" / "django").mkdir()
    (home / "python" / "django" / "__init__.py").write_text(f"VERSION = {version}\n")
    code = home / "releases" / "7-abc"
    code.chmod(0o755)
    (code / "manage.py").write_text(manage)
    code.chmod(0o555)


def test_A08_each_worker_of_gunicorn_is_an_instance(monkeypatch):
    class Worker:
        pass

    class Server:
        WORKERS: ClassVar[dict[int, Worker]] = {}

    monkeypatch.setenv("VCAP_APP_HOST", "127.0.0.1")
    monkeypatch.setenv("VCAP_APP_PORT", "20000")
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    monkeypatch.setenv("VCAP_APPLICATION", '{"instance_index": 0, "name": "ramen"}')
    monkeypatch.setenv("VMC_APP_INSTANCE", "{}")
    config: dict[str, object] = {}
    exec(compile(_droplet.GUNICORN.format(drain=7), "gunicorn.config", "exec"), config)
    assert (config["bind"], config["workers"], config["graceful_timeout"]) == ("127.0.0.1:20000", 2, 7)

    def fork(number):
        worker = Worker()
        config["pre_fork"](Server, worker)
        Server.WORKERS[number] = worker
        config["post_fork"](Server, worker)
        return json.loads(os.environ["VCAP_APPLICATION"])["instance_index"]

    assert [fork(11), fork(12)] == [0, 1]
    del Server.WORKERS[11]
    assert fork(13) == 0
    assert fork(14) == 2
