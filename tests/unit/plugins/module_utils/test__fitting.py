# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._fitting import branch_problems
from ansible_collections.pyhost.platform.plugins.module_utils._models import App, Source
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import Understanding
from ansible_collections.pyhost.platform.plugins.module_utils._requirements import Inputs

WSGI = Understanding("gunicorn", "wsgi:application", Inputs("files"), ("gunicorn>=23", "pip"))
ASGI = Understanding("uvicorn", "asgi:app", Inputs("files"), ("uvicorn>=0.30", "pip"))
OWN = Understanding("uvicorn", "asgi:app", Inputs("files"), ("pip",))
LOCKED = Understanding("gunicorn", "wsgi:application", Inputs("uv.lock"), ("gunicorn>=23", "pip"))
COMMAND = Understanding("command", "", Inputs("none"), ("pip",))

UV = "ramen: installer: uv does not serve Python 2.7; write pip, or leave the key out, which means pip there"
SERVER = (
    "ramen: server: uvicorn has no version for Python 2.7, which has: gunicorn, uwsgi, fastcgi, scgi, cgi, mod_wsgi, wsgiref, command; "
    "write one of these, or another python"
)
LOCK = "ramen: requirements: uv.lock is for uv, which does not serve Python 2.7; name requirement files here"

TABLE = [
    # keys, what the code says, branch, problems
    ({}, WSGI, "2.7", []),
    ({}, WSGI, "3.13", []),
    ({}, None, "2.7", []),
    ({}, COMMAND, "2.7", []),
    ({}, ASGI, "2.7", [SERVER]),
    ({}, ASGI, "3.6", []),
    ({}, OWN, "2.7", []),
    ({"server": "uvicorn"}, None, "2.7", [SERVER]),
    ({"server": "uwsgi"}, None, "2.7", []),
    ({"installer": "uv"}, WSGI, "2.7", [UV]),
    ({"installer": "uv"}, WSGI, "3.6", []),
    ({"installer": "pip"}, WSGI, "2.7", []),
    ({"installer": "uv"}, ASGI, "2.7", [UV, SERVER]),
    ({}, LOCKED, "2.7", [LOCK]),
    ({}, LOCKED, "3.6", []),
]


@pytest.mark.parametrize(("keys", "known", "branch", "problems"), TABLE)
def test_what_has_to_change(keys, known, branch, problems):
    app = App("ramen", Source("path", "."), **keys)
    assert [str(one) for one in branch_problems(app, known, branch)] == problems
