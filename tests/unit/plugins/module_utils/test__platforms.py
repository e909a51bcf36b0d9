# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS, Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs
from ansible_collections.pyhost.platform.plugins.module_utils._tree import TreeFacts

WSGI = "def application(environ, start_response): ...\n"
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'
NOTHING = Inputs("none")


def understand(texts, callables=None, wheels=(), **app):
    facts = TreeFacts(tuple(sorted(texts)), texts, {}, callables or {}, wheels)
    return PLATFORMS["native"].understand(App("ramen", Source("path", "../ramen"), **app), facts)


def requirements(text, *names, **more):
    return Inputs("files", ("requirements.txt",), texts={"requirements.txt": text}, names=names, **more)


PLAIN = {"wsgi.py": WSGI}
FOUND = {"wsgi.py": (("application", "wsgi"),)}


def test_today_s_conventions_are_the_first_platform():
    assert next(iter(PLATFORMS)) == "native"


def test_wsgi_without_requirements():
    known = understand(PLAIN, FOUND)
    assert known == Understanding("gunicorn", "wsgi:application", NOTHING, ("gunicorn>=23", "pip"), how=known.how)
    assert "wsgi.py" in known.how


PACKAGES = [
    # requirements, wheels, server, packages besides the app's own
    ("flask\n", ("flask",), (), "", ("gunicorn>=23", "pip")),
    ("gunicorn==20.1\n", ("gunicorn",), (), "", ("pip",)),
    ("pip<25\nGunicorn\n", ("gunicorn", "pip"), (), "", ()),
    ("flask\n", ("flask",), (), "uwsgi", ("pyuwsgi>=2.0.28", "pip")),
    ("uWSGI\n", ("uwsgi",), (), "uwsgi", ("pip",)),
    ("pyuwsgi\n", ("pyuwsgi",), (), "uwsgi", ("pip",)),
    # with wheels and no index, pip is only asked for where its wheel is
    ("gunicorn\n", ("gunicorn",), ("gunicorn-23.0-py3-none-any.whl",), "", ()),
    ("gunicorn\n", ("gunicorn",), ("pip-25.0-py3-none-any.whl", "gunicorn-23.0-py3-none-any.whl"), "", ("pip",)),
    ("flask\n", ("flask",), ("flask-3.0-py3-none-any.whl",), "", ("gunicorn>=23",)),
]


@pytest.mark.parametrize(("text", "names", "wheels", "server", "packages"), PACKAGES)
def test_packages(text, names, wheels, server, packages):
    paths = tuple(f"wheels/{name}" for name in wheels)
    known = understand({**PLAIN, "requirements.txt": text}, FOUND, paths, server=server)
    assert known.packages == packages
    assert known.inputs == requirements(text, *names, wheels=bool(wheels), wheel_names=wheels)


def test_asgi():
    text = "async def app(scope, receive, send): ...\n"
    known = understand({"asgi.py": text}, {"asgi.py": (("app", "asgi"),)}, entrypoint="asgi:app")
    assert (known.server, known.target, known.packages) == ("uvicorn", "asgi:app", ("uvicorn>=0.30", "pip"))


def test_a_server_that_cannot_run_the_callable():
    with pytest.raises(PyhostError) as caught:
        understand({"asgi.py": ""}, {"asgi.py": (("app", "asgi"),)}, entrypoint="asgi:app", server="gunicorn")
    assert str(caught.value) == (
        'server: "gunicorn" cannot run asgi:app, which is ASGI; write one of: uvicorn'
    )  # fmt: skip


def test_the_server_decides_what_a_callable_is_that_does_not_say():
    found = {"main.py": (("app", "unknown"),)}
    assert understand({"main.py": ""}, found).server == "gunicorn"
    assert understand({"main.py": ""}, found, server="uvicorn").target == "main:app"


def test_command_needs_no_entry_point():
    known = understand({"requirements.txt": "flask\n"}, server="command", command="python serve.py")
    assert known == Understanding("command", "", requirements("flask\n", "flask"), ("pip",), how="command")


DJANGO = {"manage.py": MANAGE, "shop/settings.py": "", "shop/__init__.py": "", "requirements.txt": "django\n"}
GENERATED = """\
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", 'shop.settings')

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
"""


def test_django_without_a_wsgi_module_gets_one():
    known = understand(DJANGO)
    assert known == Understanding(
        "gunicorn",
        "pyhost_wsgi:application",
        requirements("django\n", "django"),
        ("gunicorn>=23", "pip"),
        files={"pyhost_wsgi.py": GENERATED},
        manage="manage.py",
        how=known.how,
    )


def test_django_below_approot():
    known = understand({f"site/{name}": text for name, text in DJANGO.items()}, approot="site")
    assert (known.manage, known.inputs.files) == ("site/manage.py", ("site/requirements.txt",))


def test_a_manage_py_of_something_else():
    known = understand({**PLAIN, "manage.py": "print('flask script')\n"}, FOUND)
    assert (known.manage, known.files, known.target) == ("", {}, "wsgi:application")


def test_django_with_a_command_collects_its_static_files_too():
    assert understand(DJANGO, server="command", command="daphne").manage == "manage.py"


def test_nothing_to_run():
    with pytest.raises(PyhostError) as caught:
        understand({"README": ""})
    assert str(caught.value).startswith("don't know how to run your application")


CELERY = {"worker": "celery -A shop worker"}
PROCFILE = "web: gunicorn shop.wsgi\nworker: celery -A shop worker\nrelease: python manage.py migrate\n"
SAYS = [
    # how the entry says that the app is served; server, target, command, how
    ({}, "command", "", "gunicorn shop.wsgi", "Procfile: web"),
    ({"server": "gunicorn"}, "gunicorn", "wsgi:application", "", "wsgi.py defines 'application'"),
    ({"entrypoint": "wsgi:application"}, "gunicorn", "wsgi:application", "", "entrypoint is given"),
    ({"server": "command", "command": "python x.py"}, "command", "", "", "command"),
    ({"server": "none"}, "none", "", "", "processes only"),
]


@pytest.mark.parametrize(("app", "server", "target", "command", "how"), SAYS)
def test_procfile(app, server, target, command, how):
    known = understand({**PLAIN, "Procfile": PROCFILE}, FOUND, **app)
    assert (known.server, known.target, known.command, known.how) == (server, target, command, how)
    assert (known.processes, known.release) == (CELERY, "python manage.py migrate")


def test_a_procfile_without_web_leaves_the_app_to_be_found():
    known = understand({**PLAIN, "Procfile": "worker: celery -A shop worker\n"}, FOUND)
    assert (known.server, known.processes) == ("gunicorn", CELERY)


def test_a_broken_procfile():
    with pytest.raises(PyhostError, match=r"^Procfile: line 2: "):
        understand({**PLAIN, "Procfile": "worker: x\nbroken\n"}, FOUND, command="python x.py", server="command")


def test_processes_only_need_no_callable():
    known = understand({"requirements.txt": "celery\n", "tasks.py": ""}, server="none")
    assert (known.server, known.packages, known.inputs.files) == ("none", ("pip",), ("requirements.txt",))
