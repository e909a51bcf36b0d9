# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import zipfile

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils._bundle import unpack
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError

MANIFEST = """\
# This is a pip bundle file, that contains many source packages
# that can be installed as a group.  You can install this like:
#     pip this_file.zip
# The rest of the file contains a list of all the packages included:
Flask==0.9
# These packages were installed to satisfy the above requirements:
My_Tool==1.0b2
"""

GOOD = {
    "pip-manifest.txt": MANIFEST,
    "build/Flask/setup.py": "",
    "build/Flask/flask/__init__.py": "",
    "build/pip-delete-this-directory.txt": "",
    "build/notes/readme": "",
    "src/my-tool/pyproject.toml": "",
}


def packed(folder, files):
    path = folder / "app.pybundle"
    with zipfile.ZipFile(path, "w") as out:
        for name, text in files.items():
            out.writestr(name, text)
    return path


def test_the_sources_and_the_names_of_what_they_are(tmp_path):
    bundle = unpack(packed(tmp_path, GOOD), tmp_path / "out")
    assert bundle.sources == (str(tmp_path / "out/build/Flask"), str(tmp_path / "out/src/my-tool"))
    assert bundle.names == ("flask", "my-tool")
    assert (tmp_path / "out/build/Flask/flask/__init__.py").is_file()


WITHOUT = {name: text for name, text in GOOD.items() if name != "pip-manifest.txt"}

BAD = [
    (WITHOUT, "it has no pip-manifest.txt"),
    ({"pip-manifest.txt": MANIFEST, "lib/flask.py": ""}, "there are no sources"),
    ({**GOOD, "pip-manifest.txt": "# one\nFlask==0.9\n--index-url x\n"}, "pip-manifest.txt, line 3: it is not NAME==VERS"),
    ({**GOOD, "../out.txt": ""}, "contains '..'"),
    ({**GOOD, "/etc/passwd": ""}, "absolute"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "reason"), BAD)
def test_what_is_no_bundle_is_refused(tmp_path, files, reason):
    with pytest.raises(PyhostError) as caught:
        unpack(packed(tmp_path, files), tmp_path / "out")
    assert str(caught.value).startswith("app.pybundle is no bundle of pip: ")
    assert reason in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_no_zip_file(tmp_path):
    path = tmp_path / "app.pybundle"
    path.write_text("flask\n")
    with pytest.raises(PyhostError, match="app.pybundle is no bundle of pip: .*put wheels into wheels/"):
        unpack(path, tmp_path / "out")
