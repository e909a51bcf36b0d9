# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import sys

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._djangocheck import check_deploy, verdict
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._run import Finished

# What Django 5.2 wrote.
WARNINGS = """\
System check identified some issues:

WARNINGS:
?: (security.W004) You have not set a value for the SECURE_HSTS_SECONDS setting. If your entire site is served only \
over SSL, you may want to consider setting a value.
?: (security.W018) You should not have DEBUG set to True in deployment.
shop.Order: (models.W042) Auto-created primary key used when not defining a primary key type, by default 'django.db.models.AutoField'.
\tHINT: Configure the DEFAULT_AUTO_FIELD setting or \
the ShopConfig.default_auto_field attribute to point to a subclass of AutoField, e.g. 'django.db.models.BigAutoField'.

System check identified 3 issues (0 silenced).
"""
SHORT = [
    "security.W004 You have not set a value for the SECURE_HSTS_SECONDS setting. If your entire site is served only over SSL…",
    "security.W018 You should not have DEBUG set to True in deployment.",
    "models.W042 Auto-created primary key used when not defining a primary key type, by default 'django.db.models.AutoField'.",
]
OWN = """\
System check identified some issues:

WARNINGS:
?: The kitchen is small.

INFOS:
?: (shop.I001) Open till nine.

System check identified 2 issues (0 silenced).
"""
ERRORS = """\
Traceback (most recent call last):
  File "manage.py", line 7, in <module>
django.core.management.base.SystemCheckError: SystemCheckError: System check identified some issues:

ERRORS:
shop.Order.dish: (fields.E300) Field defines a relation with model 'Dish', which is either not installed, or is abstract.

WARNINGS:
?: (security.W018) You should not have DEBUG set to True in deployment.

System check identified 2 issues (0 silenced).
"""
BROKEN = """\
Traceback (most recent call last):
  File "manage.py", line 7, in <module>
ModuleNotFoundError: No module named 'debug_toolbar'
"""
UNSET = "django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.\n"
NOT = "manage.py check --deploy did not work: "


@pytest.mark.parametrize(
    ("status", "output", "warnings"),
    [
        (0, "System check identified no issues (0 silenced).\n", []),
        (0, WARNINGS, SHORT),
        (0, OWN, ["The kitchen is small."]),
        # the server imported its own settings, so these are no reason to refuse the version
        (1, BROKEN, [f"{NOT}ModuleNotFoundError: No module named 'debug_toolbar'"]),
        (1, UNSET, [f"{NOT}ImproperlyConfigured: The SECRET_KEY setting must not be empty."]),
        (2, "manage.py: error: unrecognized arguments: --deploy\n", [
            f"{NOT}manage.py: error: unrecognized arguments: --deploy",
        ]),
    ],
)  # fmt: skip
def test_verdict(status, output, warnings):
    assert verdict(Finished(status, output)) == warnings
    assert max(map(len, warnings), default=0) <= 160


def test_errors_fail_with_their_text():
    with pytest.raises(PyhostError) as caught:
        verdict(Finished(1, ERRORS))
    head, rest = str(caught.value).split("; its last lines:\n")
    assert head == (
        "manage.py check --deploy finds an error: fields.E300 Field defines a relation with model 'Dish', which is "
        "either not installed, or is abstract."
    )
    assert rest.endswith("System check identified 2 issues (0 silenced).")


def test_the_command(tmp_path):
    """It runs beside manage.py, with the environment alone, and is ended when it hangs."""
    (tmp_path / "manage.py").write_text(
        "import os, sys, time\n"
        "print('WARNINGS:')\n"
        "print('?: (x.W1)', sys.argv[1:], os.path.basename(os.getcwd()), sorted(set(os.environ) - {'LC_CTYPE'}))\n"
        "time.sleep(float(os.environ.get('HANG', 0)))\n"
    )
    found = check_deploy(sys.executable, tmp_path / "manage.py", {"KEY": "1"}, 20)
    assert found == [f"x.W1 ['check', '--deploy', '--no-color'] {tmp_path.name} ['KEY']"]
    found = check_deploy(sys.executable, tmp_path / "manage.py", {"HANG": "60"}, 1)
    assert found == [f"{NOT}{sys.executable.rpartition('/')[2]} did not end within 1 s and said nothing"]
