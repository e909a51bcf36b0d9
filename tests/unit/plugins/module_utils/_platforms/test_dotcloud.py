# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json

import pytest
import yaml
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source, Tls
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._platforms._base import Step
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

DOTCLOUD = PLATFORMS["dotcloud"]
HELLO = {"hellopython/wsgi.py": "def application(environ, start_response): ...\n"}
TINY = "www:\n  type: python\n  approot: hellopython\n"
OWN = {
    "DOTCLOUD_ENVIRONMENT": "default",
    "DOTCLOUD_PROJECT": "ramen",
    "DOTCLOUD_SERVICE_NAME": "www",
    "DOTCLOUD_SERVICE_ID": "0",
}


def understand(text, files=None, unreadable=None, **app):
    texts = {"dotcloud.yml": text, **(HELLO if files is None else files)}
    facts = TreeFacts(tuple(sorted({*texts, *(unreadable or {})})), texts, unreadable or {})
    values = {"approot": "hellopython", "python": "2.7", "service": "www", **app}
    return DOTCLOUD.understand(App("ramen", Source("path", "../ramen"), platform="dotcloud", **values), facts)


def refused(text, files=None, **app):
    with pytest.raises(Problems) as caught:
        understand(text, files, **app)
    return [(one.key, one.message) for one in caught.value.problems]


def www(more):
    """A dotcloud.yml of one service with these lines."""
    return TINY + "".join(f"  {line}\n" for line in more.splitlines())


def test_D01_the_first_app_of_the_documentation():
    known = understand(TINY)
    assert (known.server, known.target, known.workers, known.config) == ("uwsgi", "wsgi:application", 4, {})
    assert known.packages == ("pyuwsgi>=2.0.28", "pip")
    assert known.inputs.kind == "none"
    assert known.environment == OWN
    assert known.how == "dotcloud.yml: service www, type python"
    assert known.steps == ()
    assert known.processes == {}


def test_D02_where_an_app_sees_itself():
    assert DOTCLOUD.home == "/home/dotcloud"
    assert DOTCLOUD.virtualenv == "/home/dotcloud/env"
    assert ("home", "/home/dotcloud") in DOTCLOUD.views
    assert DOTCLOUD.links == {
        "current": "{approot}",
        "code": "{app}",
        "env": "{venv}",
        "data": "{srv}/data",
        "volatile": "",
        "/var/log/supervisor": "{srv}/logs",
        "/var/log/nginx": "{srv}/logs",
    }


MAINTENANCE = "if (-f /home/dotcloud/current/maintenance) {\n    return 503;\n}\n"


def test_D03_there_is_no_default_location():
    known = understand(TINY)
    assert known.rules == "root /home/dotcloud/current/;\n"


def test_D03_every_file_that_ends_in_nginx_conf():
    files = {
        **HELLO,
        "hellopython/nginx.conf": "location /media { root /home/dotcloud/current; }",
        "hellopython/a-nginx.conf": "# the end }",
        "hellopython/sub/nginx.conf": "no",
        "nginx.conf": "no",
        "hellopython/nginx.conf.bak": "no",
    }
    assert understand(TINY, files).rules == (
        "root /home/dotcloud/current/;\n"
        "# hellopython/a-nginx.conf, lines 1-1:\n"
        "# the end }\n"
        "# hellopython/nginx.conf, lines 1-1:\n"
        "location /media { root /home/dotcloud/current; }\n"
    )


def test_named_locations_for_errors():
    files = {**HELLO, "hellopython/nginx.conf": "location @404 { return 404 none; }\n# location @500 {}\n"}
    assert understand(TINY, files).rules == (
        "root /home/dotcloud/current/;\n"
        "error_page 404 @404;\n"
        "# hellopython/nginx.conf, lines 1-2:\n"
        "location @404 { return 404 none; }\n"
        "# location @500 {}\n"
    )


@pytest.mark.parametrize("server", ["fastcgi", "scgi"])
def test_other_protocols_tell_the_port_as_uwsgi_does(server):
    found = understand(TINY, server=server)
    assert f"{server}_param HTTP_X_FORWARDED_PORT $pyhost_port;\n" in found.passing


