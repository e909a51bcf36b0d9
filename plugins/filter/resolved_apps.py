# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps as a deploy sees them: complete, with every default filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._platforms import PLATFORMS
from ansible_collections.pyhost.platform.plugins.module_utils._resolve import Settings, resolve
from ansible_collections.pyhost.platform.plugins.module_utils._servers import SERVERS

DOCUMENTATION = r"""
name: resolved_apps
short_description: Complete and check a list of apps
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Returns the apps as a deploy sees them, valid and with every default filled in, for plays that look at them or loop
    over them.
  - Nothing but the entries is read. What the code and the host decide, such as the server of an app that names none, is
    left empty.
  - Values of environments are left out, because they may be secret.
options:
  _input:
    description: The entries, as in C(pyhost_apps).
    type: list
    elements: dict
    required: true
  scope:
    description: V(system) or V(account), as in C(pyhost_scope).
    type: str
    choices: [system, account]
    default: system
  root:
    description: The directory of account scope, as in C(pyhost_root).
    type: str
    default: ~/pyhost
  python_default:
    description: Branch of apps that name none, as in C(pyhost_python_default); V("") leaves it to the host.
    type: str
    default: ""
seealso:
  - module: pyhost.platform.resolve
    description: The stage that does the same at the beginning of a run.
"""

EXAMPLES = r"""
- name: Show the domains of every app
  ansible.builtin.debug:
    msg: "{{ item.name }}: {{ item.domains | join(', ') }}"
  loop: "{{ pyhost_apps | pyhost.platform.resolved_apps(scope='system') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Check the apps without touching any host
  ansible.builtin.assert:
    that: pyhost_apps | pyhost.platform.resolved_apps | length > 0
"""

RETURN = r"""
_value:
  description:
    - One dictionary for each app, in their order, with the keys of C(pyhost_apps). Of C(environment) it has the names,
      C(size) has become C(workers), and C(source) is its kind and location.
  type: list
  elements: dict
  sample:
    - name: ramen
      source: {"kind": "path", "location": "../ramen", "version": "", "checksum": ""}
      domains: [ramen.example.com]
      environment: [DJANGO_SETTINGS_MODULE]
      workers: 2
      state: present
"""


def resolved_apps(
    entries: object, scope: str = "system", root: str = "~/pyhost", python_default: str = ""
) -> list[dict[str, Any]]:
    """The resolved apps as plain dictionaries; of the environment only the names."""
    settings = Settings(scope, root, python_default, tuple(PLATFORMS), tuple(SERVERS))
    try:
        apps = [app.to_dict() for app in resolve(entries, settings)]
    except PyhostError as error:
        raise AnsibleFilterError(str(error)) from None
    return [{**app, "environment": sorted(app["environment"])} for app in apps]


class FilterModule:
    """Found by Ansible by this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"resolved_apps": resolved_apps}
