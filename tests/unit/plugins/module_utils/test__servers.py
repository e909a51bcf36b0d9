# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._servers import DEFAULTS, SERVERS, Job

JOB = Job("/v/bin", "/srv/releases/1-ab", "wsgi:application", 3, 45, "", {})


def argv(name, **changes):
    return SERVERS[name].argv(Job(**{**vars(JOB), **changes}))


def test_table():
    rows = {one.name: (one.interfaces, one.protocol, one.packages, one.provided_by) for one in SERVERS.values()}
    assert rows == {
        "gunicorn": (("wsgi",), "http", ("gunicorn>=23",), ("gunicorn",)),
        "uwsgi": (("wsgi",), "uwsgi", ("pyuwsgi>=2.0.28",), ("uwsgi", "pyuwsgi")),
        "uvicorn": (("asgi",), "http", ("uvicorn>=0.30",), ("uvicorn",)),
        "fastcgi": (("wsgi",), "fastcgi", ("pyuwsgi>=2.0.28",), ("uwsgi", "pyuwsgi")),
        "scgi": (("wsgi",), "scgi", ("pyuwsgi>=2.0.28",), ("uwsgi", "pyuwsgi")),
        "cgi": (("wsgi",), "scgi", (), ()),
        "mod_wsgi": (("wsgi",), "http", ("mod_wsgi>=5",), ("mod-wsgi",)),
        "wsgiref": (("wsgi",), "http", (), ()),
        "command": ((), "http", (), ()),
        "none": ((), "http", (), ()),
    }
    assert list(SERVERS) == list(rows)
    assert DEFAULTS == {"wsgi": "gunicorn", "asgi": "uvicorn"}


BRANCHES = [
    # server, branch, what is installed; None: no version runs there
    ("gunicorn", "2.7", ("gunicorn==19.10.0",)),
    ("gunicorn", "3.6", ("gunicorn==21.2.0",)),
    ("gunicorn", "3.7", ("gunicorn>=23",)),
    ("gunicorn", "3.13", ("gunicorn>=23",)),
    ("uwsgi", "2.7", ("pyuwsgi==2.0.19.1.post0",)),
    ("uwsgi", "3.6", ("pyuwsgi==2.0.20",)),
    ("uwsgi", "3.7", ("pyuwsgi==2.0.30",)),
    ("uwsgi", "3.8", ("pyuwsgi>=2.0.28",)),
    ("fastcgi", "2.7", ("pyuwsgi==2.0.19.1.post0",)),
    ("scgi", "3.6", ("pyuwsgi==2.0.20",)),
    ("scgi", "3.13", ("pyuwsgi>=2.0.28",)),
    ("cgi", "2.7", ()),
    ("wsgiref", "2.7", ()),
    ("uvicorn", "2.7", None),
    ("uvicorn", "3.6", ("uvicorn==0.16.0",)),
    ("uvicorn", "3.7", ("uvicorn==0.22.0",)),
    ("uvicorn", "3.8", ("uvicorn>=0.30",)),
    ("mod_wsgi", "3.7", ("mod_wsgi==4.9.4",)),
    ("mod_wsgi", "3.8", ("mod_wsgi>=5",)),
    ("command", "2.7", ()),
]


@pytest.mark.parametrize(("name", "branch", "packages"), BRANCHES)
def test_versions_by_branch(name, branch, packages):
    server = SERVERS[name]
    assert server.runs_on(branch) is (packages is not None)
    if packages is not None:
        assert server.packages_on(branch, (*server.packages, "pip")) == (*packages, "pip")
    assert server.packages_on(branch, ("pip",)) == ("pip",)


def test_a_configuration_file_says_the_number_of_workers():
    for config, words in (("conf/g.py", ["--config=conf/g.py"]), ("", [])):
        made = argv("gunicorn", config={"gunicorn_config": config})
        assert [word for word in made if word.startswith(("--config", "--workers"))] == words


def test_gunicorn_that_is_being_watched():
    words = set(argv("gunicorn", config={"gunicorn_debug": True})) - set(argv("gunicorn"))
    assert words == {"--reload", "--log-level=debug"}


def test_gunicorn():
    assert argv("gunicorn") == (
        "/v/bin/gunicorn",
        "--bind=unix:{socket}",
        "--workers=3",
        "--chdir=/srv/releases/1-ab",
        "--umask=007",
        "--graceful-timeout=45",
        "--worker-tmp-dir=/dev/shm",
        "--forwarded-allow-ips=*",
        "wsgi:application",
    )


def test_uvicorn():
    assert argv("uvicorn", target="asgi:app") == (
        "/v/bin/uvicorn",
        "--uds={socket}",
        "--workers=3",
        "--app-dir=/srv/releases/1-ab",
        "--timeout-graceful-shutdown=45",
        "--proxy-headers",
        "--forwarded-allow-ips=*",
        "asgi:app",
    )


