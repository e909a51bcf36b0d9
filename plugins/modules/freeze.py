#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell the exact packages of an app"""

from __future__ import annotations

DOCUMENTATION = r"""
module: freeze
short_description: Tell the exact packages of an app
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Reads, as the app's user, what is installed in the virtualenv that the app runs from, and returns it as lines of a
    requirements file, as C(pip freeze) does. What came from a repository or an address is written as such (PEP 610),
    without passwords. What was installed from the app's own tree is written as a path from approot.
  - C(pip), C(setuptools) and C(wheel) are left out unless they were asked for, and so are the server's packages that
    the app did not require itself, with what only these require.
  - What the virtualenv says of itself is checked. A name or a version that is none fails, and nothing is written.
options:
  name:
    description:
      - The app; it has to be named.
    type: str
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.place
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.requirements
"""

EXAMPLES = r"""
- name: Read what is installed
  pyhost.platform.freeze:
    name: ramen
  register: frozen
"""

RETURN = r"""
found:
  description: Whether the app is deployed on this host.
  returned: success
  type: bool
host:
  description: The host.
  returned: success
  type: str
  sample: web1
lines:
  description: The lines, in order of name.
  returned: success
  type: list
  elements: str
  sample: [blinker==1.9.0, flask==3.1.2]
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_freeze import freeze


def main() -> None:
    serve(
        freeze,
        name={"type": "str"},
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": "~/pyhost"},
    )


if __name__ == "__main__":
    main()
