# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where modules that are used outside of a run of the stages find apps on a host."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  scope:
    description:
      - V(system) or V(account), as apps are deployed.
    type: str
    choices: [system, account]
    default: system
  root:
    description:
      - The directory of account scope.
    type: str
    default: ~/pyhost
"""
