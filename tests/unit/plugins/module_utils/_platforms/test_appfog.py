# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Limits, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._frameworks import PYTHONS, RUNTIMES, detect
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

WSGI = "def application(environ, start_response): ...\n"
CALLABLE = {"wsgi.py": (("application", "wsgi"),)}
DJANGO = {"manage.py": "", "settings.py": "", "urls.py": ""}


def understand(texts, callables=None, wheels=(), **app):
    facts = TreeFacts(tuple(sorted(texts)), texts, {}, callables or {}, wheels)
    return PLATFORMS["appfog"].understand(App("ramen", Source("path", "../ramen"), platform="appfog", **app), facts)


def refusal(texts, callables=None, **app):
    with pytest.raises(Problems) as caught:
        understand(texts, callables, **app)
    (problem,) = caught.value.problems
    return problem


ORDER = [
    # files of the source, what the client takes it for, and the file that decides
    (["wsgi.py"], "wsgi", "wsgi.py"),
    (["manage.py", "settings.py"], "django", "manage.py"),
    (["manage.py", "settings.py", "wsgi.py"], "django", "manage.py"),
    (["manage.py", "proj/settings.py", "wsgi.py"], "wsgi", "wsgi.py"),
    (["manage.py", "proj/settings.py"], "standalone", ""),
    (["app.py", "requirements.txt"], "standalone", ""),
    ([], "standalone", ""),
    (["wsgi.py", "app.js"], "node", "app.js"),
    (["wsgi.py", "static/app.js"], "wsgi", "wsgi.py"),
    (["wsgi.py", "gulpfile.js"], "standalone", "gulpfile.js"),
    (["wsgi.py", "index.php"], "php", "index.php"),
    (["wsgi.py", "Rakefile.rb"], "standalone", "Rakefile.rb"),
    (["wsgi.py", "config.ru"], "rack", "config.ru"),
    (["wsgi.py", "config/environment.rb", "app.js"], "rails3", "config/environment.rb"),
    (["wsgi.py", "shop.war"], "java_web", "shop.war"),
    (["wsgi.py", "releases/1/shop.rel"], "otp_rebar", "releases/1/shop.rel"),
    (["sub/wsgi.py"], "standalone", ""),
]


@pytest.mark.parametrize(("names", "framework", "file"), ORDER)
def test_the_order_of_detection_is_that_of_the_client(names, framework, file):
    found = detect(names, {})
    assert (found.framework, found.file) == (framework, file)


@pytest.mark.parametrize("line", ["require 'sinatra'", '  require("sinatra")', "# require 'sinatra'"])
def test_a_ruby_file_counts_where_it_requires_sinatra(line):
    assert detect(["web.rb", "wsgi.py"], {"web.rb": f"x = 1\n{line}\n"}).framework == "sinatra"


def test_the_runtimes_are_those_of_the_documentation():
    assert RUNTIMES["python2"] == "2.7.3"
    assert len(RUNTIMES) == 13
    assert PYTHONS == {"python2": "2.7"}


def test_A01_wsgi_is_served_by_gunicorn_with_a_generated_configuration():
    known = understand({"wsgi.py": WSGI, "requirements.txt": "flask\n"}, CALLABLE)
    assert known.server == "command"
    assert known.command == "../python/bin/gunicorn -c ../gunicorn.config wsgi:application"
    assert 'os.environ["VCAP_APP_PORT"]' in known.files["gunicorn.config"]
    assert known.wrapper == ("{bin}/python", "-m", "pyhost_droplet")
    assert known.inputs.files == ("requirements.txt",)
    assert "WSGI" in known.how


def test_A02_gunicorn_is_there_though_nobody_requires_it():
    assert understand({"wsgi.py": WSGI}, CALLABLE).packages == ("gunicorn", "pip")
    assert understand({"wsgi.py": WSGI, "requirements.txt": "gunicorn==19.9\n"}, CALLABLE).packages == ("pip",)


def test_A03_django_with_its_settings_at_the_top_needs_no_wsgi_file():
    known = understand(DJANGO)
    assert known.command.endswith("gunicorn -c ../gunicorn.config pyhost_wsgi:application")
    assert known.wrapper[-1] == "--tables"
    assert known.packages == ("gunicorn", "django", "pip")
    assert 'setdefault("DJANGO_SETTINGS_MODULE", "settings")' in known.files["pyhost_wsgi.py"]


def test_A03_a_required_django_is_the_one():
    known = understand({**DJANGO, "requirements.txt": "Django==1.4\n"})
    assert known.packages == ("gunicorn", "pip")


