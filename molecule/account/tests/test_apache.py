# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host's own Apache leads a web root of an account to its app, as a shared host has it: userdir, mod_fcgid, suexec.

The hoster's part is made here, by root: Apache serves ~/public_html, obeys .htaccess there and runs scripts as the account.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from molecule.account.tests.test_boot import install, root
from tests.support import place
from tests.support.deploy import EXAMPLES, Run, deploy, good, playbook
from tests.support.loopback import get, load
from tests.support.remote import shell

pytestmark = pytest.mark.soak

HOST = place.host("pyhost-account12")
testinfra_hosts = [f"ansible://{HOST}"]

APACHE = b"""
<Directory /home/*/public_html>
    AllowOverride All
    Options +SymLinksIfOwnerMatch +ExecCGI
    Require all granted
</Directory>
"""
WEB, URL = "/home/person/public_html", "/~person/"
OWN = {"robots.txt": "User-agent: *\n", "old/index.html": "an old page\n"}


def app(**changes: Any) -> dict[str, Any]:
    front = {"web_root": "~/public_html", "via": changes.pop("via", "fastcgi")}
    return {"name": "shop", "source": {"path": "hello"}, "front": front, "health": {"timeout": 120}, **changes}


def run(folder: Path, entry: dict[str, Any], *words: str) -> Run:
    return deploy([entry], folder, HOST, *words, scope="account", root="~/web")


def page(path: str = "", **headers: str) -> Any:
    return get(HOST, 80, URL + path, headers)


@pytest.fixture(scope="module", autouse=True)
def hoster() -> None:
    install(HOST, "apache2", "libapache2-mod-fcgid", "apache2-suexec-pristine")
    root(HOST, "cat > /etc/apache2/conf-enabled/hosting.conf", APACHE)
    root(HOST, "a2enmod -q userdir rewrite fcgid suexec >/dev/null; chmod 755 /home/person; systemctl restart apache2")
    for name, text in OWN.items():
        shell(HOST, f"mkdir -p $(dirname {WEB}/{name}); cat > {WEB}/{name}", text.encode())


def test_files_of_the_owner_are_refused_by_name(tmp_path: Path) -> None:
    shell(HOST, f"echo 'Options -Indexes' > {WEB}/.htaccess")
    said = run(tmp_path, app()).message()
    kept = shell(HOST, f"cat {WEB}/.htaccess; rm {WEB}/.htaccess")
    text = "shop: front.web_root: ~/public_html/.htaccess is not of this app; move it away, or write another directory"
    assert said == f"1 problem found, nothing was changed:\n  {text}"
    assert kept == "Options -Indexes\n"
    missing = app(front={"web_root": "~/nowhere"})
    assert "~/nowhere is no directory on this host" in run(tmp_path, missing).message()


def test_check_mode_shows_the_files(tmp_path: Path) -> None:
    said = good(run(tmp_path, app(), "--check", "--diff")).output
    assert "+AddHandler fcgid-script .fcgi" in said
    assert shell(HOST, f"ls -A {WEB}").split() == ["old", "robots.txt"]


def test_apache_leads_to_the_app(tmp_path: Path) -> None:
    good(run(tmp_path, app()))
    answer = page()
    assert (answer.status, "It works" in answer.text) == (200, True)
    assert good(run(tmp_path, app())).changed == {HOST: 0}


def test_what_the_app_is_told() -> None:
    """As it would be asked itself: its own paths, the visitor's words, and nobody's lies about who asks."""
    lies = {"X-Real-IP": "6.6.6.6", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Prefix": "/evil", "Proxy": "http://evil"}
    told = page("headers.json?a=1%202&b", **lies)
    assert told.status == 200
    assert "6.6.6.6" not in told.text
    assert "evil" not in told.text
    assert told.json["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert told.json["headers"]["X-Forwarded-Prefix"] == "/~person"
    assert page("static/hello.css").headers["content-type"].startswith("text/css")


def test_files_of_the_owner_are_answered_as_before() -> None:
    assert page("robots.txt").text == OWN["robots.txt"]
    assert page("old/index.html").text == OWN["old/index.html"]


def test_the_script_runs_as_the_account() -> None:
    users = shell(HOST, "ps -e -o user= -o args= | grep '[p]yhost-bridge.py shop' | cut -d' ' -f1 | sort -u")
    assert users == "person\n"


def test_no_request_is_lost_over_a_rollout(tmp_path: Path) -> None:
    code = tmp_path / "hello"
    shutil.copytree(EXAMPLES / "hello", code)
    index = code / "templates" / "index.html"
    index.write_text(index.read_text().replace("It works", "It still works"))
    with load(HOST, 80, URL) as seen:
        good(run(tmp_path, app(source={"path": str(code)})))
    assert "It still works" in page().text
    assert seen.answers["200"] > 50
    assert seen.failed == {}


def test_a_changed_file_is_not_overwritten(tmp_path: Path) -> None:
    shell(HOST, f"echo '# mine' >> {WEB}/.htaccess")
    assert ".htaccess was changed by hand" in run(tmp_path, app()).message()
    shell(HOST, f"sed -i '$d' {WEB}/.htaccess")
    assert good(run(tmp_path, app())).changed[HOST] > 0


def test_an_app_that_does_not_answer_is_said_in_the_log() -> None:
    control = "~/web/tools/bin/supervisorctl -c ~/web/apps/shop/conf/supervisord.conf"
    shell(HOST, f"{control} stop nginx")
    assert page().status == 503
    assert b"pyhost: the app shop does not answer" in root(HOST, "cat /var/log/apache2/error.log")
    shell(HOST, f"{control} start nginx")


def test_by_proxy(tmp_path: Path) -> None:
    root(HOST, "a2enmod -q proxy proxy_http >/dev/null; systemctl restart apache2")
    good(run(tmp_path, app(via="proxy")))
    answer = page()
    assert (answer.status, "It works" in answer.text) == (200, True)
    assert page("headers.json?a=1%202").json["Host"]
    assert shell(HOST, f"ls -A {WEB}").split() == [".htaccess", "old", "robots.txt"]
    assert good(run(tmp_path, app(via="proxy"))).changed == {HOST: 0}


def test_removal_leaves_the_files_of_the_owner(tmp_path: Path) -> None:
    settings = {"pyhost_scope": "account", "pyhost_root": "~/web", "app": "shop", "purge": True}
    good(playbook("remove", settings, tmp_path, HOST))
    assert shell(HOST, f"ls -A {WEB}").split() == ["old", "robots.txt"]
    assert page("robots.txt").text == OWN["robots.txt"]
    assert "It works" not in page().text
