# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared hosting as at Site5: the checks W1 to W9 that need Apache, on a host; owners work over ssh."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import place
from tests.support.deploy import Run, deploy, good
from tests.support.load import load
from tests.support.login import Login
from tests.support.remote import shell
from tests.support.web import Answer, get

HOST = place.host("pyhost-debian13")
TREES = Path(__file__).resolve().parents[1] / "trees" / "site5"
SCRIPT = "~/public_html/mysite/django.fcgi"
VIEWS = "~/projects/django/mysite/views.py"
SHOP = "shop.example.com"
SOON = 8.0
"""Seconds in which a touch has to take effect."""


class Accounts:
    """Two owners: the how-to's tree, and the variants that other hosts' documentation has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(TREES, folder / "trees", symlinks=True)
        project = folder / "trees" / "variants" / "django_projects" / "shop"
        shutil.copytree(TREES / "account" / "projects" / "django" / "mysite", project)
        for path in project.glob("*.py"):
            path.write_text(path.read_text().replace("mysite", "shop"))
        self.login = Login(folder, "owner", HOST, "mysite")
        self.tree = folder / "trees" / "account"

    def entries(self) -> list[dict[str, Any]]:
        keys, host = [self.login.public], "example.com"
        return [
            {"name": name, "platform": "site5", "source": {"path": str(self.folder / "trees" / tree)},
             "domains": [f"{name}.{host}"], "ssh_keys": keys, "environment": {"GREETING": f"hello, {name}"}}
            for name, tree in (("mysite", "account"), ("shop", "variants"))
        ]  # fmt: skip

    def deploy(self) -> Run:
        return deploy(self.entries(), self.folder, HOST)

    def change(self, name: str, *pairs: tuple[str, str]) -> None:
        """Edit a file of the source."""
        path = self.tree / name
        text = path.read_text()
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    made = Accounts(tmp_path_factory.mktemp("site5"))
    good(made.deploy())
    return made


def site(path: str = "/", **headers: str) -> Answer:
    return get(HOST, "mysite.example.com", path, 80, headers)


def shop(path: str = "/", **headers: str) -> Answer:
    return get(HOST, SHOP, path, 80, headers)


def until(found: Callable[[], bool], seconds: float = SOON) -> float:
    """Seconds until ``found`` is true; the test has failed when it is not within ``seconds``."""
    begun = time.monotonic()
    while not found():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - begun


def test_W02_the_tree_of_the_how_to(accounts: Accounts) -> None:
    first = site()
    assert (first.status, first.json["path"], first.json["SCRIPT_NAME"]) == (200, "/", "")
    deep = site("/any/path?x=1&y=%20", Proxy="http://evil.example.com").json
    assert (deep["PATH_INFO"], deep["QUERY_STRING"], deep["reverse"]) == ("/any/path", "x=1&y=%20", "/there")
    assert (deep["HTTP_PROXY"], deep["HTTP_HOST"]) == (None, "mysite.example.com")
    assert deep["REMOTE_ADDR"] not in ("127.0.0.1", None)
    assert deep["greeting"] == "hello, mysite"
    styles = site("/static/a.css")
    assert (styles.status, styles.headers["content-type"], styles.body) == (200, "text/css", b"body { color: #222 }\n")
    assert "DJANGO Admin styles" in site("/media/css/base.css").text
    assert site("/.htaccess").status == 403


def test_W02_rules_of_other_hosts(accounts: Accounts) -> None:
    """AddHandler, Options, !-f, [QSA,L], a relative project directory, "env python"."""
    seen = shop("/a/b?x=1").json
    assert (seen["PATH_INFO"], seen["QUERY_STRING"], seen["path"]) == ("/a/b", "added=1&x=1", "/a/b")
    file = shop("/robots.txt")
    assert (file.text, file.headers["content-type"].partition(";")[0]) == ("plain file\n", "text/plain")


def test_W01_a_cgi_script_is_a_process_each(accounts: Accounts) -> None:
    answers = [shop("/cgi-bin/hello.py", Proxy="http://evil.example.com") for _time in range(2)]
    words = [answer.text.split() for answer in answers]
    assert [answer.status for answer in answers] == [200, 200]
    assert [one[:2] + one[3:] for one in words] == [["Hello", "World!", "None", "hello,", "shop"]] * 2
    assert words[0][2] != words[1][2], "the number of the process"
    assert answers[0].headers["content-type"] == "text/plain;charset=utf-8"
    assert shop("/cgi-bin/form.py?name=Ren%C3%A9").text == "name=René\n"


def test_W01_a_traceback_is_shown_when_the_script_says_so(accounts: Accounts) -> None:
    assert "to be shown" in shop("/cgi-bin/shown.cgi").text
    broken = shop("/cgi-bin/broken.cgi")
    assert (broken.status, "not to be shown" in broken.text) == (500, False)
    assert "not to be shown" in accounts.login.typed("tail -n 30 ~/logs/app.log", "shop")


def test_W05_two_owners_two_sets_of_packages(accounts: Accounts) -> None:
    one, other = site().json, shop().json
    assert (one["django"][:3], other["django"][:3]) == ("5.2", "4.2")
    assert one["executable"] == "/home/mysite/bin/python"
    assert one["uid"] == int(accounts.login.typed("id -u"))
    assert other["uid"] == int(accounts.login.typed("id -u", "shop"))
    assert one["uid"] != other["uid"]


def test_W08_processes_or_threads(accounts: Accounts) -> None:
    one, other = site().json, shop().json
    assert (one["multithread"], one["multiprocess"]) == (True, False)
    assert (other["multithread"], other["multiprocess"]) == (False, True)
    count = "ps -o pid= --ppid {} | wc -l"
    assert int(accounts.login.typed(count.format(other["parent"]), "shop")) >= 1


def test_W09_the_owners_python_is_first(accounts: Accounts) -> None:
    assert (
        accounts.login.typed("which python; pwd; echo ~").split() == ["/home/mysite/bin/python"] + ["/home/mysite"] * 2
    )
    plain = accounts.login.run("which python; python -c 'import django; print(django.get_version())'").stdout.split()
    assert plain == ["/home/mysite/bin/python", site().json["django"]]


@pytest.mark.soak
def test_W03_a_touch_restarts_one_owner_alone(accounts: Accounts) -> None:
    before, other = site().json, shop().json["parent"]
    accounts.login.typed(f'sed -i \'s/"one"/"edited"/\' {VIEWS}')
    assert [site().json[name] for name in ("version", "pid")] == ["one", before["pid"]]
    with load(HOST, "mysite.example.com", "/", rate=40, what="django.fcgi touched") as seen:
        accounts.login.typed(f"touch {SCRIPT}")
        until(lambda: site().json["version"] == "edited")
    assert seen.requests > 10
    assert seen.failed == {}, seen
    assert site().json["pid"] != before["pid"]
    assert shop().json["parent"] == other


@pytest.mark.soak
def test_W03_a_request_that_runs_is_finished(accounts: Accounts) -> None:
    with load(HOST, "mysite.example.com", "/slow", rate=1, what="touched while requests run 3 s") as seen:
        until(lambda: "slept" in site("/slow").text, 10)
        accounts.login.typed(f"touch {SCRIPT}")
        until(lambda: "slept" in site("/slow").text, 10)
    assert seen.requests > 2
    assert seen.failed == {}, seen


@pytest.mark.soak
def test_W04_a_script_that_cannot_run_says_why_in_the_owners_log(accounts: Accounts) -> None:
    tail = "tail -n 20 ~/logs/app.log"
    cases = {
        f"chmod 644 {SCRIPT}": "is not executable: chmod 755",
        f"chmod 775 {SCRIPT}": "may be written by others than its owner: chmod 755",
        f"chmod 755 {SCRIPT}; sed -i '2i raise RuntimeError(\"at import\")' {SCRIPT}": "RuntimeError: at import",
    }
    kept = accounts.login.typed(f"cat {SCRIPT}")
    for change, why in cases.items():
        accounts.login.typed(f"{change}; touch {SCRIPT}")
        until(lambda: site().status == 500)
        assert why in accounts.login.typed(tail), why
    accounts.login.typed(f"sed -i 2d {SCRIPT}; touch {SCRIPT}")
    assert accounts.login.typed(f"cat {SCRIPT}") == kept
    until(lambda: site().status == 200)


@pytest.mark.soak
def test_links_out_of_the_owners_tree_are_not_followed(accounts: Accounts) -> None:
    """``Options +FollowSymLinks`` in a .htaccess changes nothing of that; what is the owner's own is followed."""
    folder = "~/public_html"
    accounts.login.typed(
        f"ln -s /etc/passwd {folder}/users.txt; ln -s /etc {folder}/etc; ln -s ~/own.txt {folder}/", "shop"
    )
    accounts.login.typed("echo mine > ~/own.txt", "shop")
    assert (shop("/users.txt").status, shop("/etc/hostname").status) == (403, 403)
    assert shop("/own.txt").text == "mine\n"
    accounts.login.typed(f"rm {folder}/users.txt {folder}/etc {folder}/own.txt", "shop")


