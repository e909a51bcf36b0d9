# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of bare Debian hosts, built once and kept: by the engine, and as an archive in the user's cache."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.tools.process import ToolError, run

RECIPE = Path(__file__).with_name("recipe.sh")
INCLUDE = "python3,python3-apt,systemd,systemd-sysv,dbus,ca-certificates,sudo,iproute2"
REPOSITORY = "pyhost-test"


@dataclass(frozen=True)
class Kind:
    """One kind of host: a Debian release, and packages that its administrator already installed."""

    suite: str
    packages: tuple[str, ...] = ()

    def digest(self) -> str:
        text = f"{self}\n{INCLUDE}\n{RECIPE.read_text()}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]


KINDS = {
    "debian12": Kind("bookworm"),
    "debian13": Kind("trixie"),
    # A hosting account: whoever runs the machine made virtualenvs possible, and nothing else.
    "account12": Kind("bookworm", ("python3-venv",)),
    "account13": Kind("trixie", ("python3-venv",)),
}


def name(kind: str) -> str:
    return f"{REPOSITORY}/{kind}:{KINDS[kind].digest()}"


def ensure(kinds: set[str]) -> None:
    """Build the images that the engine does not have."""
    missing = sorted(kind for kind in kinds if not _exists(name(kind)))
    suites = sorted({KINDS[kind].suite for kind in missing})
    with ThreadPoolExecutor() as pool:
        list(pool.map(_ensure_base, suites))
        list(pool.map(_build, missing))


def _exists(image: str) -> bool:
    return run(["docker", "image", "inspect", image], check=False).returncode == 0


def _base(suite: str) -> str:
    digest = hashlib.sha256(INCLUDE.encode()).hexdigest()[:12]
    return f"{REPOSITORY}/base-{suite}:{digest}"


def _ensure_base(suite: str) -> None:
    """Take the plain Debian system from the engine, the cache, debootstrap or a registry, whichever comes first."""
    image = _base(suite)
    if _exists(image):
        return
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    archive = home / "pyhost-test" / f"{image.split('/')[1].replace(':', '-')}.tar.gz"
    if not archive.exists() and not _debootstrap(suite, archive):
        run(["docker", "pull", "--quiet", f"debian:{suite}"])
        run(["docker", "tag", f"debian:{suite}", image])
        return
    run(["docker", "import", str(archive), image])


def _debootstrap(suite: str, archive: Path) -> bool:
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        return False
    print(f"debootstrap {suite} (once, about a minute)", flush=True)
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_suffix(".part")
    with tempfile.TemporaryDirectory(prefix="pyhost-debootstrap-") as tree:
        mirror = [found] if (found := apt_mirror()) else []
        run(["debootstrap", "--variant=minbase", f"--include={INCLUDE}", suite, tree, *mirror])
        run(["tar", "--create", f"--directory={tree}", "--use-compress-program=gzip -1", f"--file={part}", "."])
    part.rename(archive)
    return True


def apt_mirror() -> str:
    """Return the Debian mirror this machine itself uses, or nothing."""
    folder = Path("/etc/apt/sources.list.d")
    files = [Path("/etc/apt/sources.list"), *sorted(folder.glob("*.list")), *sorted(folder.glob("*.sources"))]
    for path in files:
        if not path.is_file():
            continue
        for line in path.read_text(errors="replace").splitlines():
            found = re.match(r"(?:deb\s+(?:\[[^]]*\]\s*)?|URIs:\s*)(https?://\S+/debian)/?(?:\s|$)", line)
            if found:
                return found[1]
    return ""


def _build(kind: str) -> None:
    """Run the recipe in a container of the base system and keep the result."""
    wanted, image = KINDS[kind], name(kind)
    print(f"building {image}", flush=True)
    settings = {
        "SUITE": wanted.suite,
        "MIRROR": apt_mirror(),
        "INCLUDE": INCLUDE.replace(",", " "),
        "PACKAGES": " ".join(wanted.packages),
    }
    options = [f"--env={key}={value}" for key, value in settings.items()]
    builder = run(["docker", "create", "--interactive", *options, _base(wanted.suite), "sh", "-eux"]).stdout.strip()
    try:
        run(["docker", "start", "--attach", "--interactive", builder], data=RECIPE.read_bytes())
        # The settings of the build are no part of a host.
        changes = ['CMD ["/sbin/init"]', "ENV container=docker", *(f"ENV {key}=" for key in settings)]
        run(["docker", "commit", *(f"--change={change}" for change in changes), builder, image])
    finally:
        run(["docker", "rm", "--force", "--volumes", builder], check=False)
    _remove_older(kind)


def _remove_older(kind: str) -> None:
    listed = run(["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", f"{REPOSITORY}/{kind}"]).stdout
    for image in listed.split():
        if image != name(kind):
            run(["docker", "rmi", image], check=False)


def check(kind: str) -> None:
    if kind not in KINDS:
        raise ToolError(f"unknown kind of host {kind!r}; known: {', '.join(KINDS)}")