def test_D04_parameters_of_uwsgi():
    files = {**HELLO, "hellopython/uwsgi.conf": "uwsgi_param   ENVIRONMENT  prod;\n"}
    assert understand(TINY, files).passing == (
        f"{MAINTENANCE}uwsgi_param HTTP_X_FORWARDED_PORT $pyhost_port;\n"
        "# hellopython/uwsgi.conf, lines 1-1:\nuwsgi_param   ENVIRONMENT  prod;\n"
    )


def test_D05_options_of_uwsgi():
    text = www(
        "config:\n  uwsgi_processes: 2\n  uwsgi_memory_report: true\n  uwsgi_buffer_size: 8192\n"
        "  uwsgi_harakiri: 75\n  uwsgi_enable_threads: true\n  uwsgi_single_interpreter: true"
    )
    known = understand(text)
    assert known.workers == 2
    assert known.config == {
        "uwsgi_memory_report": True,
        "uwsgi_buffer_size": 8192,
        "uwsgi_harakiri": 75,
        "uwsgi_enable_threads": True,
        "uwsgi_single_interpreter": True,
    }


def test_D06_a_version_that_nobody_knows():
    assert refused(www("config: {python_version: v9}")) == [
        (
            "dotcloud.yml",
            'Unrecognized python_version "v9"; write for example v2.7 or v3.11 in "dotcloud.yml", line 4, column 28',
        )
    ]


def test_D07_requirements_of_all_three_kinds():
    files = {**HELLO, "hellopython/requirements.txt": "Django==1.4.3\n", "hellopython/setup.py": "setup(name='x')"}
    known = understand(www("requirements: [Pil, uWSGI]"), files)
    assert known.inputs.files == ("hellopython/requirements.txt",)
    assert known.inputs.local
    assert known.inputs.names == ("django", "pil", "uwsgi")
    assert known.packages == ("Pil", "uWSGI", ".", "pip")


def test_D07_the_entry_may_name_other_files():
    files = {**HELLO, "hellopython/requirements.txt": "", "hellopython/r.txt": "flask\n", "hellopython/setup.py": ""}
    known = understand(TINY, files, requirements=("r.txt",))
    assert (known.inputs.files, known.inputs.local, known.packages[-1]) == (("hellopython/r.txt",), False, "pip")


def test_D08_the_environment():
    known = understand(www("environment: {MODE: production, API: 'http://www.example.com/v1/'}"))
    assert known.environment == {**OWN, "MODE": "production", "API": "http://www.example.com/v1/"}


def test_D08_names_of_the_platform():
    where = 'in "dotcloud.yml", line 4, column 29'
    text = '"DOTCLOUD_X" cannot be set: names that begin with DOTCLOUD_ are those of the platform'
    assert refused(www("environment: {DOTCLOUD_X: y}")) == [("dotcloud.yml", f"{text} {where}")]
    assert refused(TINY, environment={"DOTCLOUD_PROJECT": "y"}) == [
        (
            "environment.DOTCLOUD_PROJECT",
            "cannot be set: names that begin with DOTCLOUD_ are those of the platform and its data services",
        )
    ]


def test_D08_a_data_service_elsewhere():
    text = f"{TINY}mail: {{type: smtp}}\n"
    assert understand(text, environment={"DOTCLOUD_MAIL_SMTP_HOST": "h"}).services == {}


HARD = {
    "A": 'quote " and \\',
    "B": "é\N{SNOWMAN}\N{GRINNING FACE}",
    "C": "two\nlines\tand\x7f\x85\u2028",
    "D": "",
    "E": "yes: 1",
}


def test_D08_the_files_hold_the_same_values():
    files = DOTCLOUD.home_files(HARD)
    assert json.loads(files["environment.json"]) == HARD
    assert yaml.safe_load(files["environment.yml"]) == HARD
    assert files["environment.yaml"] == files["environment.yml"]
    assert yaml.safe_load(files["environment.json"]) == HARD


