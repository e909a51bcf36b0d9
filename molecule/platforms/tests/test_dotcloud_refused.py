# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""dotCloud: what is wrong is told with its place, and the version before serves on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from molecule.platforms.tests.dotcloud import HOST, Project
from tests.support import branches
from tests.support.deploy import deploy, good
from tests.support.load import load

pytestmark = pytest.mark.soak

FILE = "dotcloud.yml"
WSGI, NGINX, UWSGI, SUPERVISOR = (
    f"hellopython/{name}" for name in ("wsgi.py", "nginx.conf", "uwsgi.conf", "supervisord.conf")
)
BEGUN_SECONDS = 60
"""Within so many seconds a rollout has to know that something ends as soon as it was started."""


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """What serves all the time; at the end not one request has failed."""
    one = Project(tmp_path_factory.mktemp("dotcloud"), "dc-firm", "hello", ["api"])
    good(one.push())
    with load(HOST, one.domain) as seen:
        yield one
    assert seen.failed == {}
    assert seen.requests > 1000


@contextmanager
def as_before(firm: Project) -> Iterator[None]:
    """Nothing in the cell is another thing after the block; ``current`` is part of the picture."""
    before = firm.picture()
    yield
    assert firm.picture() == before


FILES = [
    ("", f'"{FILE}" is empty!'),
    ("{}", f'service(s) dict cannot be empty in "{FILE}", line 1, column 1'),
    ("www:\n  approot: .\n", f'Missing mandatory entry: "type" in "{FILE}", line 2, column 3'),
    ("- www\n", f'Expected a type dictionary but got a type list in "{FILE}", line 1, column 1'),
    ("www: python\n", f'Expected a type dictionary but got a type string in "{FILE}", line 1, column 6'),
    ("www: {type: lolita}\n", f'Unrecognized service "lolita" in "{FILE}", line 1, column 13'),
    ("www: {type: python, ports: {a: prout}}\n", f'Unrecognized port "prout" in "{FILE}", line 1, column 32'),
    ("abcdefghijklmnopq: {type: python}\n", 'Invalid service name (must be <= 16 characters) "abcdefghijklmnopq"'),
    ("w-w: {type: python}\n", 'Invalid characters (lowercase alphanum only) for service "w-w"'),
    ("www: {type: python, process: a, processes: {b: c}}\n",
     'You can\'t have both "process" and "processes" at the same time in service "www"'),
    ("www:\n  type: [python\n", f'"{FILE}" cannot be read: '),
    ("www: {type: python, config: {python_version: v9}}\n", f'Unrecognized python_version "v9"; write for example v2.7 '
     f'or v3.11 in "{FILE}", line 1, column 46'),
    ("www: {type: python, environment: {DOTCLOUD_X: y}}\n", '"DOTCLOUD_X" cannot be set'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FILES, ids=[text[:20] for text, _message in FILES])
def test_D17_messages(firm: Project, text: str, message: str) -> None:
    with as_before(firm), firm.changed(FILE, to=text):
        run = deploy([firm.entry()], firm.tree.parent, HOST, **firm.settings)
    assert run.status != 0
    assert f"{FILE}: {message}" in run.message()
    assert "nothing was changed" in run.message()


EARLY = {
    "nginx-block": (
        {NGINX: "location /media {\n  root /home/dotcloud/current;\n"},
        f'{NGINX}: line 1: this block has no "}}"',
    ),
    "uwsgi-end": ({UWSGI: "uwsgi_param A b;\nuwsgi_param C d\n"}, f'{UWSGI}: line 2: this has no ";"'),
    "supervisor": ({SUPERVISOR: "[program:tick]\nautostart=true\n"}, f"{SUPERVISOR}: [program:tick] has no command"),
    "supervisor-line": ({SUPERVISOR: "command=x\n"}, f"{SUPERVISOR}: File contains no section headers."),
    "supervisor-name": (
        {SUPERVISOR: "[program:cron]\ncommand=x\n"},
        f"{SUPERVISOR}: [program:cron]: the cell has a program cron already",
    ),
}


@pytest.mark.parametrize("name", EARLY)
def test_D15_texts_that_are_refused_before_anything_is_touched(firm: Project, name: str) -> None:
    files, message = EARLY[name]
    with as_before(firm), ExitStack() as stack:
        for path, text in files.items():
            stack.enter_context(firm.changed(path, to=text))
        run = firm.push()
    assert run.status != 0
    assert f"dc-firm: {message}" in run.message()
    assert "nothing was changed" in run.message()


def test_a_link_that_leaves_the_source(firm: Project) -> None:
    link = firm.tree / "hellopython" / "outside"
    link.symlink_to("../../../etc/passwd")
    with as_before(firm):
        run = firm.push()
    link.unlink()
    assert run.status != 0
    assert "hellopython/outside" in run.message()
    assert "nothing was changed" in run.message()


def test_D10_a_hook_that_is_not_there(firm: Project) -> None:
    with as_before(firm), firm.changed(FILE, ("prebuild: prebuild.sh", "prebuild: ./nowhere.sh")):
        run = firm.push()
    assert 'dc-firm: dotcloud.yml: prebuild: "./nowhere.sh" is not in the source' in run.message()


def test_D06_a_branch_that_cannot_be_had(firm: Project) -> None:
    with as_before(firm), firm.changed(FILE, ("python_version: v3.13", "python_version: v3.2")):
        run = firm.push()
    assert run.status != 0
    assert 'dc-firm: python: "3.2" cannot be had on this host; it has or can install: ' in run.message()


@contextmanager
def in_force(firm: Project) -> Iterator[None]:
    before = firm.inside("readlink -f ~/current ~/env; cat ~/environment.json; crontab -l; supervisorctl pid app")
    yield
    after = firm.inside("readlink -f ~/current ~/env; cat ~/environment.json; crontab -l; supervisorctl pid app")
    assert after == before


LATE = {
    "nginx": (
        NGINX,
        "location /media { root /home/dotcloud/current; }\nnonsense on;\n",
        f'unknown directive "nonsense" in {NGINX}:2',
    ),
    "uwsgi": (
        UWSGI,
        "uwsgi_param   ENVIRONMENT  prod;\nuwsgi_parm A b;\n",
        f'unknown directive "uwsgi_parm" in {UWSGI}:2',
    ),
    "twice": (
        NGINX,
        "location /a { return 404; }\nlocation /a { return 403; }\n",
        f'duplicate location "/a" in {NGINX}:2',
    ),
    "wsgi": (WSGI, "import no_such_module\n", "No module named 'no_such_module'"),
    "prebuild": ("hellopython/prebuild.sh", "#!/bin/sh\necho this is why\nexit 3\n", "this is why"),
    "postbuild": ("hellopython/postbuild.sh", "#!/bin/sh\necho this is why\nexit 3\n", "this is why"),
    "postinstall": ("hellopython/postinstall", "#!/bin/sh\necho this is why\nexit 3\n", "this is why"),
    "requirements": ("hellopython/requirements.txt", "idna==0.0.0.1\n", "idna"),
}


@pytest.mark.parametrize("name", LATE)
def test_D10_and_D15_what_fails_on_the_host(firm: Project, name: str) -> None:
    path, text, message = LATE[name]
    with in_force(firm), firm.changed(path, to=text):
        run = firm.push()
    assert run.status != 0
    assert message in run.message()
    if "build" in name or "install" in name:
        assert f"{name} failed with exit status 3" in run.message()


def test_D10_a_postinstall_that_is_not_executable(firm: Project) -> None:
    file = firm.tree / "hellopython" / "postinstall"
    file.chmod(0o644)
    with in_force(firm):
        run = firm.push()
    file.chmod(0o755)
    assert "hellopython/postinstall: is not executable; chmod +x it" in run.message()


def test_D10_a_prebuild_that_is_not_executable_is_made_so(firm: Project) -> None:
    file = firm.tree / "hellopython" / "prebuild.sh"
    file.chmod(0o644)
    good(firm.push())
    assert "prebuild" in firm.inside("cat ~/current/order")
    file.chmod(0o755)


ENDING = """\
at_once:
  type: python-worker
  config: {python_version: v3.13}
  process: python nowhere.py
soon:
  type: python-worker
  config: {python_version: v3.13}
  process: sh -c 'sleep 1.5; echo this is why; exit 2'
web:
  type: python-worker
  config: {python_version: v3.13}
  ports: {www: http}
  process: python nowhere.py $PORT_WWW
beside:
  type: python
  config: {python_version: v3.13}
  process: sh -c 'echo this is why; exit 2'
"""


def test_a_process_that_ends_at_once_is_told_soon(tmp_path: Path) -> None:
    """Also of a first deploy, where nothing serves meanwhile."""
    tree = branches.write(
        tmp_path / "tree", {FILE: ENDING, "wsgi.py": "def application(environ, start_response):\n    return []\n"}
    )
    shared: dict[str, Any] = {"platform": "dotcloud", "source": {"path": str(tree)}}
    entries = [
        {**shared, "name": "dc-ends"},
        {**shared, "name": "dc-ends-web", "service": "web", "domains": ["web.dc-ends.example.com"]},
        {**shared, "name": "dc-ends-beside", "service": "beside", "domains": ["beside.dc-ends.example.com"]},
    ]
    run = deploy(entries, tmp_path, HOST)
    names = ["dc-ends", "dc-ends-beside", "dc-ends-soon", "dc-ends-web"]
    assert run.status != 0
    assert [name for name in names if f"{name} on {HOST} FAILED at rollout; nothing serves" in run.message()] == names
    assert run.message().count("nowhere.py': [Errno 2] No such file or directory") == 2
    assert run.seconds[HOST]["rollout"] < BEGUN_SECONDS
    good(deploy([{"name": name, "state": "absent"} for name in names], tmp_path, HOST))
