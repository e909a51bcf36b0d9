# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a step of an app runs on the way to a new version. Pure. PRIVATE to the collection."""

BEFORE = "before"
"""Before the virtualenv is made, once for each release."""

AFTER = "after"
"""In the release with its virtualenv, once for both."""

START = "start"
"""With everything that the new version will have, each time before one starts."""