@pytest.mark.soak
def test_a_rollout_loses_no_request_and_a_third_run_changes_nothing(accounts: Accounts) -> None:
    accounts.change("projects/django/mysite/views.py", ('"one"', '"two"'))
    with load(HOST, "mysite.example.com", "/", rate=40, what="a new release behind Apache") as seen:
        good(accounts.deploy())
    assert seen.requests > 50
    assert seen.failed == {}, seen
    assert site().json["version"] == "two"
    assert good(accounts.deploy()).changed == {HOST: 0}


@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "old", "new", "why"),
    [
        ("public_html/mysite/.htaccess", "RewriteBase /", "RewriteBass /", "Invalid command 'RewriteBass'"),
        (
            "projects/django/mysite/settings.py",
            "import os\n",
            "import os\nimport no_such_module\n",
            "No module named 'no_such_module'",
        ),
    ],
    ids=["htaccess", "import"],
)
def test_a_version_that_fails_leaves_the_old_one(accounts: Accounts, name: str, old: str, new: str, why: str) -> None:
    """The new version is proved from its own code, although the home leads to that of the old one."""
    accounts.change(name, (old, new))
    with load(HOST, "mysite.example.com", "/", rate=20, what=f"a new release that fails: {why}") as seen:
        run = accounts.deploy()
    accounts.change(name, (new, old))
    assert run.status != 0
    assert why in run.message()
    assert seen.failed == {}, seen
    assert site().json["version"] == "two"