def test_uvicorn_of_python_3_6_does_not_know_how_long_to_wait():
    known = argv("uvicorn", branch="3.7")
    assert argv("uvicorn", branch="3.6") == tuple(one for one in known if not one.startswith("--timeout-graceful"))
    assert len(argv("uvicorn", branch="3.6")) == len(known) - 1


def test_command_is_one_shell_word_that_replaces_the_shell():
    line = "python serve.py --greeting '100% %(here)s' \"$PORT\""
    assert argv("command", command=line) == ("/bin/sh", "-c", f"exec {line}")


UWSGI = (
    "/v/bin/uwsgi",
    "--socket={socket}",
    "--chmod-socket=660",
    "--master",
    "--need-app",
    "--vacuum",
    "--hook-master-start=unix_signal:15 gracefully_kill_them_all",
    "--worker-reload-mercy=45",
    "--chdir=/srv/releases/1-ab",
    "--virtualenv=/v",
    "--module=wsgi:application",
)


@pytest.mark.parametrize(
    ("config", "rest"),
    [
        ({}, ("--processes=3", "--buffer-size=4096", "--disable-logging")),
        ({"uwsgi_processes": 7}, ("--processes=7", "--buffer-size=4096", "--disable-logging")),
        ({"uwsgi_buffer_size": 8192}, ("--processes=3", "--buffer-size=8192", "--disable-logging")),
        ({"uwsgi_memory_report": True}, ("--processes=3", "--buffer-size=4096", "--memory-report")),
        ({"uwsgi_memory_report": False}, ("--processes=3", "--buffer-size=4096", "--disable-logging")),
        ({"uwsgi_harakiri": 75}, ("--processes=3", "--buffer-size=4096", "--disable-logging", "--harakiri=75")),
        ({"uwsgi_harakiri": 0}, ("--processes=3", "--buffer-size=4096", "--disable-logging")),
        (
            {"uwsgi_enable_threads": True, "uwsgi_single_interpreter": True},
            ("--processes=3", "--buffer-size=4096", "--disable-logging", "--enable-threads", "--single-interpreter"),
        ),
    ],
)
def test_the_six_options_of_uwsgi(config, rest):
    assert argv("uwsgi", config=config) == (*UWSGI, *rest)


@pytest.mark.parametrize("name", ["fastcgi", "scgi"])
def test_uwsgi_speaks_fastcgi_and_scgi(name):
    line = ("--processes=3", "--buffer-size=4096", "--disable-logging")
    assert argv(name) == (UWSGI[0], f"--{name}-socket={{socket}}", *UWSGI[2:], *line)
    assert argv(name, config={"method": "prefork"}) == argv(name)
    threaded = argv(name, config={"method": "threaded", "uwsgi_processes": 7})
    assert [word for word in threaded if word.startswith(("--processes", "--threads"))] == [
        "--processes=1",
        "--threads=3",
    ]


CGI = ("/opt/pyhost/tools/bin/pyhost-cgi", "--socket={socket}", "--root=/srv/releases/1-ab")


@pytest.mark.parametrize(
    ("changes", "rest"),
    [
        ({}, ("--processes=12", "--timeout=60", "--drain=45", "--wsgi", "/v/bin/python", "wsgi:application")),
        (
            {"config": {"cgi_processes": 5, "cgi_timeout": 7}},
            ("--processes=5", "--timeout=7", "--drain=45", "--wsgi", "/v/bin/python", "wsgi:application"),
        ),
        (
            {"target": "", "config": {"cgi_endings": [".cgi", ".py"]}},
            ("--processes=12", "--timeout=60", "--drain=45", "--scripts", ".cgi", ".py"),
        ),
    ],
)
def test_cgi(changes, rest):
    assert argv("cgi", tools="/opt/pyhost/tools", **changes) == (*CGI, *rest)


def test_wsgiref():
    python, option, text, *words = argv("wsgiref")
    assert (python, option, words) == ("/v/bin/python", "-c", ["{socket}", "wsgi:application", "45"])
    assert "{socket}" not in text


def test_who_is_told_a_port():
    assert {one.name for one in SERVERS.values() if one.port} == {"command", "mod_wsgi"}


def test_mod_wsgi():
    made = argv("mod_wsgi", tools="/t")
    assert made[:4] == ("/t/bin/pyhost-apache", "--express", "wsgi:application", "/v/bin/mod_wsgi-express")
    assert {"--processes=3", "--threads=5", "--shutdown-timeout=45", "--trust-proxy=127.0.0.1"} <= set(made)
    assert "--embedded-mode" not in made
    script = argv("mod_wsgi", tools="/t", config={"mod_wsgi_script": "shop.wsgi"})
    assert script[2] == "shop.wsgi:application"
    other = argv("mod_wsgi", tools="/t", config={"mod_wsgi_mode": "embedded", "mod_wsgi_threads": 15})
    assert {"--embedded-mode", "--threads=15"} <= set(other)
    assert {"apache2-bin", "apache2-dev"} <= set(SERVERS["mod_wsgi"].system_packages), (
        "it runs one, the other builds it"
    )
