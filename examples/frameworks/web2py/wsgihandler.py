"""web2py as a WSGI callable, for a release that nothing can write to.

web2py wants one folder with everything below it. This makes one for each release, in the data folder: code is a link
into the release, and what the applications write is the same for all releases.
"""

import os
from importlib.metadata import version
from pathlib import Path

WRITTEN = ("cache", "databases", "errors", "private", "sessions", "uploads")

release = Path(__file__).resolve().parent
data = Path(os.environ["PYHOST_DATA"]) / "web2py"
folder = data / "releases" / release.name


def link(path, target):
    """A link that another process may be making, too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink():
        try:
            path.symlink_to(target)
        except FileExistsError:
            pass


for application in (release / "applications").iterdir():
    for part in application.iterdir():
        link(folder / "applications" / application.name / part.name, part)
    for name in WRITTEN:
        kept = data / application.name / name
        kept.mkdir(parents=True, exist_ok=True)
        link(folder / "applications" / application.name / name, kept)
mine = folder / f"VERSION.{os.getpid()}"
mine.write_text(f"Version {version('web2py-gluon')}\n")
mine.replace(folder / "VERSION")

os.environ["web2py_path"] = str(folder)  # noqa: SIM112

from gluon.settings import global_settings  # noqa: E402

global_settings.web2py_runtime_handler = True

from gluon.main import wsgibase as application  # noqa: E402
