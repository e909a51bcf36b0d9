#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the release hooks of apps"""

from __future__ import annotations

DOCUMENTATION = r"""
module: hook
short_description: Run the release hooks of apps
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage hook. It runs the command C(hooks.release) of each app that gets a new version, such as
    C(python manage.py migrate), before the new version is started.
  - The command runs as the app's user in its cell, in the new release, with the new virtualenv and the app's whole
    environment. It has the C(build_timeout) of the app. What it writes is appended to C(logs/release-hook.log).
  - It runs for a first deploy, and when code, virtualenv, environment or command line of the app change. It does not
    run when only rules change, when what is stopped or missing is mended, or when an app starts.
  - Of several hosts of the play that have the app, the first one in the order of C(ansible_play_hosts_all) runs it,
    and when it runs no hook because it has the version already, none does.
  - An app whose hook fails keeps its old version, on every host. The next run runs the hook again, so it has to bear
    that.
  - In check mode no hook is run.
options: {}
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.job
  - pyhost.platform.stage
notes:
  - On several hosts it needs the strategy P(ansible.builtin.linear#strategy), under which each waits for the hook.
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
  description: Why the hook of each app ran, or why it failed, by name. Apps with nothing to do are not named.
  returned: success
  type: dict
  sample: {"ramen": "new version"}
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_hook import hooks


def main() -> None:
    serve(hooks)


if __name__ == "__main__":
    main()
