# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of root's files that lead owners into their cells, and nowhere else. Pure. PRIVATE to the collection.

Whatever a cell's user would run at a login runs before any confinement: shell start-up files, ``~/.ssh/rc``, units of
``systemd --user``, keys of its own. So the login shell is ours and reads nothing of the home, and the rest is off.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.pyhost.platform.plugins.module_utils._cell import GROUP, TOOLS
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

KEYS = "/etc/ssh/pyhost"
"""Directory of the public keys of owners, a file per app."""

SHELL = f"{TOOLS}/bin/pyhost-shell"
ENTER = f"{TOOLS}/bin/pyhost-enter"

SSHD_PATH = "/etc/ssh/sshd_config.d/pyhost.conf"
SSHD = f"""{HEADER}Match Group {GROUP}
    AuthorizedKeysFile {KEYS}/%u
    AuthorizedKeysCommand none
    TrustedUserCAKeys none
    AuthenticationMethods publickey
    ForceCommand {SHELL}
    PermitUserRC no
    DisableForwarding yes
    PermitTunnel no
"""
"""What sshd does for users of cells (sshd_config(5))."""

SUDOERS_PATH = "/etc/sudoers.d/pyhost"
SUDOERS = f"""{HEADER}Defaults!{ENTER} !requiretty, env_keep += "SSH_ORIGINAL_COMMAND TERM LANG"
%{GROUP} ALL=(root) NOPASSWD: {ENTER} ""
"""
"""Users of cells may enter them: without an argument, each its own (sudoers(5))."""

SESSIONS_PATH = "/etc/systemd/system/user@.service.d/pyhost.conf"
SESSIONS = f"""{HEADER}[Service]
ExecCondition=/bin/sh -c '! id --name --groups | tr " " "\\\\n" | grep --quiet --line-regexp {GROUP}'
"""
"""No service manager of their own for users of cells: its units would run outside of them."""

SHELL_SCRIPT = f"""\
#!/bin/sh
# The login shell of cells: what is asked for happens in the cell.
if [ "$1" = -c ] && [ "$2" != {SHELL} ]; then
    SSH_ORIGINAL_COMMAND=$2
    export SSH_ORIGINAL_COMMAND
fi
exec sudo --non-interactive {ENTER}
"""


def keys_text(keys: Sequence[str]) -> str:
    """The file of an app's keys; "" for none."""
    return HEADER + "".join(f"{key}\n" for key in keys) if keys else ""
