# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is installed in a virtualenv, asked of its own Python. Pure. PRIVATE to the collection."""

from __future__ import annotations

LIST = """\
import importlib.metadata as m, json, re, sys
print(json.dumps({re.sub(r"[-_.]+", "-", d.metadata["Name"]).lower(): d.version for d in m.distributions()}))
"""

OLD_LIST = """\
import email.parser, glob, io, json, os, re, sys
found = {}
own = [path for path in sys.path if os.path.isfile(os.path.join(path, "os.py"))]
for place in [path for path in reversed(sys.path) if path not in own]:
    for pattern in ("*.egg-info", "*.egg-info/PKG-INFO", "*.egg/EGG-INFO/PKG-INFO", "*.dist-info/METADATA"):
        for path in glob.glob(os.path.join(place, pattern)):
            if os.path.isfile(path):
                with io.open(path, encoding="utf-8", errors="replace") as stream:
                    text = stream.read().partition(u"\\n\\n")[0]
                head = email.parser.Parser().parsestr(text.encode("utf-8") if str is bytes else text, True)
                if head["Name"]:
                    found[re.sub(r"[-_.]+", "-", head["Name"]).lower()] = head["Version"]
print(json.dumps(found))
"""
"""The same for a Python before 3.8, which has no importlib.metadata: it reads the files (PEP 376, eggs).

Also for 2.7, whose own library has such files, too.
"""


def isolated(branch: str) -> list[str]:
    """Options by which a Python of ``branch`` reads neither its environment nor a directory of the user's."""
    return ["-E", "-s"] if branch == "2.7" else ["-I"]


def listing(branch: str) -> list[str]:
    """What follows an interpreter of ``branch`` to have it print all that is installed: JSON, name to version."""
    old = tuple(int(part) for part in branch.split(".")) < (3, 8)
    return [*isolated(branch), "-c", OLD_LIST if old else LIST]