def test_D08_one_value_on_each_line():
    files = DOTCLOUD.home_files({"B": "2", "A": "1"})
    assert files["environment.json"] == '{\n    "A": "1",\n    "B": "2"\n}\n'
    assert files["environment.yml"] == '"A": "1"\n"B": "2"\n'


def test_D09_data_services():
    known = understand(
        f"{TINY}db: {{type: postgresql}}\ngeo: {{type: postgis}}\nold: {{type: mysql}}\nc: {{type: redis}}\n"
    )
    assert known.services == {"db": "postgresql", "geo": "postgresql", "old": "mariadb", "c": "redis"}


def test_D10_hooks_in_their_order():
    files = {**HELLO, "hellopython/prebuild.sh": "", "hellopython/bin/after": "", "hellopython/postinstall": ""}
    text = www("prebuild: prebuild.sh\npostbuild: ./bin/after --now\n")
    assert understand(text, files).steps == (
        Step("prebuild", "before", "chmod +x ./prebuild.sh 2>/dev/null; exec ./prebuild.sh"),
        Step("postbuild", "after", "chmod +x ./bin/after 2>/dev/null; exec ./bin/after --now"),
        Step("postinstall", "start", "exec ./postinstall", 600, "hellopython/postinstall"),
    )


HOOKS = [
    (
        "postbuild: rm -f ~/.ssh/id_rsa",
        {"hellopython/postinstall": ""},
        [
            ("after", "exec rm -f ~/.ssh/id_rsa", ""),
            ("start", "exec ./postinstall", "hellopython/postinstall"),
        ],
    ),
    ("postinstall: setup", {"hellopython/setup": ""}, [("start", "exec ./setup", "hellopython/setup")]),
    (
        "postinstall: ./tools/setup",
        {"hellopython/tools/setup": ""},
        [("start", "exec ./tools/setup", "hellopython/tools/setup")],
    ),
    ("postinstall: python setup_db.py", {"hellopython/setup_db.py": ""}, [("start", "exec python setup_db.py", "")]),
    ("postinstall: ''", {"hellopython/postinstall": ""}, [("start", "exec ./postinstall", "hellopython/postinstall")]),
    ("instances: 1", {"postinstall": ""}, []),
]


@pytest.mark.parametrize(("text", "files", "steps"), HOOKS)
def test_D10_what_a_hook_may_be(text, files, steps):
    known = understand(www(text), {**HELLO, **files})
    assert [(one.when, one.command, one.file) for one in known.steps] == steps


def test_D10_a_hook_may_make_the_next_one():
    _prebuild, postinstall = understand(www("prebuild: make postinstall")).steps
    assert postinstall.command == "if [ -e postinstall ]; then exec ./postinstall; fi"
    assert postinstall.file == ""


def test_D10_a_postinstall_that_is_not_there():
    assert refused(www("postinstall: ./tools/setup")) == [
        ("dotcloud.yml", 'postinstall: "./tools/setup" is not in the source')
    ]


@pytest.mark.parametrize(
    "line", ["/usr/bin/env true", "~/env/bin/python setup.py", "$HOME/env/bin/python -V", "python ./setup", "A=b/c ./x"]
)
def test_D10_a_command_that_is_no_file_of_the_tree(line):
    (step,) = understand(www(f"postinstall: {line}")).steps
    assert step.command == f"exec {line}"


def test_D10_each_hook_that_is_not_there():
    assert refused(www("prebuild: ./first.sh\npostbuild: jobs/second.sh\npostinstall: ./third.sh")) == [
        ("dotcloud.yml", 'prebuild: "./first.sh" is not in the source')
    ]
    assert refused(www("postbuild: jobs/second.sh -x")) == [
        ("dotcloud.yml", 'postbuild: "jobs/second.sh -x" is not in the source')
    ]


