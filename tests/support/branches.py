# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Old branches of Python on a host, compiled from the tarballs of Debian's source packages, and small apps for them."""

from __future__ import annotations

from pathlib import Path

from tests.support import remote

PLACE = "/opt/builds"
"""Where the Pythons of `build` are, each in ``python-BRANCH``; cells see it, and no role of the collection made it."""

BUILD_SECONDS = 1800
SUITE = "bullseye"
"""The last release of Debian that has both."""

VERSIONS = {"2.7": "2.7.18", "3.9": "3.9.2"}

NEEDED = """build-essential dpkg-dev libbz2-dev libffi-dev liblzma-dev libreadline-dev libsqlite3-dev libssl-dev
    xz-utils zlib1g-dev"""

BUILD = """\
[ ! -x {place}/python-{branch}/bin/python{branch} ] || exit 0
export DEBIAN_FRONTEND=noninteractive
mirror=$(sed -n 's/^deb \\([^ ]*\\) .*/\\1/p' /etc/apt/sources.list | head -n 1)
list=/etc/apt/sources.list.d/test-source.list
trap 'rm -f "$list"' EXIT
echo "deb-src [trusted=yes] $mirror {suite} main" > "$list"
apt-get -qq update
apt-get -qq install --no-install-recommends {needed} > /dev/null
work=/var/tmp/test-python-{branch}
rm -rf "$work"; mkdir -p "$work/source"; cd "$work"
apt-get -qq source --download-only python{branch}
tar -xf python{branch}_{version}.orig.tar.* -C source --strip-components=1
cd source
{{ ./configure --prefix={place}/python-{branch} --with-ensurepip=install && make -j2 && make install; }} > ../log 2>&1 \\
    || {{ tail -n 20 ../log >&2; exit 1; }}
rm -rf "$work"
"""

FLASK = {
    "2.7": "flask==1.1.4\nwerkzeug==1.0.1\njinja2==2.11.3\nmarkupsafe==1.1.1\nclick==7.1.2\nitsdangerous==1.1.0\n",
    "3.9": "flask==3.1.2\n",
}
"""Pinned: an index need not tell an old pip what a release requires."""

APP = """\
# coding: utf-8
import ssl, sys
import flask

application = flask.Flask(__name__)


@application.route("/")
def page():
    server = "uwsgi" if "uwsgi" in sys.modules else flask.request.environ["SERVER_SOFTWARE"]
    return u"python %d.%d, {server}, {tls}".format(server=server, tls=ssl.OPENSSL_VERSION) % sys.version_info[:2]
"""

LAST = {"2.7": 'print "cooked by an old hand"\n', "3.9": "print('cooked', file=sys.stderr)\n"}
"""Syntax that the other does not know."""

DJANGO = {
    "requirements.txt": "django==1.11.29\npytz==2021.3\n",
    "manage.py": """\
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
from django.core.management import execute_from_command_line

execute_from_command_line(sys.argv)
""",
    "shop/__init__.py": "",
    "shop/settings.py": """\
import os
SECRET_KEY = "only for a test"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.staticfiles"]
STATIC_URL = "/static/"
STATIC_ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "collected")
STATICFILES_DIRS = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "files")]
""",
    "shop/files/bowl.txt": "a bowl",
    "shop/urls.py": """\
import sys
from django.conf.urls import url
from django.http import HttpResponse

urlpatterns = [url("^$", lambda request: HttpResponse("v1 django on %d.%d" % sys.version_info[:2]))]
""",
}
"""The last Django for Python 2.7; it has no wsgi.py, so that ours serves."""


def build(host: str, branch: str) -> None:
    """Have a Python of ``branch`` below `PLACE`; compiled once on each host."""
    script = BUILD.format(
        place=PLACE, branch=branch, version=VERSIONS[branch], suite=SUITE, needed=" ".join(NEEDED.split())
    )
    remote.shell(host, script, seconds=BUILD_SECONDS)


def write(folder: Path, files: dict[str, str]) -> Path:
    """``files`` below ``folder``: name to text."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
