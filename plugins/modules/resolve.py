#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolve the apps of a host"""

from __future__ import annotations

DOCUMENTATION = r"""
module: resolve
short_description: Resolve the apps of a host
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage resolve. It completes and checks every app, and reports every error of every app in one message, before
    anything is touched. Sources on the controller are read, too.
  - It begins a run. What it finds out is kept on the controller, readable by its user alone, and the later stages go on
    from there.
  - It runs on the controller alone, as an action plugin.
options:
  apps:
    description:
      - The apps of the host, a list of dictionaries. The collection's table of apps, C(docs/apps.md), has their keys.
    type: raw
    default: []
  scope:
    description:
      - V(system) needs root, systemd and apt; V(account) lives below O(root), without root.
    type: str
    choices: [system, account]
    default: system
  root:
    description:
      - The directory of account scope.
    type: str
    default: ~/pyhost
  boot:
    description:
      - How the apps of account scope come back when the host boots; V(auto) takes the first of V(systemd), units of the
        user's, and V(cron), a line in the user's crontab, that the host allows.
    type: str
    choices: [auto, systemd, cron, none]
    default: auto
  python_default:
    description:
      - Branch of apps that name none; where it cannot be had, the newest that is there.
    type: str
    default: ""
  python_aliases:
    description:
      - 'Branches that stand for others, such as V({"3.2": "3.11"}).'
    type: dict
    default: {}
  python_paths:
    description:
      - Patterns of interpreters to adopt.
    type: list
    elements: str
    default: []
  python_sources:
    description:
      - Where Python branches come from, in order; M(pyhost.platform.runtimes) says what can be written.
    type: list
    elements: raw
    default: [path, distro]
  build_environment:
    description:
      - Environment of installers only, such as proxies and certificate bundles.
    type: dict
    default: {}
  shared_wheels:
    description:
      - Fetch and build once for all apps what several of them pin; in account scope it has no effect.
    type: bool
    default: true
  base:
    description:
      - Relative source paths start here.
    type: str
    default: .
  jobs:
    description:
      - Apps that are built or rolled out at the same time on one host, from 1 to 64.
    type: int
    default: 4
  keep_releases:
    description:
      - Releases that are kept with what a rollback to them needs, the one in force included, from 1 to 64.
    type: int
    default: 5
  lock_wait:
    description:
      - Seconds to wait for another deploy of the same app, from 0 to 3600; 0 refuses at once.
    type: int
    default: 0
  trusted_proxies:
    description:
      - Networks of load balancers before the host; what they say of a client is believed.
    type: list
    elements: str
    default: []
  acme_directory:
    description:
      - The certificate authority of apps with C(tls.acme), by the address of its directory (RFC 8555).
    type: str
    default: https://acme-v02.api.letsencrypt.org/directory
  acme_email:
    description:
      - Where the authority may write to; it need not be told.
    type: str
    default: ""
  report_path:
    description:
      - Where the report of a run is written on the controller; none is written if empty.
    type: str
    default: ""
  profile:
    description:
      - Tell in the report where the time of the run went, by stage, and by the slowest apps of each.
    type: bool
    default: false
  services:
    description:
      - What servers there are for apps to be bound to, a list of dictionaries; the collection's C(docs/services.md) has
        their keys.
    type: raw
    default: []
  services_rotation:
    description:
      - Any word; with another one apps get new passwords.
    type: str
    default: ""
  services_passwords:
    description:
      - The directory of the controller that keeps the passwords of bindings.
    type: str
    default: ~/.pyhost/passwords
  services_secrets:
    description:
      - Passwords that are given instead, by C(APP_SERVICE).
    type: dict
    default: {}
  rehearse:
    description:
      - Branch that a rehearsal tries every app on, whatever the app names itself. It is V("") in a deploy.
    type: str
    default: ""
  only:
    description:
      - Names of the apps that take part in a rehearsal; all, if empty.
    type: list
    elements: str
    default: []
notes:
  - The role P(pyhost.platform.app#role) runs the stages in their order.
extends_documentation_fragment:
  - pyhost.platform.attributes
seealso:
  - module: pyhost.platform.report
    description: Ends a run.
"""

EXAMPLES = r"""
- name: Resolve the apps
  pyhost.platform.resolve:
    apps:
      - name: ramen
        source: {path: ../ramen}
        domains: [ramen.example.com]
    base: "{{ playbook_dir }}"
"""

RETURN = r"""
apps:
  description: The names of the apps, in their order.
  returned: success
  type: list
  elements: str
  sample: [ramen]
"""

# The action plugin of the same name does all the work, on the controller.
