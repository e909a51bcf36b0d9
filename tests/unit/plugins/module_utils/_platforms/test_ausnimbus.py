# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems, PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Limits, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

APP_PY = "print('hello')\n"
WSGI = "def application(environ, start_response): ...\n"
SETUP = 'from setuptools import setup\nsetup(name="testapp", install_requires=["gunicorn", "flask"], py_modules=["testapp"])\n'
ERROR = (
    "ERROR: don't know how to run your application.\n"
    "Please set either GUNICORN_APP_MODULE, APP_RUN environment variables or have the file app.py to launch your "
    "application."
)


def understand(texts, unreadable=None, **app):
    facts = TreeFacts(tuple(sorted(texts)), texts, unreadable or {})
    return PLATFORMS["ausnimbus"].understand(App("noodles", Source("path", "../noodles"), "ausnimbus", **app), facts)


def runs(known):
    """What is run: a callable by a server, or a command and its port."""
    return (known.server, known.command or known.target, known.port)


GUNICORN = {"requirements.txt": "gunicorn\n"}

KINDS = [
    # what AusNimbus tested its builder with: tree, variables, what is run
    ({"app.py": APP_PY, "requirements.txt": "flask\n"}, {}, ("command", "python app.py", 8080)),
    ({"setup.py": SETUP, "testapp.py": WSGI}, {}, ("gunicorn", "testapp:application", 0)),
    (
        {**GUNICORN, "wsgi.py": WSGI, "manage.py": "", "project/settings.py": ""},
        {},
        ("gunicorn", "wsgi:application", 0),
    ),
    (
        {"requirements.txt": "uwsgi\n", "wsgi.py": WSGI},
        {"APP_RUN": '"uwsgi --http-socket :8080 --module wsgi"'},
        ("command", "bash -c 'uwsgi --http-socket :8080 --module wsgi'", 8080),
    ),
    (
        {"requirements.txt": "mod_wsgi\n", "wsgi.py": WSGI},
        {"APP_RUN": "mod_wsgi-express start-server --port 8080 wsgi.py"},
        ("command", "bash -c 'mod_wsgi-express start-server --port 8080 wsgi.py'", 8080),
    ),
    ({"app.py": APP_PY, "requirements.txt": "numpy\n"}, {}, ("command", "python app.py", 8080)),
]


@pytest.mark.parametrize(("texts", "environment", "expected"), KINDS)
def test_N01_each_kind_of_app(texts, environment, expected):
    assert runs(understand(texts, environment=environment)) == expected


def test_N01_output_is_utf_8():
    known = understand({"app.py": APP_PY})
    assert known.environment["LC_ALL"] == known.environment["LANG"] == "en_US.UTF-8"
    assert known.environment["PYTHONIOENCODING"] == "UTF-8"
    assert known.environment["PYTHONUNBUFFERED"] == "1"
    assert "locales-all" in known.system_packages


def test_N02_the_run_order():
    both = {"wsgi.py": WSGI, "app.py": APP_PY}
    assert runs(understand({**both, **GUNICORN})) == ("gunicorn", "wsgi:application", 0)
    assert runs(understand({**both, "requirements.txt": "flask\n"})) == ("command", "python app.py", 8080)
    with pytest.raises(PyhostError) as caught:
        understand({"wsgi.py": WSGI, "requirements.txt": "flask\n"})
    assert str(caught.value) == ERROR


def test_N02_gunicorn_of_an_included_file():
    texts = {"requirements.txt": "-r more.txt\n", "more.txt": "Gunicorn==19.9\n", "wsgi.py": WSGI}
    known = understand(texts)
    assert runs(known) == ("gunicorn", "wsgi:application", 0)
    assert not any(one.startswith("gunicorn") for one in known.packages)


def test_N02_only_a_wsgi_file_of_the_first_level():
    with pytest.raises(PyhostError, match="don't know how to run"):
        understand({**GUNICORN, "project/wsgi.py": WSGI})


