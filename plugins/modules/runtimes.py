#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make Python branches exist on a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: runtimes
short_description: Make Python branches exist on a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage runtimes. It gives each wanted branch a directory of its own, whose C(bin/python) leads to an interpreter of
    it. What is not there is brought by the first of O(sources) that has it.
  - It installs no packages of the distribution; the role P(pyhost.platform.python#role) does that first.
  - It works within a run and by itself, as the role P(pyhost.platform.python#role) uses it.
options:
  branches:
    description:
      - Branches that are to exist.
    type: list
    elements: str
    default: []
  paths:
    description:
      - Patterns of interpreters to adopt, or of prefixes that hold C(bin/python). They are preferred to those in
        C(/usr/bin).
    type: list
    elements: str
    default: []
  sources:
    description:
      - Where branches come from, in order. A word, or a mapping with the key C(source) and further ones.
      - V(path) adopts what is there, V(distro) installs packages of the distribution.
      - V(uv) has uv install it; C(branches) says which it has, C(mirror) and C(catalogue) are its
        C(UV_PYTHON_INSTALL_MIRROR) and C(UV_PYTHON_DOWNLOADS_JSON_URL).
      - V(archive) unpacks a relocatable Python, V(build) compiles sources of CPython. Both need C(branch), C(sha256)
        and one of C(url) and C(file), a path on the controller. An archive may be for one C(machine), and a build may
        be C(optimised) or not.
    type: list
    elements: raw
    default: [path, distro]
  base:
    description:
      - Relative files of the controller start here.
    type: path
  published:
    description:
      - The directory of the controller that keeps what one host has built for all.
    type: path
    default: ~/.cache/pyhost/pythons
  peers:
    description:
      - The RV(builds) of every host of the play, by host. With them the module builds what this host shall build for
        all of them, and makes nothing else.
    type: dict
  environment:
    description:
      - Environment of uv, such as proxies and certificate bundles.
    type: dict
    default: {}
  scope:
    description:
      - V(system) makes them below C(/opt/python), V(account) below O(root).
    type: str
    choices: [system, account]
    default: system
  root:
    description:
      - The directory of account scope; branches are in its directory C(python). Within a run, that of the run counts.
    type: str
    default: ""
extends_documentation_fragment:
  - pyhost.platform.attributes
  - pyhost.platform.job
seealso:
  - module: pyhost.platform.virtualenv
"""

EXAMPLES = r"""
- name: Make two branches
  pyhost.platform.runtimes:
    branches: ["3.11", "3.13"]
    paths: ["/opt/builds/python-*"]
"""

RETURN = r"""
packages:
  description: Packages of the distribution that have to be installed first.
  returned: in check mode
  type: list
  elements: str
  sample: [python3.11]
interpreters:
  description: The interpreters that are there now, the preferred first.
  returned: success
  type: list
  elements: dict
  sample: [{"branch": "3.13", "version": "3.13.5", "path": "/opt/python/3.13/bin/python"}]
builds:
  description: What has to be compiled first, for this host or for another one.
  returned: in check mode
  type: list
  elements: dict
  sample: [{"name": "3.9-1f0a9c3b7d5e", "machine": "x86_64", "libc": "glibc 2.36", "published": false}]
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_runtimes import runtimes


def main() -> None:
    serve(
        runtimes,
        branches={"type": "list", "elements": "str", "default": []},
        paths={"type": "list", "elements": "str", "default": []},
        sources={"type": "list", "elements": "raw", "default": ["path", "distro"]},
        base={"type": "path"},
        environment={"type": "dict", "default": {}},
        peers={"type": "dict"},
        published={"type": "path", "default": "~/.cache/pyhost/pythons"},
        scope={"type": "str", "choices": ["system", "account"], "default": "system"},
        root={"type": "str", "default": ""},
    )


if __name__ == "__main__":
    main()