def test_A04_a_django_of_today_is_run_by_its_wsgi_file():
    known = understand({"manage.py": "", "proj/settings.py": "", "wsgi.py": WSGI}, CALLABLE)
    assert known.command.endswith(" wsgi:application")
    assert "--tables" not in known.wrapper


def test_A04_a_standalone_app_needs_a_start_command():
    problem = refusal({"app.py": "", "requirements.txt": "flask\n"})
    assert (problem.app, problem.key) == ("ramen", "command")
    assert "Standalone Application" in problem.message
    assert "command: python app.py" in problem.message


def test_a_standalone_app_runs_its_command_in_a_droplet():
    known = understand({"app.py": ""}, command="python app.py")
    assert (known.server, known.command) == ("command", "")
    assert known.wrapper == ("{bin}/python", "-m", "pyhost_droplet")
    assert known.packages == ("pip",)
    assert "gunicorn.config" not in known.files


def test_a_worker_without_a_url_runs_in_a_droplet():
    known = understand({"work.py": ""}, server="none")
    assert known.server == "none"
    assert known.process_wrapper == ("{bin}/python", "-m", "pyhost_droplet")


def test_what_it_said_once_it_says_again():
    texts = {"wsgi.py": WSGI}
    known = understand(texts, CALLABLE)
    assert understand(texts, CALLABLE, command=known.command, workers=known.workers) == known


def test_a_stray_file_of_another_language_is_named():
    problem = refusal({"wsgi.py": WSGI, "index.php": ""}, CALLABLE)
    assert problem.key == "server"
    assert "PHP Application" in problem.message
    assert "index.php" in problem.message
    stray = refusal({"wsgi.py": WSGI, "gulpfile.js": ""}, CALLABLE)
    assert "gulpfile.js" in stray.message
    assert "server: gunicorn" in stray.message


def test_a_server_in_the_entry_says_that_it_is_python():
    known = understand({"wsgi.py": WSGI, "index.php": ""}, CALLABLE, server="gunicorn")
    assert known.command.endswith(" wsgi:application")


def test_an_entrypoint_in_the_entry_wins():
    known = understand({"shop.py": "", "app.js": ""}, entrypoint="shop:app")
    assert known.command.endswith(" shop:app")


def test_another_server_is_refused():
    assert "uwsgi" in refusal({"wsgi.py": WSGI}, CALLABLE, server="uwsgi").message


def test_A05_another_name_of_the_callable_is_refused():
    problem = refusal({"wsgi.py": "from flask import Flask\napp = Flask(__name__)\n"}, {"wsgi.py": (("app", "wsgi"),)})
    assert problem.key == "wsgi.py"
    assert "entrypoint: wsgi:app" in problem.message


def test_a_callable_that_only_running_the_code_can_tell_is_taken():
    assert understand({"wsgi.py": "from shop import *\n"}).command.endswith(" wsgi:application")


def test_only_requirements_txt_is_read():
    assert understand({"wsgi.py": WSGI, "setup.py": "", "pyproject.toml": ""}, CALLABLE).inputs.kind == "none"


def test_below_approot():
    texts = {"web/wsgi.py": WSGI, "web/requirements.txt": "flask\n", "index.php": ""}
    known = understand(texts, {"web/wsgi.py": CALLABLE["wsgi.py"]}, approot="web")
    assert known.inputs.files == ("web/requirements.txt",)


def test_wheels_are_the_modern_bundle():
    known = understand({"wsgi.py": WSGI, "requirements.txt": "flask\n"}, CALLABLE, ("wheels/flask-3-py3-none-any.whl",))
    assert known.inputs.wheels
    assert known.packages == ("gunicorn",)


SEVERAL = """\
inherit: base.yml
applications:
  ./web:
    name: web
    framework: {name: wsgi}
    url: www.${domain}
    runtime: python2
    instances: 2
    mem: 64M
    env: {MODE: production}
    services:
      db: {type: mysql}
  ./jobs:
    name: jobs
    command: python work.py
"""
REMOTE = {
    "manifest.yml": SEVERAL,
    "base.yml": "properties: {domain: example.com}\n",
    "web/wsgi.py": WSGI,
    "jobs/work.py": "",
}
WEB = {
    "approot": "web",
    "domains": ("shop.example.com",),
    "python": "3.13",
    "workers": 1,
    "limits": Limits(memory="512M"),
    "services": ("other",),
}