BAD_SUPERVISOR = [
    ("[program:x]\nautostart=false\n", "[program:x] has no command"),
    ("[program:cron]\ncommand=x\n", "[program:cron]: the cell has a program cron already; give it another name"),
    ("[program:feed]\ncommand=x\n", "[program:feed]: the cell has a program feed already; give it another name"),
    ("command=x\n", "File contains no section headers. file: 'hellopython/supervisord.conf', line: 1 'command=x\\n'"),
    ("[program:x]\ncommand=x\ncommand=y\n", "[line 3]: option 'command' in section 'program:x' already exists"),
]


@pytest.mark.parametrize(("text", "problem"), BAD_SUPERVISOR)
def test_D12_a_supervisord_conf_that_is_wrong(text, problem):
    files = {**HELLO, "hellopython/supervisord.conf": text}
    ((path, message),) = refused(www("processes: {feed: ./feed}"), files)
    assert path == "hellopython/supervisord.conf"
    assert problem in message


def test_D15_text_of_nginx_that_does_not_end():
    files = {
        **HELLO, "hellopython/nginx.conf": "location /a {\n  return 404;\n",
        "hellopython/uwsgi.conf": "uwsgi_param A b;\nuwsgi_param C d\n",
    }  # fmt: skip
    assert refused(TINY, files) == [
        ("hellopython/nginx.conf", 'line 1: this block has no "}"'),
        ("hellopython/uwsgi.conf", 'line 2: this has no ";"'),
    ]


def test_D15_text_of_nginx_that_cannot_be_read():
    wrong = {"hellopython/nginx.conf": "is not UTF-8 text", "hellopython/supervisord.conf": "is not a regular file"}
    assert sorted(refused(TINY, unreadable={**wrong, "nginx.conf": "is not UTF-8 text"})) == sorted(wrong.items())


def test_an_alias_that_serves_more_than_it_names_is_told():
    text = "location /static { alias /home/dotcloud/current/static/; }\n"
    (note,) = understand(TINY, {**HELLO, "hellopython/nginx.conf": text}).notes
    assert note.startswith("hellopython/nginx.conf:1: location /static with alias")
    assert understand(TINY).notes == ()


def test_D12_supervisord_conf():
    assert understand(TINY).supervisor == ""
    assert understand(TINY, {**HELLO, "hellopython/supervisord.conf": ""}).supervisor == "hellopython/supervisord.conf"


def test_D12_a_hook_may_make_supervisord_conf():
    assert understand(www("postbuild: make")).supervisor == "hellopython/supervisord.conf"


def test_D12_a_worker_has_no_web():
    known = understand("www: {type: python-worker, process: 'celery -B'}", {}, approot=".", server="none")
    assert (known.server, known.target, known.packages) == ("none", "", ("pip",))
    assert known.processes == {"www": "celery -B"}
    assert (known.rules, known.passing) == ("", "")


def test_D13_a_worker_that_speaks_http():
    text = """
www:
  type: python-worker
  ports: {www: http, logs: tcp}
  processes:
    gunicorn: gunicorn -b 0.0.0.0:$PORT_WWW wsgi
    logger: ./logger $PORT_LOGS
"""
    known = understand(text, {}, approot=".", listen=("127.0.0.1:8000",))
    assert (known.server, known.command) == ("command", "gunicorn -b 0.0.0.0:$PORT_WWW wsgi")
    assert known.ports == ("PORT_WWW", "PORT")
    assert known.processes == {"logger": "./logger $PORT_LOGS"}
    assert known.environment["DOTCLOUD_WWW_HTTP_URL"] == "http://127.0.0.1:8000/"
    assert known.environment["DOTCLOUD_WWW_HTTP_HOST"] == "127.0.0.1:8000"
    port = known.environment["PORT_LOGS"]
    assert 42800 <= int(port) < 44800
    assert known.environment["DOTCLOUD_WWW_LOGS_HOST"] == "127.0.0.1"
    assert known.environment["DOTCLOUD_WWW_LOGS_PORT"] == port
    assert known.environment["DOTCLOUD_WWW_LOGS_URL"] == f"tcp://127.0.0.1:{port}"
    assert "proxy_set_header X-Forwarded-Port $pyhost_port;" in known.passing


