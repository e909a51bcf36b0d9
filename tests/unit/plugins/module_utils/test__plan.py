# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import replace

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _nginx, _pages, _supervisor
from ansible_collections.pyhost.platform.plugins.module_utils._cell import make_cell
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._fingerprint import Interpreter
from ansible_collections.pyhost.platform.plugins.module_utils._models import (
    App,
    Cron,
    Health,
    Limits,
    Location,
    Logs,
    Process,
    Source,
)
from ansible_collections.pyhost.platform.plugins.module_utils._plan import Site, make_plan, wrapped
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs

PYTHON = Interpreter("3.13", "/opt/python/3.13/bin/python", "/usr/bin/python3.13", "3.13.5", "abi", "gcc", "glibc 2.41")
CELL = make_cell("ramen", "system")
INPUTS = Inputs("files", ("requirements.txt",), texts={"requirements.txt": "flask\n"}, names=("flask",))
KNOWN = Understanding("gunicorn", "wsgi:application", INPUTS, ("gunicorn>=23", "pip"), how="wsgi.py")
APP = App("ramen", Source("path", "../ramen"), listen=("127.0.0.1:8000",), environment={"SECRET": "%s'\n"})
RELEASE, DIGEST = "7-0123456789ab", "0123456789ab" + "f" * 52


def plan(app=APP, known=KNOWN, cell=CELL, python=PYTHON, site=None, release=RELEASE):
    return make_plan(app, known, cell, python, site or Site(), release, DIGEST).to_dict()