GIT = Source("git", "https://git.example.com/shop.git", "main")
URL = Source("archive", "https://example.com/shop.tar.gz")


def of_git(texts, source=GIT, **app):
    given = tuple(sorted(app))
    facts = TreeFacts(tuple(sorted(texts)), texts, {}, {"web/wsgi.py": CALLABLE["wsgi.py"]})
    return PLATFORMS["appfog"].understand(App("ramen", source, platform="appfog", given=given, **app), facts)


def told(texts, **app):
    with pytest.raises(Problems) as caught:
        of_git(texts, **app)
    return {one.key: one.message.partition("for this one write ")[2] or one.message for one in caught.value.problems}


def test_a_manifest_that_came_with_the_code_has_to_be_said_by_the_entry():
    assert told(REMOTE) == {"service": "missing; manifest.yml has several applications, so write one of: web, jobs"}
    assert told(REMOTE, service="web") == {
        "approot": 'approot: "web"',
        "domains": 'domains: ["www.example.com"]',
        "environment": 'environment: {"MODE": "production"}',
        "limits": 'limits: {"memory": "320M"}',
        "python": 'python: "2.7"',
        "services": 'services: ["db"]',
        "workers": "workers: 2",
    }
    assert told(REMOTE, service="jobs", approot="jobs") == {
        "processes": 'processes: {"worker": {"command": "python work.py", "count": 1}}',
        "server": 'server: "none"',
    }


def test_what_the_entry_says_is_enough():
    entry = {**WEB, "environment": {"MODE": "test"}}
    for more in ({}, {"service": "web"}, {"source": URL}, {"source": Source("path", "../shop"), "environment": {}}):
        assert of_git(REMOTE, **{**entry, **more}).command.endswith(" wsgi:application")
    for source in (GIT, URL):
        assert set(told(REMOTE, source=source, **WEB)) == {"environment"}


def test_a_broken_manifest_of_a_repository_is_refused_with_its_place():
    message = told({**REMOTE, "manifest.yml": "applications:\n  .: [\n"})["manifest.yml"]
    assert "line 3, column 1" in message


def test_A12_a_bundle_brings_the_requirements():
    known = understand({"wsgi.py": WSGI, "requirements.txt": "flask\n", "app.pybundle": ""}, CALLABLE)
    assert (known.inputs.bundle, known.inputs.files) == ("app.pybundle", ("requirements.txt",))
    assert known.inputs.local, "another release may have another bundle"
    assert known.packages == ("gunicorn",), "pip is there, because it installs them"


def test_A12_a_bundle_alone_says_what_to_install():
    known = understand(
        {"web/wsgi.py": WSGI, "web/app.pybundle": ""}, {"web/wsgi.py": CALLABLE["wsgi.py"]}, approot="web"
    )
    assert (known.inputs.bundle, known.inputs.kind) == ("app.pybundle", "none")


def test_A12_pip_installs_a_bundle():
    texts = {"wsgi.py": WSGI, "app.pybundle": ""}
    assert understand(texts, CALLABLE, installer="pip").inputs.bundle
    assert refusal(texts, CALLABLE, installer="uv").message.startswith("uv does not build what is in app.pybundle")


def test_A12_wheels_win_over_a_bundle():
    wheels = ("wheels/flask-3-py3-none-any.whl",)
    inputs = understand({"wsgi.py": WSGI, "app.pybundle": ""}, CALLABLE, wheels).inputs
    assert (inputs.wheels, inputs.bundle) == (True, "")


def test_A08_the_application_is_described():
    known = understand({"wsgi.py": WSGI}, CALLABLE, domains=("a.example.com",), limits=Limits(memory="256M"))
    told = json.loads(known.environment["VCAP_APPLICATION"])
    assert told["instance_index"] == 0
    assert told["name"] == "ramen"
    assert told["uris"] == ["a.example.com"]
    assert told["limits"] == {"fds": 256, "mem": 268435456, "disk": 2147483648}
    assert known.environment["VCAP_APP_HOST"] == "127.0.0.1"


@pytest.mark.parametrize(("texts", "memory"), [({"wsgi.py": WSGI}, 67108864), (DJANGO, 134217728)])
def test_memory_of_an_app_that_says_none(texts, memory):
    told = json.loads(understand(texts, CALLABLE).environment["VCAP_APPLICATION"])
    assert told["limits"]["mem"] == memory


def test_one_instance_is_the_default():
    assert understand({"wsgi.py": WSGI}, CALLABLE).workers == 1
