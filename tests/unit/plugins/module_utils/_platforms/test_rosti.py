# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

APP_PY = {"app.py": "def application(environ, start_response): ...\n"}
FOUND = {"app.py": (("application", "wsgi"),)}
SEED = """\
server {
    listen       0.0.0.0:8000;
    listen       [::]:8000;
    location / {
        proxy_pass         http://127.0.0.1:8080/;
        proxy_redirect     default;
        proxy_set_header   X-Real-IP  $remote_addr;
        proxy_set_header   Host       $host;
    }
    #location /static/ {
    #    alias /srv/static/;
    #}
}
"""


def understand(texts=None, callables=None, **app):
    texts = APP_PY if texts is None else texts
    facts = TreeFacts(tuple(sorted(texts)), texts, {}, FOUND if callables is None else callables)
    given = {"given": ("name", "source"), "network": "private", **app}
    return PLATFORMS["rosti"].understand(App("guláš", Source("path", "x"), "rosti", **given), facts)


def test_R01_an_app_without_code_is_the_owners_from_the_start():
    known = understand(given=("name",))
    assert known.seeded
    assert "[program:app]\ncommand=/srv/bin/gunicorn" in known.once["conf/supervisor.d/python.conf"]
    assert known.once["conf/supervisor.d/python.conf"].endswith(" app:application\n")
    assert not understand().seeded


def test_R02_app_py_comes_before_all_else():
    texts = {**APP_PY, "wsgi.py": "application = None\n"}
    found = {**FOUND, "wsgi.py": (("application", "wsgi"),)}
    known = understand(texts, found)
    assert (known.server, known.target) == ("gunicorn", "app:application")
    assert understand(texts, found, entrypoint="wsgi:application").target == "wsgi:application"


def test_R02_the_way_of_a_request():
    private = understand()
    assert private.through == ("127.0.0.1:8000", "127.0.0.1:8080")
    assert private.once["conf/nginx.d/python.conf"] == SEED
    shared = understand(network="shared", listen=("0.0.0.0:8005",))
    assert shared.through == ("127.0.0.1:8005", "")
    text = shared.once["conf/nginx.d/python.conf"]
    assert "listen       0.0.0.0:8005;" in text
    assert "proxy_pass         http://unix:/srv/run/app.sock:/;" in text


def test_R03_the_deploy_finds_the_callable_unless_the_owner_says_it():
    text = understand().once["conf/supervisor.d/python.conf"]
    assert all(line.startswith(";") for line in text.splitlines())


def test_R05_gunicorn_is_always_there():
    assert "gunicorn>=23" in understand().packages
    assert "gunicorn>=23" in understand(command="python serve.py", port=8080).packages
    own = understand({**APP_PY, "requirements.txt": "gunicorn==20.1\n"})
    assert not any(one.startswith("gunicorn") for one in own.packages)


def test_R05_the_owners_requirements_come_into_every_virtualenv():
    (step,) = understand(given=("name",)).steps
    assert (step.when, "-r /srv/app/requirements.txt" in step.command) == ("after", True)
    assert understand().steps == ()


def test_R05_programs_of_the_image():
    known, platform = understand(), PLATFORMS["rosti"]
    for name in ("python", "pip", "virtualenv", "pyvenv"):
        assert known.home[f"bin/primary_tech/{name}"].startswith("#!/bin/sh\n")
        assert platform.links[f"/opt/python/bin/{name}"] == f"/srv/bin/primary_tech/{name}"
    assert platform.path == ("/srv/bin/primary_tech", "/srv/bin")


def test_R10_a_server_of_the_apps_own():
    known = understand(command="python serve.py", port=8080)
    assert known.through == ("127.0.0.1:8000", "")
    assert "proxy_pass         http://127.0.0.1:8080/;" in known.once["conf/nginx.d/python.conf"]
    dropped = understand(command="python serve.py", port=8000)
    assert dropped.through is None
    assert "conf/nginx.d/python.conf" not in dropped.once


def test_R11_what_runs_before_a_start_and_what_is_installed():
    known = understand({**APP_PY, "init.sh": "echo\n", ".extra_packages": "ffmpeg libpq-dev\n"})
    assert [(step.when, step.command) for step in known.steps] == [("start", "sh ./init.sh")]
    assert known.system_packages == ("tzdata", "ffmpeg", "libpq-dev")
    with pytest.raises(PyhostError, match=r"\.extra_packages: '--force': no name of a Debian package"):
        understand({**APP_PY, ".extra_packages": "ffmpeg --force\n"})


def test_R11_init_sh_runs_whenever_the_cell_starts():
    assert understand(given=("name",)).cron["init"].command == "cd /srv/app && if [ -f init.sh ]; then sh ./init.sh; fi"
    texts = {f"my site/{name}": text for name, text in APP_PY.items()}
    deep = understand(texts, {"my site/app.py": FOUND["app.py"]}, approot="my site")
    assert deep.cron["init"].command.startswith("cd '/srv/app/my site' && ")


def test_R11_owners_install_a_crontab_themselves():
    assert PLATFORMS["rosti"].crontab


def test_R09_logs_end_at_two_megabytes():
    assert (understand().logs.bytes, understand().logs.keep) == (2 << 20, 5)


def test_R11_a_crontab():
    known = understand({**APP_PY, "crontab": "@daily python clear.py\n"})
    assert {name: one.schedule for name, one in known.cron.items()} == {"line-1": "@daily", "init": "@reboot"}
    assert "python clear.py" in known.cron["line-1"].command
    with pytest.raises(PyhostError) as caught:
        understand({**APP_PY, "crontab": "61 * * * * x\n# nothing\n* * * *\n"})
    first, second = str(caught.value).splitlines()
    assert first.startswith("crontab, line 1: ")
    assert second == "crontab, line 3: is no schedule and a command"


def test_R12_the_old_and_the_new_name_of_the_logs():
    assert PLATFORMS["rosti"].links["log"] == "logs"


def test_a_procfile_means_nothing_here():
    assert understand({**APP_PY, "Procfile": "web: python other.py\n"}).server == "gunicorn"