def sha(value, length):
    """As the digests are defined, written down a second time."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:length]


def servers():
    """The servers of an app that declares nothing."""
    rules = _nginx.app_rules(CELL, "http", "", _pages.error_rules(CELL, ".", {}), False)
    return _nginx.servers_conf(CELL, ("127.0.0.1:8000",), rules)


def test_generated_modules_are_there_for_an_app_without_web():
    app = App("ramen", Source("path", "x"), server="none", processes={"worker": Process("python work.py")})
    known = Understanding("none", "", Inputs("none"), files={"starter.py": "x = 1\n"})
    found = plan(app, known)
    assert found["conf"]["python/starter.py"] == "x = 1\n"
    assert found["launch"]["process"]["environment"]["PYTHONPATH"].endswith("/python")


def test_processes_run_by_what_their_platform_runs_them_with():
    app = App("ramen", Source("path", "x"), processes={"worker": Process("cd sub && python 'a b.py'")})
    known = Understanding("gunicorn", "wsgi:application", Inputs("none"), process_wrapper=("{bin}/python", "-m", "x"))
    (found,) = wrapped(app, known, "/v").values()
    assert shlex.split(found.command) == ["/v/bin/python", "-m", "x", "/bin/sh", "-c", "cd sub && exec python 'a b.py'"]


def test_the_whole_plan():
    found = plan()
    fingerprint, conf = found["virtualenv"]["fingerprint"], found["conf_digest"]
    prefix = f"/srv/virtualenvs/{fingerprint}"
    process = {
        "argv": [
            f"{prefix}/bin/gunicorn",
            "--bind=unix:{socket}",
            "--workers=2",
            "--chdir=/srv/releases/7-0123456789ab",
            "--umask=007",
            "--graceful-timeout=30",
            "--worker-tmp-dir=/dev/shm",
            "--forwarded-allow-ips=*",
            "wsgi:application",
        ],
        "cwd": "/srv/releases/7-0123456789ab",
        "environment": {
            "HOME": "/srv",
            "USER": "ramen",
            "LOGNAME": "ramen",
            "LANG": "C.UTF-8",
            "PATH": f"{prefix}/bin:/usr/local/bin:/usr/bin:/bin",
            "VIRTUAL_ENV": prefix,
            "PYTHONUNBUFFERED": "1",
            "PYHOST_APP": "ramen",
            "PYHOST_DATA": "/srv/data",
            "WEB_CONCURRENCY": "2",
            "SECRET": "%s'\n",
        },
        "release": "7-0123456789ab",
        "virtualenv": fingerprint,
        "server": "gunicorn",
        "protocol": "http",
    }
    launch = {
        "app": "ramen",
        "process": process,
        "process_digest": sha(process, 12),
        "processes": {},
        "cron": {},
        "services": {},
        "ports": {},
        "health": {
            "path": "/", "status": "200-399", "timeout": 30, "good": 2, "seconds": 4, "command": "",
            "host": "127.0.0.1:8000",
        },
        "drain": 30,
        "strategy": "beside",
        "conf": conf,
        "python": "3.13.5",
        "digest": DIGEST,
    }  # fmt: skip
    texts = {
        "nginx.conf": _nginx.main_conf(CELL, "/srv/conf/nginx.d/*.conf", 30),
        "nginx.d/app.conf": servers(),
        **_pages.files(()),
        "logs.json": '{"days": 14, "keep": 5, "size": 10485760}\n',
        "supervisor.d/app.conf": _supervisor.programs_conf(CELL, 30, {}),
    }
    assert conf == sha(texts, 12)
    assert found == {
        "app": "ramen",
        "cell": CELL.to_dict(),
        "release": "7-0123456789ab",
        "digest": DIGEST,
        "approot": ".",
        "virtualenv": {
            "fingerprint": fingerprint,
            "components": found["virtualenv"]["components"],
            "python": "/usr/bin/python3.13",
            "branch": "3.13",
            "version": "3.13.5",
            "kind": "files",
            "files": ["requirements.txt"],
            "constraints": [],
            "texts": {"requirements.txt": "flask\n"},
            "wheels": False,
            "bundle": "",
            "local": False,
            "hashes": False,
            "packages": ["gunicorn>=23", "pip"],
            "installer": "uv",
            "seeds": {},
            "note": "",
            "index_url": "",
            "environment": {},
        },
        "hooks": (),
        "steps": (),
        "target": "wsgi:application",
        "manage": "",
        "exclusive": False,
        "conf": texts,
        "conf_digest": conf,
        "launch": launch,
        "launch_digest": sha(launch, 12),
        "process": sha(process, 12),
        "address": "http://127.0.0.1:8000/",
        "how": "wsgi.py",
        "drain": 30,
        "build_timeout": 900,
        "services": (),
        "once": {},
    }
    assert json.loads(json.dumps(found)) == {
        **found,
        "cell": {**CELL.to_dict(), "views": []},
        "hooks": [],
        "steps": [],
        "services": [],
    }


def test_components_are_those_of_the_fingerprint():
    parts = plan()["virtualenv"]["components"]
    assert {name: parts[name] for name in ("python", "python_path", "packages", "release", "installer")} == {
        "python": "3.13.5",
        "python_path": "/usr/bin/python3.13",
        "packages": "gunicorn>=23 pip",
        "release": "",
        "installer": "uv",
    }


OLD = replace(PYTHON, branch="2.7", version="2.7.18", path="/opt/python/2.7/bin/python", real="/opt/p27/bin/python2.7")


def test_an_old_branch():
    """pip installs, in a virtualenv of our own tools, the last version of the server that runs there."""
    found = plan(python=OLD)["virtualenv"]
    assert (found["installer"], found["components"]["installer"]) == ("pip", "pip")
    assert found["packages"] == ["gunicorn==19.10.0", "pip"]
    assert found["seeds"] == {"pip": "20.3.4", "setuptools": "44.1.1", "wheel": "0.37.1"}
    assert found["note"] == "installed by pip 20.3.4, for uv does not serve Python 2.7"
    chosen = plan(replace(APP, installer="pip"), python=OLD)["virtualenv"]
    assert (chosen["note"], chosen["fingerprint"]) == ("", found["fingerprint"])


def test_what_cannot_live_on_an_old_branch():
    app, known = replace(APP, installer="uv"), replace(KNOWN, server="uvicorn", packages=("uvicorn>=0.30",))
    with pytest.raises(PyhostError, match="installer: uv does not serve Python 2.7.*; server: uvicorn has no version"):
        plan(app, known, python=OLD)


def test_an_installer_that_is_not_named_is_uv():
    """Virtualenvs from before stay what they are."""
    assert plan()["virtualenv"]["fingerprint"] == plan(replace(APP, installer="uv"))["virtualenv"]["fingerprint"]


def local(name="1-a"):
    return plan(known=replace(KNOWN, inputs=replace(INPUTS, local=True)), release=name)


def test_code_counts_for_the_virtualenv_only_where_it_is_installed_from_the_tree():
    assert local("1-a")["virtualenv"]["fingerprint"] != local("2-b")["virtualenv"]["fingerprint"]
    assert plan(release="1-a")["virtualenv"]["fingerprint"] == plan(release="2-b")["virtualenv"]["fingerprint"]
    assert local()["exclusive"] is True


# What each change needs: a new (v)irtualenv, new (p)rocesses, new (c)onfiguration, a new (l)aunch.
CHANGES = [
    ({}, ""),
    ({"environment": {"SECRET": "other"}}, "pl"),
    ({"workers": 3}, "pl"),
    ({"drain": 31}, "pcl"),
    ({"config": {"uwsgi_harakiri": 1}}, ""),
    ({"listen": ("127.0.0.1:8001",)}, "cl"),
    ({"domains": ("a.example.com",)}, "l"),
    ({"locations": (Location("/s/", "s/"),)}, "cl"),
    ({"processes": {"worker": Process("celery")}}, "cl"),
    ({"processes": {"worker": Process("celery", count=0)}}, ""),
    ({"maintenance": True}, "cl"),
    ({"error_pages": {"404": "errors/404.html"}}, "cl"),
    ({"health": Health(timeout=31)}, "l"),
    ({"limits": Limits("1G")}, ""),
    ({"build_timeout": 901}, ""),
    ({"pip_index_url": "https://pypi.example.com/simple"}, "vpl"),
    ({"installer": "pip"}, "vpl"),
    ({"approot": "shop"}, "pl"),
    ({"collectstatic": False}, ""),
]


@pytest.mark.parametrize(("changes", "needs"), CHANGES)
def test_what_a_change_needs(changes, needs):
    new, old = plan(replace(APP, **changes)), plan()
    names = {"v": "fingerprint", "p": "process", "c": "conf_digest", "l": "launch_digest"}
    old["fingerprint"], new["fingerprint"] = old["virtualenv"]["fingerprint"], new["virtualenv"]["fingerprint"]
    assert "".join(letter for letter, name in names.items() if new[name] != old[name]) == needs


def test_only_the_command_of_a_process_changed():
    one, two = (plan(replace(APP, processes={"worker": Process(command)})) for command in ("celery", "celery -v"))
    assert (one["conf_digest"], one["process"]) == (two["conf_digest"], two["process"])
    assert one["launch_digest"] != two["launch_digest"]


def test_an_app_without_web():
    app = replace(APP, server="none", listen=(), processes={"worker": Process("celery", 2)})
    found = plan(app, replace(KNOWN, server="none", target="", packages=("pip",), manage="manage.py"))
    launch = found["launch"]
    assert list(found["conf"]) == ["supervisor.d/app.conf", "logs.json"]
    assert "[program:app]" not in found["conf"]["supervisor.d/app.conf"]
    assert (launch["process"]["server"], launch["process"]["argv"], launch["ports"]) == ("none", [], {})
    assert list(launch["processes"]) == ["worker_00", "worker_01"]
    assert (found["address"], found["hooks"], found["exclusive"]) == ("", (), False)


def test_files_are_named_from_approot_where_the_installer_runs():
    inputs = replace(
        INPUTS, files=("shop/requirements.txt", "base.txt"), constraints=("shop/req/c.txt",), texts={"base.txt": ""}
    )
    order = plan(replace(APP, approot="shop"), replace(KNOWN, inputs=inputs))["virtualenv"]
    assert (order["files"], order["constraints"]) == (["requirements.txt", "../base.txt"], ["req/c.txt"])
    assert order["texts"] == {"base.txt": ""}


def test_django():
    known = replace(
        KNOWN, target="pyhost_wsgi:application", files={"pyhost_wsgi.py": "import os\n"}, manage="manage.py"
    )
    found = plan(replace(APP, environment={"PYTHONPATH": "lib"}), known)
    assert found["conf"]["python/pyhost_wsgi.py"] == "import os\n"
    path = f"/srv/conf/sets/{found['conf_digest']}/python"
    assert found["launch"]["process"]["environment"]["PYTHONPATH"] == f"{path}:lib"
    assert plan(APP, known)["launch"]["process"]["environment"]["PYTHONPATH"] == path
    assert (found["hooks"], found["exclusive"]) == (({"name": "collectstatic", "manage": "manage.py"},), True)
    assert (found["target"], found["manage"]) == ("pyhost_wsgi:application", "manage.py")
    off = plan(replace(APP, collectstatic=False), known)
    assert (off["hooks"], off["exclusive"]) == ((), False)


def test_command_has_ports_and_a_bridge():
    app = replace(APP, server="command", command="python serve.py")
    found = plan(app, Understanding("command", "", INPUTS), site=Site(ports=(20000, 20001)))
    assert found["launch"]["ports"] == {"app": 20000, "app-next": 20001}
    assert found["launch"]["process"]["argv"] == ["/bin/sh", "-c", "exec python serve.py"]
    bridge = _nginx.bridge_conf(CELL, {"app": 20000, "app-next": 20001})
    assert found["conf"]["nginx.d/app.conf"] == servers() + bridge
    assert plan(site=Site(ports=(20000, 20001)))["launch"]["ports"] == {}


STATIC = (Location("/static/", "static/"),)
PAGES = {"404": "errors/404.html", "503": "soon.html"}


@pytest.mark.parametrize("known", [KNOWN, replace(KNOWN, server="uwsgi")], ids=["http", "uwsgi"])
def test_pages_that_are_declared_stand_for_answers_of_the_app(known):
    conf = plan(replace(APP, approot="shop", error_pages=PAGES, locations=STATIC), known)["conf"]
    text, intercept = conf["nginx.d/app.conf"], "uwsgi" if known.server == "uwsgi" else "proxy"
    assert text.count(f"{intercept}_intercept_errors on;") == 2
    assert text.count('try_files "/app/shop/errors/404.html" "/current/conf/pages/404.html" =404;') == 2
    assert 'set $pyhost_release "/srv/current/before";' in text
    assert {name for name in conf if name.startswith("pages/")} == {f"pages/{n}.html" for n in (404, 502, 503, 504)}


@pytest.mark.parametrize(
    ("known", "as_asked"),
    [
        (KNOWN, False),
        (replace(KNOWN, server="uwsgi"), True),
        (replace(KNOWN, server="fastcgi"), True),
        (replace(KNOWN, server="scgi"), True),
        (replace(KNOWN, server="cgi"), True),
        (replace(KNOWN, server="scgi", rules="location /admin { deny all; }\n"), False),
    ],
)
def test_a_path_keeps_its_slashes_where_no_rules_of_the_app_depend_on_them(known, as_asked):
    assert ("merge_slashes off;" in plan(known=known)["conf"]["nginx.d/app.conf"]) is as_asked


def test_cgi_is_run_by_a_program_of_ours():
    launch = plan(known=replace(KNOWN, server="cgi"))["launch"]
    assert launch["process"]["argv"][0] == f"{CELL.tools}/bin/pyhost-cgi"
    assert launch["process"]["protocol"] == "scgi"


def test_maintenance_replaces_every_rule_of_the_app_and_leaves_the_bridge():
    app = replace(APP, maintenance=True, approot="shop", error_pages=PAGES, locations=STATIC)
    rules = _pages.maintenance_rules(CELL, "shop", PAGES)
    text = plan(app)["conf"]["nginx.d/app.conf"]
    assert text == _nginx.servers_conf(CELL, ("127.0.0.1:8000",), rules)
    assert "_pass " not in text
    command = replace(app, server="command", command="python serve.py")
    found = plan(command, Understanding("command", "", INPUTS), site=Site(ports=(20000, 20001)))
    bridge = _nginx.bridge_conf(CELL, {"app": 20000, "app-next": 20001})
    assert found["conf"]["nginx.d/app.conf"] == text + bridge


def test_the_platform_comes_below_the_app_and_the_operator_does_not_reach_it():
    known = replace(KNOWN, environment={"A": "platform", "LANG": "de_DE.UTF-8"})
    site = Site(build_environment={"HTTPS_PROXY": "http://proxy"})
    found = plan(replace(APP, environment={"A": "own"}), known, site=site)
    env = found["launch"]["process"]["environment"]
    assert (env["A"], env["LANG"], env.get("HTTPS_PROXY")) == ("own", "de_DE.UTF-8", None)
    assert found["virtualenv"]["environment"] == {"HTTPS_PROXY": "http://proxy"}


@pytest.mark.parametrize(
    ("changes", "host"),
    [
        ({"domains": ("a.example.com", "b.example.com")}, "a.example.com"),
        ({}, "127.0.0.1:8000"),
        ({"listen": ("[::1]:8000",)}, "[::1]:8000"),
        ({"listen": ()}, "localhost"),
    ],
)
def test_the_app_is_asked_with_its_own_name(changes, host):
    found = plan(replace(APP, **changes))
    assert (found["launch"]["health"]["host"], found["address"]) == (host, f"http://{host}/")


def test_schedules():
    one, two = (
        plan(replace(APP, cron={"tidy": Cron("@daily", command)})) for command in ("python a.py", "python b.py")
    )
    assert (one["conf_digest"], one["process"]) == (two["conf_digest"], two["process"])
    assert one["launch"]["cron"] == {
        "tidy": {"schedule": "@daily", "command": "python a.py", "overlap": "skip", "max_age": 86400}
    }
    assert "[program:cron]" in one["conf"]["supervisor.d/app.conf"]
    assert "[program:cron]" not in plan()["conf"]["supervisor.d/app.conf"]


def test_a_change_of_logs_starts_no_process_anew():
    one, two = plan(replace(APP, logs=Logs("1M", 2, 7))), plan()
    assert one["conf"]["supervisor.d/app.conf"] == two["conf"]["supervisor.d/app.conf"]
    assert one["process"] == two["process"]
    assert one["conf_digest"] != two["conf_digest"]
