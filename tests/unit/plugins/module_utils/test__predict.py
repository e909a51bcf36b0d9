# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._predict import versions


@pytest.mark.parametrize(
    ("compiled", "packages"),
    [
        ("", {}),
        ("Flask_Cors==4.0\nsix==1.17.0 ; python_version < '4'\n", {"flask-cors": "4.0", "six": "1.17.0"}),
        ("salt @ https://h/x/salt-2.0-py3-none-any.whl\nsix==1\n", {"salt": "2.0", "six": "1"}),
        ("salt @ https://h/salt-2.0.tar.gz#sha256=00 ; python_version < '4'\n", {"salt": "2.0"}),
        ("salt @ https://h/my_salt-2.0rc1.zip?x=1\n", {"salt": "2.0rc1"}),
        ("six==1\nsalt @ https://h/archive/main.zip\n", None),
        ("salt @ git+https://h/salt.git@0123abc\n", None),
    ],
)
def test_versions(compiled: str, packages: dict[str, str] | None) -> None:
    assert versions(compiled) == packages