MODULES = [
    ("pkg.mod:app", "pkg.mod:app"),
    ("pkg.mod", "pkg.mod:application"),
    ("shop:create_app('x')", "shop:create_app('x')"),
]


@pytest.mark.parametrize(("given", "target"), MODULES)
def test_N03_the_module_is_given(given, target):
    known = understand({**GUNICORN, "wsgi.py": WSGI}, environment={"GUNICORN_APP_MODULE": given})
    assert runs(known) == ("gunicorn", target, 0)


SETUPS = [
    (SETUP, "testapp:application"),
    (
        'import setuptools\nN = "my-app"\nR = ["gunicorn"]\nsetuptools.setup(name=N, install_requires=R)\n',
        "my_app:application",
    ),
]


@pytest.mark.parametrize(("setup", "target"), SETUPS)
def test_N03_the_module_of_setup_py(setup, target):
    known = understand({"setup.py": setup})
    assert runs(known) == ("gunicorn", target, 0)
    assert (known.inputs.kind, known.inputs.local) == ("setup.py", True)


def test_N03_pyproject_is_not_what_the_builder_looks_at():
    known = understand(
        {"setup.py": SETUP, "pyproject.toml": "[project]\nname = 'other'\n[build-system]\n", "uv.lock": ""}
    )
    assert known.inputs.kind == "setup.py"


def test_N03_a_name_that_only_running_tells():
    setup = 'from setuptools import setup\nsetup(name=open("NAME").read(), install_requires=["gunicorn"])\n'
    assert runs(understand({"setup.py": setup})) == ("command", "/usr/libexec/s2i/run", 8080)


RUNS = [
    ("python wsgi.py", "bash -c 'python wsgi.py'"),
    ('"python wsgi.py"', "bash -c 'python wsgi.py'"),
    ("'python wsgi.py'", "bash -c 'python wsgi.py'"),
    ('"my python" "wsgi.py"', """bash -c '"my python" "wsgi.py"'"""),
    ("cd sub && python wsgi.py", "bash -c 'cd sub && python wsgi.py'"),
]


@pytest.mark.parametrize(("value", "command"), RUNS)
def test_N04_app_run_replaces_everything(value, command):
    known = understand({**GUNICORN, "wsgi.py": WSGI, "app.py": APP_PY}, environment={"APP_RUN": value})
    assert runs(known) == ("command", command, 8080)


def test_N05_the_configuration_file_has_the_say():
    texts = {**GUNICORN, "wsgi.py": WSGI, "conf/g.py": "timeout = 99\n", "old.py": ""}
    known = understand(texts, environment={"GUNICORN_CONFIG": "conf/g.py", "APP_CONFIG": "old.py"})
    assert known.config == {"gunicorn_config": "conf/g.py"}
    assert understand(texts, environment={"APP_CONFIG": "old.py"}).config == {"gunicorn_config": "old.py"}
    assert understand(texts).config == {"gunicorn_config": ""}


MEMORY = [("512M", 2), ("536870912", 2), ("513M", 4), ("1G", 4), ("2G", 6), ("4G", 8), ("5G", 10), ("1T", 10)]


@pytest.mark.parametrize(("memory", "workers"), MEMORY)
def test_N05_workers_by_memory(memory, workers):
    known = understand({**GUNICORN, "wsgi.py": WSGI}, limits=Limits(memory=memory))
    assert (known.workers, known.environment["WEB_CONCURRENCY"]) == (workers, str(workers))


def test_N05_who_says_the_number_of_workers():
    texts = {**GUNICORN, "wsgi.py": WSGI}
    large = understand(texts, workers=6, limits=Limits(memory="512M"))
    assert (large.workers, large.environment["WEB_CONCURRENCY"]) == (6, "6")
    said = understand(texts, workers=6, environment={"WEB_CONCURRENCY": "3"})
    assert said.workers == 3
    assert understand({**texts, ".s2i/environment": "WEB_CONCURRENCY=5\n"}).workers == 5


