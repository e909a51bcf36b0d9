#!/usr/bin/python
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask for the certificates of a host's domains"""

from __future__ import annotations

DOCUMENTATION = r"""
module: certificates
short_description: Ask for the certificates of a host's domains
version_added: 1.0.0
author:
  - pyhost.platform contributors (@pyhost)
description:
  - Stage certificates. For every app with C(tls.acme) that has no certificate, or one that ends soon, that is for other
    domains or by another authority, it asks the certificate authority (ACME, RFC 8555) with an HTTP challenge.
  - An app whose certificate cannot be had is named by the report with the authority's own words; it keeps what it has.
  - The answers to challenges are served by the front, so the stage front comes before it; after it, the same stage
    brings what was issued into force.
  - In account scope there is no front, and nothing is done.
requirements:
  - community.crypto.acme_certificate on the controller, and on the host cryptography or openssl
options: {}
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
- name: Renew the certificates of pyhost_apps
  ansible.builtin.include_role:
    name: pyhost.platform.app
    tasks_from: certificates
"""

RETURN = r"""
apps:
  description: Why a certificate was asked for, or why there is none, by app.
  returned: always
  type: dict
  sample: {ramen: "asked for: no certificate of an authority yet"}
"""

from ansible_collections.pyhost.platform.plugins.module_utils._serve import serve
from ansible_collections.pyhost.platform.plugins.module_utils._stage_certificates import certificates


def main() -> None:
    serve(certificates)


if __name__ == "__main__":
    main()