@pytest.mark.soak
def test_what_is_wrong_with_a_source_is_said_before_anything_is_touched(accounts: Accounts) -> None:
    script = accounts.tree / "public_html" / "mysite" / "django.fcgi"
    kept = script.read_text()
    script.unlink()
    missing = accounts.deploy()
    assert "public_html/mysite/.htaccess leads to django.fcgi, which is not in public_html/mysite" in missing.message()
    script.write_text(kept)
    script.chmod(0o755)
    link = accounts.tree / "public_html" / "mysite" / "users.txt"
    link.symlink_to("/etc/passwd")
    out = accounts.deploy()
    link.unlink()
    assert "public_html/mysite/users.txt is a symlink that leads out of" in out.message()
    assert "make it relative" in out.message()
    assert site().status == 200


@pytest.mark.soak
def test_another_python_takes_its_virtualenv_along(accounts: Accounts) -> None:
    """The interpreter line leads through the home: the new version is proved by its own Python all the same."""
    (accounts.tree / "requirements.txt").write_text("Django>=4.2,<5\n")
    with load(HOST, "mysite.example.com", "/", rate=40, what="a new virtualenv behind Apache") as seen:
        good(accounts.deploy())
    assert seen.failed == {}, seen
    assert site().json["django"].startswith("4.2")


@pytest.mark.soak
def test_what_was_made_is_removed_and_nothing_else(accounts: Accounts) -> None:
    """The home stays without ``purge``: what its owner put there, and no link that leads to the code that is gone."""
    accounts.login.typed("echo mine > ~/own.txt; ln -s own.txt ~/also; ln -s /nowhere ~/else; mkdir ~/mine")
    good(deploy([{"name": "mysite", "state": "absent"}], accounts.folder, HOST))
    assert set(shell(HOST, "ls -A /home/mysite").split()) >= {"own.txt", "also", "else", "mine", ".bashrc", "data"}
    assert shell(HOST, "find /home/mysite -xtype l").split() == ["/home/mysite/else"]
    assert shell(HOST, "cat /home/mysite/also") == "mine\n"
    good(accounts.deploy())
    assert site().json["version"] == "two"