def test_N06_whose_word_about_https_counts():
    texts = {**GUNICORN, "wsgi.py": WSGI}
    anyone = understand(texts)
    assert anyone.environment["FORWARDED_ALLOW_IPS"] == "*"
    assert "if ($http_x_forwarded_proto = https)" in anyone.rules
    one = understand(texts, environment={"FORWARDED_ALLOW_IPS": "10.0.0.1, ::1"}).rules
    assert "if ($http_x_forwarded_proto = https)" not in one
    assert 'if ($remote_addr = "10.0.0.1")' in one
    assert 'if ($remote_addr = "::1")' in one
    assert understand(texts, environment={"FORWARDED_ALLOW_IPS": ""}).rules == ""


def test_N07_pip():
    texts = {**GUNICORN, "wsgi.py": WSGI}
    assert understand(texts, environment={"PIP_UPGRADE": "TRUE"}).packages == ("pip",)
    for value in ("true", "1", ""):
        assert understand(texts, environment={"PIP_UPGRADE": value}).packages == ("pip<25.3",)
    index = "https://index.example.com/simple"
    assert understand(texts, environment={"PIP_INDEX_URL": index}).pip_index_url == index


def collectstatic(texts, **app):
    return [(step.when, step.command) for step in understand({**GUNICORN, "wsgi.py": WSGI, **texts}, **app).steps]


def test_N08_collectstatic():
    command = "if python -c 'import django' 2>/dev/null; then python shop/manage.py collectstatic --noinput; fi"
    nested = {"shop/manage.py": "", "a/b/manage.py": "", "zoo/manage.py": ""}
    assert collectstatic(nested) == [("after", command)]
    assert collectstatic({"a/b/c/manage.py": ""}) == []
    for value in ("TRUE", "false", "1"):
        assert collectstatic({"manage.py": "", ".s2i/environment": f"DISABLE_COLLECTSTATIC={value}\n"}) == []
    assert collectstatic({"manage.py": ""}, collectstatic=False) == []
    assert "migrate" not in str(collectstatic(nested))


def test_N09_the_entry_overrides_the_file():
    known = understand({"app.py": APP_PY, ".s2i/environment": "FOO=BAR\nAPP_RUN='python a.py'\n"})
    assert known.environment["FOO"] == "BAR"
    assert known.command == "bash -c 'python a.py'"
    entry = {"FOO": "mine", "APP_RUN": "python b.py"}
    texts = {"app.py": APP_PY, ".s2i/environment": "FOO=BAR\nAPP_RUN='python a.py'\n"}
    assert understand(texts, environment=entry).command == "bash -c 'python b.py'"


def test_N10_the_hooks():
    run = understand({**GUNICORN, "wsgi.py": WSGI, ".s2i/bin/run": "#!/bin/bash\n. /usr/libexec/s2i/run\n"})
    assert runs(run) == ("command", "./.s2i/bin/run", 8080)
    assert [step.file for step in run.steps] == [".s2i/bin/run"]
    assert set(run.home) == {"/usr/libexec/s2i/assemble", "/usr/libexec/s2i/run"}
    assert ("s2i", "/usr/libexec/s2i") in PLATFORMS["ausnimbus"].views
    built = understand({**GUNICORN, "wsgi.py": WSGI, "manage.py": "", ".s2i/bin/assemble": "#!/bin/bash\n"})
    assert [(step.name, step.command, step.file) for step in built.steps] == [
        ("assemble", "./.s2i/bin/assemble", ".s2i/bin/assemble")
    ]
    assert (built.inputs.kind, built.inputs.local) == ("none", True), "the hook installs, into a virtualenv of its own"
    assert runs(built) == ("gunicorn", "wsgi:application", 0)
    unknown = understand({".s2i/bin/assemble": "#!/bin/bash\n"})
    assert runs(unknown) == ("command", "/usr/libexec/s2i/run", 8080)


