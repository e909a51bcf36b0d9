# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx text of a cell whose visitors come through a server of the owner's. Pure. PRIVATE to the collection.

The front's server leads to the owner's, and that finds the app on an address of ours (``inner``) or on its socket.
Where nothing of the owner's listens, visitors are led to the app at once.
"""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils import _nginx
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

TRUST = """\
set_real_ip_from 127.0.0.1;
set_real_ip_from ::1;
real_ip_header X-Real-IP;
"""
"""Of all servers of the cell that say nothing else: our own server has told them who the visitor is."""


def conf(cell: Cell, owners: str, inner: str, before: str, leading: str) -> str:
    """The servers; ``owners`` and ``inner`` are addresses, ``before`` the rules that come before ``location /``.

    ``leading`` is the text of a location that leads to the app.
    """
    through = _nginx.proxied(f"http://{owners}")
    rules = f"{before}location / {{\n{through}    error_page 502 = @pyhost_app;\n}}\n"
    rules += f"location @pyhost_app {{\n{leading}}}\n"
    text = f"{HEADER}{TRUST}"
    if cell.web:
        text += _nginx.server([f"unix:{cell.web}"], rules, front=True)
    if inner:
        text += _nginx.server([inner], f"location / {{\n{leading}}}\n", front=True, trust="127.0.0.1")
    return text