def test_D13_the_entry_has_another_command_for_the_port():
    text = "www: {type: python-worker, ports: {web: http}, processes: {a: ./a $PORT_WEB, b: ./b}}"
    known = understand(text, {}, approot=".", command="./other $PORT_WEB")
    assert (known.server, known.command, known.processes) == ("command", "", {"b": "./b"})
    assert known.ports == ("PORT_WEB", "PORT")


def test_D14_an_owner_may_touch_files_of_the_code():
    assert DOTCLOUD.writable


def test_D13_the_only_process_listens():
    known = understand("www: {type: python-worker, ports: {web: http}, process: ./serve}", {}, approot=".")
    assert (known.command, known.ports, known.processes) == ("./serve", ("PORT_WEB", "PORT"), {})


def test_D13_which_process_listens_cannot_be_told():
    text = "www: {type: python-worker, ports: {web: http}, processes: {a: ./a, b: ./b}}"
    assert refused(text, {}, approot=".") == [
        (
            "command",
            "which process of service www listens on $PORT_WEB cannot be told: a and b could be it; write it here",
        )
    ]


def test_D13_another_service_is_told_of_ports():
    text = f"{TINY}api: {{type: python-worker, ports: {{feed: udp}}}}\n"
    environment = understand(text).environment
    assert environment["DOTCLOUD_API_FEED_URL"] == f"udp://127.0.0.1:{environment['DOTCLOUD_API_FEED_PORT']}"
    assert "PORT_FEED" not in environment


def test_D14_maintenance():
    assert understand(TINY).passing.startswith(MAINTENANCE)


PROGRAMS = [
    ("app", "app-process"),
    ("web", "web-process"),
    ("Mixed.Case", "mixed-case"),
    ("w_1", "w-1"),
    ("a_b", "a_b"),
]


@pytest.mark.parametrize(("name", "program"), PROGRAMS)
def test_names_of_programs(name, program):
    assert understand(www(f"processes: {{{name}: ./run}}")).processes == {program: "./run"}


def test_D18_newrelic():
    text = www("config: {enable_newrelic: true}\nenvironment: {NEW_RELIC_LICENSE_KEY: zbc1234}")
    known = understand(text)
    assert known.wrapper == ("{bin}/newrelic-admin", "run-program")
    assert known.config == {"uwsgi_enable_threads": True, "uwsgi_single_interpreter": True}
    assert "newrelic<10" in known.packages
    assert "newrelic" in understand(text, python="3.11").packages


def test_D18_a_newrelic_of_the_apps_own():
    text = www("config: {enable_newrelic: true}\nrequirements: [newrelic==9.1]")
    known = understand(text, environment={"NEW_RELIC_LICENSE_KEY": "k"})
    assert known.packages == ("newrelic==9.1", "pyuwsgi>=2.0.28", "pip")


@pytest.mark.parametrize("python", ["3.1", "3.2"])
def test_D18_newrelic_with_the_python_3_of_the_platform(python):
    text = www("config: {enable_newrelic: true}\nenvironment: {NEW_RELIC_LICENSE_KEY: k}")
    assert refused(text, python=python) == [
        (
            "dotcloud.yml",
            f"enable_newrelic: the New Relic client does not work with Python {python}; remove one of the two",
        )
    ]


def test_D18_newrelic_needs_a_key():
    assert refused(www("config: {enable_newrelic: true}")) == [
        ("environment.NEW_RELIC_LICENSE_KEY", "missing; enable_newrelic in dotcloud.yml needs it, here or there")
    ]


def test_D19_the_project_is_that_of_the_entry():
    text = f"{TINY}worker_1: {{type: python}}\n"
    texts = {"dotcloud.yml": text, "wsgi.py": ""}
    one = App("shop-worker-1", Source("path", "."), "dotcloud", "worker_1", python="2.7")
    environment = DOTCLOUD.understand(one, TreeFacts(tuple(texts), texts)).environment
    assert (environment["DOTCLOUD_PROJECT"], environment["DOTCLOUD_SERVICE_NAME"]) == ("shop", "worker_1")