def test_N10_hooks_below_approot():
    texts = {"web/.s2i/bin/run": "#!/bin/sh\n", "web/app.py": APP_PY, ".s2i/bin/assemble": "#!/bin/sh\n"}
    known = understand(texts, approot="web")
    assert [(step.name, step.file) for step in known.steps] == [("run", "web/.s2i/bin/run")]


def test_N11_a_develop_install():
    known = understand({"requirements.txt": "-e .\n", "setup.py": SETUP, "testapp.py": WSGI})
    assert (known.inputs.kind, known.inputs.local) == ("files", True)
    assert runs(known) == ("gunicorn", "testapp:application", 0)


def test_N12_debug_changes_no_more_than_what_gunicorn_says_and_loads():
    texts = {**GUNICORN, "wsgi.py": WSGI}
    known = understand(texts, environment={"DEBUG": "TRUE"})
    assert runs(known) == runs(understand(texts))
    assert known.config == {"gunicorn_config": "", "gunicorn_debug": True}
    assert "gunicorn_debug" not in understand(texts, environment={"DEBUG": "FALSE"}).config
    run = understand(texts, environment={"DEBUG": "TRUE", "APP_RUN": "python wsgi.py"})
    assert (run.command, run.config) == ("bash -c 'python wsgi.py'", {}), "APP_RUN replaces it"


def test_what_the_entry_says_comes_first():
    texts = {**GUNICORN, "wsgi.py": WSGI, "app.py": APP_PY, ".s2i/bin/run": "#!/bin/sh\n"}
    known = understand(texts, command="python serve.py", server="command", given=("command",))
    assert (known.server, known.command, known.port) == ("command", "", 0)
    assert understand(texts, entrypoint="app:app").target == "app:app"


WRONG = [
    # variables, what the problem is about, what it says
    ({"WEB_CONCURRENCY": "many"}, "environment.WEB_CONCURRENCY", '"many" is no number of workers'),
    ({"FORWARDED_ALLOW_IPS": '1.2.3.4, x"; }'}, "environment.FORWARDED_ALLOW_IPS", "is no address"),
    ({"GUNICORN_APP_MODULE": "shop/wsgi.py"}, "environment.GUNICORN_APP_MODULE", 'write "shop.wsgi:application"'),
    ({"GUNICORN_CONFIG": "gone.py"}, "environment.GUNICORN_CONFIG", '"gone.py" is not in the source'),
    ({"PIP_INDEX_URL": "pypi"}, "environment.PIP_INDEX_URL", "is no package index"),
]


@pytest.mark.parametrize(("environment", "key", "text"), WRONG)
def test_bad_variables_are_refused(environment, key, text):
    with pytest.raises(Problems) as caught:
        understand({**GUNICORN, "wsgi.py": WSGI}, environment=environment)
    (problem,) = caught.value.problems
    assert (problem.app, problem.key) == ("noodles", key)
    assert text in problem.message


def test_bad_files_are_refused():
    with pytest.raises(Problems) as told:
        understand({"app.py": "", ".s2i/environment": "WEB_CONCURRENCY=0\n"})
    assert told.value.problems[0].key == ".s2i/environment: WEB_CONCURRENCY"
    with pytest.raises(PyhostError, match=r"\.s2i/bin/run is a symlink that leaves the source"):
        understand({"app.py": ""}, {".s2i/bin/run": "is a symlink that leaves the source"})


def test_what_has_to_be_compiled():
    known = understand({"app.py": "", "requirements.txt": "psycopg2==2.9\n"})
    assert known.system_packages == ("locales-all", "build-essential", "python3-dev", "libpq-dev")
    apache = understand({"app.py": "", "requirements.txt": "mod_wsgi\n"}).system_packages
    assert apache[-2:] == ("apache2-bin", "apache2-dev"), "what it runs, and what it is compiled with"
