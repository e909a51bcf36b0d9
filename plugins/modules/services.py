#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bind apps to services"""

from __future__ import annotations

DOCUMENTATION = r"""
module: services
short_description: Bind apps to services
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage services. It gives apps a database, a vhost or an instance of each service that they name, and takes away the
    access to those that they name no more.
  - Servers are told what they keep of passwords, never the passwords.
options:
  step:
    description:
      - What to do. V(look) looks at a host, V(todo) says what is to be done where, V(bind) and V(retire) do it, and
        V(trust) brings the certificates of services of other hosts.
    type: str
    choices: [look, todo, bind, trust, retire]
    default: todo
  host:
    description:
      - The host that has the services, to which the task is delegated; the app's own host, if empty.
    type: str
    default: ""
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.job
  - pyhost.platform.stage
seealso:
  - module: pyhost.platform.resolve
    description: Begins a run.
"""

EXAMPLES = r"""
# The role pyhost.platform.app runs the stages in their order.
- name: Deploy the apps of pyhost_apps
  ansible.builtin.include_role:
    name: pyhost.platform.app
"""

RETURN = r"""
apps:
  description: What was done for each app, or why it failed, by name. Apps with nothing to do are not named.
  returned: success
  type: dict
  sample: {"ramen": "db (postgresql on web1): new"}
install:
  description: With O(step=todo), the hosts and types of services whose packages are missing.
  returned: success
  type: list
  elements: dict
  sample: [{"host": "web1", "types": ["postgresql"]}]
bind:
  description: With O(step=todo), the hosts on which apps have to be bound.
  returned: success
  type: list
  elements: str
  sample: [web1]
retire:
  description: With O(step=todo), the hosts on which access ends after the rollouts.
  returned: success
  type: list
  elements: str
  sample: []
trust:
  description: With O(step=todo), whether apps use services of other hosts.
  returned: success
  type: bool
  sample: false
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_services import services


def main() -> None:
    serve(
        services,
        step={"type": "str", "choices": ["look", "todo", "bind", "trust", "retire"], "default": "todo"},
        host={"type": "str", "default": ""},
    )


if __name__ == "__main__":
    main()