def test_system_packages():
    assert understand(www("systempackages: [libxml2-dev, vim]")).system_packages == ("libxml2-dev", "vim")


def test_the_address_of_a_service_with_a_domain():
    known = understand(TINY, domains=("shop.example.com",), tls=Tls(self_signed=True), listen=("127.0.0.1:80",))
    assert known.environment["DOTCLOUD_WWW_HTTP_HOST"] == "shop.example.com"
    assert known.environment["DOTCLOUD_WWW_HTTP_URL"] == "https://shop.example.com/"


ENTRY = [
    ({"server": "gunicorn"}, "gunicorn", "wsgi:application"),
    ({"entrypoint": "shop:app"}, "uwsgi", "shop:app"),
    ({"command": "python serve.py"}, "command", ""),
]


@pytest.mark.parametrize(("entry", "server", "target"), ENTRY)
def test_the_entry_wins_over_the_file(entry, server, target):
    known = understand(TINY, **entry)
    assert (known.server, known.target) == (server, target)


REFUSED = [
    ({}, {}, {}, "dotcloud.yml", "is not in the root of the source; it says what there is to run"),
    (
        {"dotcloud.yml": TINY},
        {},
        {},
        "hellopython/wsgi.py",
        'is not in the source; wsgi.py has to define "application", or write entrypoint',
    ),
    (
        {"dotcloud.yml": TINY, **HELLO},
        {},
        {"service": "ww"},
        "service",
        '"ww" is not in dotcloud.yml; did you mean "www"?',
    ),
    (
        {"dotcloud.yml": f"{TINY}api: {{type: python}}", **HELLO},
        {},
        {"service": ""},
        "service",
        "missing; dotcloud.yml has several services, so write one of: www, api",
    ),
    (
        {"dotcloud.yml": "www: {type: php}"},
        {},
        {},
        "dotcloud.yml",
        "has no service that is run here (python or python-worker), but www of type php",
    ),
    ({"dotcloud.yml": ""}, {}, {}, "dotcloud.yml", '"dotcloud.yml" is empty!'),
    ({}, {"dotcloud.yml": "is not UTF-8 text"}, {}, "dotcloud.yml", "is not UTF-8 text"),
]


@pytest.mark.parametrize(("texts", "unreadable", "app", "key", "message"), REFUSED)
def test_refused(texts, unreadable, app, key, message):
    values = {"approot": "hellopython", "python": "2.7", "service": "www", **app}
    one = App("ramen", Source("path", "../ramen"), platform="dotcloud", **values)
    with pytest.raises(Problems) as caught:
        DOTCLOUD.understand(one, TreeFacts(tuple(texts), texts, unreadable))
    assert [(one.key, one.message) for one in caught.value.problems] == [(key, message)]


def test_what_an_entry_with_a_remote_source_has_to_say_itself():
    text = "www: {type: python-worker, approot: jobs, process: ./run, config: {python_version: v2.7}}"
    start = "is read from dotcloud.yml where the source is on the controller; for this one write "
    assert refused(text, {}, approot=".", python="", service="") == [
        ("approot", f"{start}approot: jobs"),
        ("python", f'{start}python: "2.7"'),
        ("server", f"{start}server: none"),
    ]


def test_wsgi_py_that_a_hook_makes():
    assert understand(www("prebuild: ln -s wsgihandler.py wsgi.py"), {}).target == "wsgi:application"


def test_every_problem_at_once():
    text = www("config: {enable_newrelic: true}")
    keys = [key for key, _message in refused(text, {}, environment={"DOTCLOUD_SERVICE_ID": "1"}, python="3.2")]
    assert keys == [
        "environment.DOTCLOUD_SERVICE_ID",
        "dotcloud.yml",
        "environment.NEW_RELIC_LICENSE_KEY",
        "hellopython/wsgi.py",
    ]


def test_what_is_not_deployed():
    assert DOTCLOUD.ignore == ".dotcloudignore"
    assert DOTCLOUD.excluded == ("*.pyc", ".git", ".hg")
    assert DOTCLOUD.ignore_lines("media/dash\n") == ["**/media/dash"]
