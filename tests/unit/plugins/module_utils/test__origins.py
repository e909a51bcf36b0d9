# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._origins import marked, named

TEXT = (
    "server {\n" + marked("web/nginx.conf", "gzip on;\nnonsense on;\n\n") + "}\n" + marked("b nginx.conf", "x;") + "}\n"
)


def test_the_text_stays_as_it_is():
    assert marked("nginx.conf", "a;\nb;\n\n") == "# nginx.conf, lines 1-2:\na;\nb;\n"


@pytest.mark.parametrize(
    ("line", "place"),
    [(1, "/x/app.conf:1"), (2, "/x/app.conf:2"), (3, "web/nginx.conf:1"), (4, "web/nginx.conf:2"), (5, "/x/app.conf:5"),
     (7, "b nginx.conf:1"), (99, "/x/app.conf:99")],
)  # fmt: skip
def test_places(line, place):
    message = f'nginx: [emerg] unknown directive "nonsense" in /x/app.conf:{line}\nand more'
    assert named(message, "/x/app.conf", TEXT) == message.replace(f"/x/app.conf:{line}", place)


def test_indented_text_is_found():
    indented = "".join(f"    {line}\n" for line in TEXT.splitlines())
    assert named("in /x/app.conf:4", "/x/app.conf", indented) == "in web/nginx.conf:2"
