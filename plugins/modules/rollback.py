#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Move an app back to what served before"""

from __future__ import annotations

DOCUMENTATION = r"""
module: rollback
short_description: Move an app back to what served before
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Puts a kept launch of an app in force again - its code, virtualenv, environment, nginx rules and programs - by the
    same rollout as a deploy, so no request is lost. Nothing is fetched or built.
  - What a release hook changed, for example in a database, is not taken back; a warning says when one ran since.
  - The next deploy brings the declared version again.
options:
  name:
    description:
      - The app.
    type: str
    required: true
  release:
    description:
      - Number of the release to go back to; V(0) is the launch before the one in force, whatever changed between them.
    type: int
    default: 0
  keep_releases:
    description:
      - Releases that are kept with what a rollback to them needs, the one in force included.
    type: int
    default: 5
  lock_wait:
    description:
      - Seconds to wait for a deploy of the same app; 0 refuses at once.
    type: int
    default: 0
  who:
    description:
      - Who asks, for the app's history and for others who find it locked.
    type: str
    default: somebody
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
"""

EXAMPLES = r"""
- name: Undo the last change of an app
  pyhost.platform.rollback:
    name: ramen

- name: Go back to a release by its number
  pyhost.platform.rollback:
    name: ramen
    release: 12
"""

RETURN = r"""
found:
  description: Whether this host has the app.
  returned: success
  type: bool
before:
  description: Name of the release that was in force.
  returned: when found
  type: str
  sample: 13-0f2a91c44b1d
after:
  description: Name of the release that is in force now.
  returned: when found
  type: str
  sample: 12-77ab3c001f9e
what:
  description: What differs between the two launches.
  returned: when found
  type: list
  elements: str
  sample: [code, virtualenv]
hooks:
  description: When release hooks ran since the launch was in force (UTC, ISO 8601); what they changed stays.
  returned: when found
  type: list
  elements: str
did:
  description: The steps of the rollout, with the seconds since its begin.
  returned: when found
  type: list
  elements: str
msg:
  description: The same as a sentence.
  returned: always
  type: str
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError
from ansible_collections.pyhost.platform.plugins.module_utils._stage_rollback import roll_back


def main() -> None:
    spec = {
        "name": {"type": "str", "required": True},
        "release": {"type": "int", "default": 0},
        "scope": {"type": "str", "choices": ["system", "account"], "default": "system"},
        "root": {"type": "str", "default": "~/pyhost"},
        "keep_releases": {"type": "int", "default": 5},
        "lock_wait": {"type": "int", "default": 0},
        "who": {"type": "str", "default": "somebody"},
    }
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    given = module.params
    if given["keep_releases"] < 1:
        module.fail_json(msg=f"keep_releases: {given['keep_releases']} is less than 1")
    job = {name: given[name] for name in ("name", "release", "scope", "root")}
    claim = {"who": given["who"], "wait": given["lock_wait"]}
    try:
        result = roll_back({**job, "keep": given["keep_releases"], "check": module.check_mode, "claim": claim})
    except PyhostError as error:
        module.fail_json(msg=str(error))
    if result.get("hooks"):
        times = ", ".join(result["hooks"])
        module.warn(f"{given['name']}: a release hook ran since ({times}); what it changed is not taken back")
    module.exit_json(**result)


if __name__ == "__main__":
    main()
