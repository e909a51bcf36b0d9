# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The how-to "Installing Django on Shared Hosting (Site5)", typed over ssh by an owner without rights, to its success page.

What is typed otherwise than it says, each for the same step, because the original is no more:

* virtual-python.py, ez_setup.py: the addresses are dead. ``virtualenv ~`` makes the same layout, with pip for easy_install.
* Django's Subversion trunk: the server is gone. A release lands in the same directory, ``~/downloads/django-trunk``.
* ``django-admin.py``: dropped by Django 4.0; the owner writes its three lines. ``startproject mysite .`` makes the flat
  layout, since without the dot there is one more directory since Django 1.4.
* ``print`` is a function, PIL is Pillow, and mysql-python, which is for Python 2, is PyMySQL.
* Django 1.5 and later answer for the names in ``ALLOWED_HOSTS`` alone; the admin's ``media`` is ``static/admin``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import place
from tests.support.deploy import deploy, good
from tests.support.login import Login
from tests.support.web import Answer, get

pytestmark = pytest.mark.soak

HOST = place.host("pyhost-debian13")
USER, DOMAIN = "howto", "mysite.mydomain.com"

PYTHON = """\
mkdir ~/downloads
cd ~/downloads
python -V
virtualenv ~
"""

DEFAULT = """\
grep -q 'export PATH=$HOME/bin:$PATH' ~/.bashrc
source ~/.bashrc
which python
"""

DJANGO = """\
python -m pip install --quiet --no-deps --target ~/downloads/django-trunk 'Django>=5.2,<5.3'
python -m pip install --quiet asgiref sqlparse
packages=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
ln -s ~/downloads/django-trunk/django $packages
mkdir -p ~/downloads/django-trunk/django/bin
printf '#!%s\\nfrom django.core import management\\n\\nmanagement.execute_from_command_line()\\n' ~/bin/python \
  > ~/downloads/django-trunk/django/bin/django-admin.py
chmod 755 ~/downloads/django-trunk/django/bin/django-admin.py
ln -s ~/downloads/django-trunk/django/bin/django-admin.py ~/bin
python -c "import django; print(django.get_version())"
"""

DEPENDENCIES = """\
python -m pip install --quiet Pillow
python -m pip install --quiet PyMySQL
python -m pip install --quiet flup
python -c "import PIL"
"""

PROJECT = """\
mkdir -p ~/projects/django
cd ~/projects/django
django-admin.py startproject mysite .
cd mysite
mkdir media templates
sed -i "s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['mysite.mydomain.com']/" settings.py
echo 'p { color: green }' > media/mine.css
"""

LIVE = """\
cd ~/public_html/mysite
ln -s ~/projects/django/mysite/media ~/public_html/mysite/static
ln -s $(echo ~/lib/python3*/site-packages)/django/contrib/admin/static/admin ~/public_html/mysite/media
cat > django.fcgi <<'END'
#!/home/howto/bin/python
import sys, os

# Add a custom Python path.
sys.path.insert(0, "/home/howto/projects/django")

# Switch to the directory of your project. (Optional.)
os.chdir("/home/howto/projects/django/mysite")

# Set the DJANGO_SETTINGS_MODULE environment variable.
os.environ['DJANGO_SETTINGS_MODULE'] = "mysite.settings"

from django.core.servers.fastcgi import runfastcgi
runfastcgi(method="threaded", daemonize="false")
END
cat > .htaccess <<'END'
RewriteEngine On
RewriteBase /
RewriteRule ^(media/.*)$ - [L]
RewriteRule ^(static/.*)$ - [L]
RewriteCond %{REQUEST_URI} !(django.fcgi)
RewriteRule ^(.*)$ django.fcgi/$1 [L]
END
chmod 755 ~/public_html/mysite/django.fcgi
"""


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> Login:
    folder = tmp_path_factory.mktemp("howto")
    login = Login(folder, "owner", HOST, USER)
    entry = {"name": USER, "platform": "site5", "domains": [DOMAIN], "ssh_keys": [login.public]}
    good(deploy([entry], folder, HOST))
    assert "This site has no content yet" in site().text
    return login


def site(path: str = "/") -> Answer:
    return get(HOST, DOMAIN, path)


def test_the_how_to_line_by_line(owner: Login, tmp_path: Path) -> None:
    assert owner.typed(PYTHON).startswith("Python 3.")
    assert owner.typed(DEFAULT).split()[-1] == f"/home/{USER}/bin/python"
    assert owner.typed(DJANGO).split()[-1].startswith("5.2")
    owner.typed(DEPENDENCIES)
    owner.typed(PROJECT)
    owner.typed(LIVE)
    page = site()
    assert (page.status, "The install worked successfully! Congratulations!" in page.text) == (200, True)
    assert site("/static/mine.css").text == "p { color: green }\n"
    assert "DJANGO Admin styles" in site("/media/css/base.css").text
    assert site("/admin/").headers["location"] == "/admin/login/?next=/admin/"


def test_the_next_deploy_leaves_all_of_it_alone(owner: Login, tmp_path: Path) -> None:
    entry = {"name": USER, "platform": "site5", "domains": [DOMAIN], "ssh_keys": [owner.public]}
    run = good(deploy([entry], tmp_path, HOST))
    assert run.changed == {HOST: 0}
    assert "Congratulations" in site().text


def test_manage_py_runfcgi(owner: Login) -> None:
    """The other way of the same years: a process of one's own that listens."""
    manage = "cd ~/projects/django; python manage.py runfcgi"
    started = f"{manage} method=threaded socket=$HOME/run/own.fcgi pidfile=$HOME/run/own.pid"
    there = "timeout 20 sh -c 'until test -S ~/run/own.fcgi && test -s ~/run/own.pid; do sleep 0.1; done'"
    assert owner.typed(f"{started}; {there}; kill $(cat ~/run/own.pid); echo served") == "served\n"
    refused = owner.run(f"{manage} method=thred; echo $?")
    assert (refused.stdout.split(), "method: thred; write prefork or threaded" in refused.stderr) == (["1"], True)
