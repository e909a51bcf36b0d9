# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._errors import Problems
from ansible_collections.pyhost.platform.plugins.module_utils._python_sources import PythonSource
from ansible_collections.pyhost.platform.plugins.plugin_utils._settings import DEFAULTS, read_settings

WHOLE = {
    "scope": "system",
    "root": "~/pyhost",
    "boot": "auto",
    "python_default": "",
    "python_aliases": {},
    "python_paths": [],
    "python_sources": [PythonSource("path").to_dict(), PythonSource("distro").to_dict()],
    "build_environment": {},
    "base": ".",
    "jobs": 4,
    "keep_releases": 5,
    "lock_wait": 0,
    "trusted_proxies": [],
    "services": [],
    "services_rotation": "",
    "services_passwords": "~/.pyhost/passwords",
    "services_secrets": {},
    "shared_wheels": True,
    "acme_directory": "https://acme-v02.api.letsencrypt.org/directory",
    "acme_email": "",
    "report_path": "",
    "profile": False,
    "rehearse": "",
    "only": [],
    "check": False,
}


def test_defaults():
    assert read_settings({}, False) == WHOLE
    assert read_settings({}, True) == {**WHOLE, "check": True}
    assert "check" not in DEFAULTS


def test_given():
    given = {
        "scope": "account",
        "python_default": "3.13",
        "python_aliases": {"2.7": "3.11"},
        "python_paths": ["/opt/p"],
        "python_sources": ["uv"],
        "jobs": "8",
        "keep_releases": 1,
        "lock_wait": 90,
        "trusted_proxies": ["10.0.0.0/24", "192.0.2.7", "2001:db8::/32"],
        "acme_directory": "http://127.0.0.1:14000/dir",
        "acme_email": "me@example.com",
        "base": "/srv/apps",
    }
    uv = PythonSource("uv", tuple(f"3.{minor}" for minor in range(8, 15)))
    assert read_settings(given, False) == {**WHOLE, **given, "jobs": 8, "python_sources": [uv.to_dict()]}


BRANCH = 'is no branch; write for example "3.13", with quotes'
WRONG = [
    (
        {"job": 1},
        ["job: unknown setting; known are: acme_directory, acme_email, base, boot, build_environment, jobs, keep_releases, lock_wait, "
         "only, profile, python_aliases, python_default, python_paths, python_sources, rehearse, report_path, root, scope, services, "
         "services_passwords, services_rotation, services_secrets, shared_wheels, trusted_proxies"],
    ),
    ({"jobs": "many"}, ["pyhost_jobs: 'many' is no whole number"]),
    ({"jobs": None}, ["pyhost_jobs: None is no whole number"]),
    ({"jobs": 0}, ["pyhost_jobs: 0 is not between 1 and 64"]),
    ({"keep_releases": 65}, ["pyhost_keep_releases: 65 is not between 1 and 64"]),
    ({"lock_wait": -1}, ["pyhost_lock_wait: -1 is not between 0 and 3600"]),
    ({"lock_wait": "3601"}, ["pyhost_lock_wait: 3601 is not between 0 and 3600"]),
    ({"lock_wait": "long"}, ["pyhost_lock_wait: 'long' is no whole number"]),
    *(
        (
            {"acme_directory": url},
            [f"pyhost_acme_directory: {url!r} is no https:// address; it is what the authority names its directory"],
        )
        for url in ("", "letsencrypt", "http://ca.example/dir", "http://127.0.0.1.example/dir", "https://a b")
    ),
    ({"trusted_proxies": "10.0.0.0/8"}, ["pyhost_trusted_proxies: '10.0.0.0/8' is no list"]),
    (
        {"trusted_proxies": ["lb", "10.0.0.1/8", "0.0.0.0/0", "10.0.0.1; x"]},
        ["pyhost_trusted_proxies[0]: 'lb' is no address or network; write for example \"10.0.0.0/24\"",
         "pyhost_trusted_proxies[1]: '10.0.0.1/8' is no address or network; write for example \"10.0.0.0/24\"",
         "pyhost_trusted_proxies[2]: '0.0.0.0/0' would believe everybody; write for example \"10.0.0.0/24\"",
         "pyhost_trusted_proxies[3]: '10.0.0.1; x' is no address or network; write for example \"10.0.0.0/24\""],
    ),
    ({"python_aliases": "x"}, ["pyhost_python_aliases: 'x' is no mapping"]),
    ({"python_paths": "/opt/p"}, ["pyhost_python_paths: '/opt/p' is no list"]),
    ({"build_environment": ["A=1"]}, ["pyhost_build_environment: ['A=1'] is no mapping"]),
    ({"base": None}, ["pyhost_base: None is no string"]),
    ({"boot": None}, ["pyhost_boot: None is no string"]),
    ({"boot": "upstart"}, ["pyhost_boot: 'upstart' is unknown; write one of auto, systemd, cron, none"]),
    ({"report_path": 1}, ["pyhost_report_path: 1 is no string"]),
    ({"rehearse": "newest"}, ["python: 'newest' is no branch; write for example \"3.13\", with quotes"]),
    ({"python_default": 3.13}, [f"pyhost_python_default: 3.13 {BRANCH}"]),
    ({"python_default": "3"}, [f"pyhost_python_default: '3' {BRANCH}"]),
    ({"python_default": "3.13.5"}, [f"pyhost_python_default: '3.13.5' {BRANCH}"]),
    # all at once
    (
        {"jobs": 0, "python_paths": None, "python_default": None},
        ["pyhost_jobs: 0 is not between 1 and 64", "pyhost_python_paths: None is no list",
         f"pyhost_python_default: None {BRANCH}"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "messages"), WRONG)
def test_wrong(given, messages):
    with pytest.raises(Problems) as caught:
        read_settings(given, False)
    assert [str(problem) for problem in caught.value.problems] == messages
