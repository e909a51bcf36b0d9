# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wheels that tenants share come into the store once, and no tenant and no package decides what is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from molecule.installers.tests import wheels
from molecule.tenants.tests.conftest import CANARY, HOST, ROOT_CANARY, Tenants, alice
from tests.support.deploy import Run, deploy, good
from tests.support.remote import program, put, shell

testinfra_hosts = [f"ansible://{HOST}"]

pytestmark = pytest.mark.soak

STORE = "/opt/pyhost/wheels"
SERVED = "/var/lib/served-wheels"
PORT = 9431
INDEX = f"http://127.0.0.1:{PORT}/simple"
OTHER = f"http://127.0.0.1:{PORT}/other/simple"

REACH = f"""
import glob, os, subprocess
from setuptools import setup
script = '''
touch /etc/evil; chmod u+s /bin/dash; cat /home/*/data/* /etc/pyhost-canary > /tmp/loot
for one in {STORE} {STORE}/.stage {STORE}/*/*; do
    echo evil > $one/salt-1.0-py3-none-any.whl; ln -sf /tmp/loot $one/evil; ln /tmp/loot $one/hard
    rm -f $one/*.whl; mv $one/salt-1.0.json $one/x
done
'''
subprocess.call(script, shell=True)
"""
LIAR = REACH + "setup(name='salt', version='1.0', py_modules=[])\n"
TWIN = (
    REACH
    + f"""
for made in ("/tmp/made", os.getcwd()):
    os.makedirs(made, exist_ok=True)
    open(made + "/salt-1.0-py3-none-any.whl", "wb").write({wheels.SALT["salt-2.0-py3-none-any.whl"]!r})
setup(name='twin', version='1.0', py_modules=[])
"""
)
FORGER = (
    REACH
    + """
import ctypes
frame = b'{"pin": ["salt", "1"], "file": "salt-1.0-py3-none-any.whl", "size": 3, "sha256": "x"}\\nabc{"ok": true}\\n'
for process in (int(name) for name in os.listdir("/proc") if name.isdigit()):
    try:
        out = ctypes.CDLL(None, use_errno=True).syscall(438, os.pidfd_open(process), 1, 0)  # pidfd_getfd(2)
        os.write(out if out >= 0 else os.open(f"/proc/{process}/fd/1", os.O_WRONLY | os.O_NONBLOCK), frame)
    except OSError:
        pass
setup(name='forger', version='1.0', py_modules=[])
"""
)
"""Writes into what every process that it can reach writes to."""

ATTEMPTS = (
    f"echo x > {STORE}/x",
    f"echo x > {STORE}/.stage/x",
    f"ls {STORE}/.stage",
    f"mkdir {STORE}/3.13-0",
    f"for one in {STORE}/*/*/*; do echo x > $one && exit 0; done; exit 1",
    f"for one in {STORE}/*/*/*; do rm -f $one && exit 0; done; exit 1",
    f"for one in {STORE}/*/*/*; do mv $one $one.old && exit 0; done; exit 1",
    f"for one in {STORE}/*/*; do ln -s /srv/data $one/evil && exit 0; done; exit 1",
    f"for one in {STORE}/*/*; do ln /srv/app/wsgi.py $one/evil-1-py3-none-any.whl && exit 0; done; exit 1",
    f"for one in {STORE}/*/*/*.whl; do ln $one /srv/data/kept.whl && exit 0; done; exit 1",
    f"for one in {STORE}/*/*; do chmod 777 $one && exit 0; done; exit 1",
    f"mv {STORE} {STORE}.old; ln -s /srv/data {STORE}",
)


class Packages(NamedTuple):
    """The files of the index by name, and its deploys."""

    tenants: Tenants
    files: dict[str, bytes]

    def app(self, name: str, *pins: str, index: str = INDEX) -> dict[str, Any]:
        if name not in self.tenants.entries:
            self.tenants.write(name, "wsgi.py", (self.tenants.folder / "bob" / "wsgi.py").read_text())
        self.tenants.write(name, "requirements.txt", "".join(f"{pin}\n" for pin in pins))
        base = {"name": name, "source": {"path": str(self.tenants.folder / name)}, "domains": [f"{name}.example.com"],
                "health": {"timeout": 30, "seconds": 1}}  # fmt: skip
        return {**self.tenants.entries.get(name, base), "pip_index_url": index}

    def deploy(self, *apps: dict[str, Any]) -> Run:
        return deploy(list(apps), self.tenants.folder, HOST)


def stored() -> dict[str, str]:
    """The wheels of the store by name, each with its SHA-256."""
    lines = shell(HOST, f"cd {STORE} && find . -name '*.whl' -exec sha256sum {{}} +").splitlines()
    return {name.rpartition("/")[2]: digest for digest, name in (line.split() for line in lines)}


def asked(file: str) -> int:
    """How often the index was asked for ``file``."""
    run = "$(systemctl show --property=InvocationID --value served-wheels)"
    return shell(HOST, f"journalctl --output=cat _SYSTEMD_INVOCATION_ID={run}").count(f"GET /files/{file} ")


@pytest.fixture(scope="module")
def packages(tenants: Tenants) -> Iterator[Packages]:
    folder = tenants.folder / "real"
    folder.mkdir()
    made = dict(wheels.sdist(name, "1.0", text) for name, text in (("liar", LIAR), ("twin", TWIN), ("forger", FORGER)))
    real = wheels.real(folder)
    files = {**wheels.MADE, **made, **real}
    false = dict([wheels.wheel("salt", "1.0", "thyme"), wheels.wheel("thyme", "1.0")])
    put(HOST, SERVED, wheels.index(files))
    put(HOST, f"{SERVED}/other", wheels.index({**false, **real}))
    shell(HOST, f"rm -rf {STORE}")
    serve = f"python3 -m http.server --bind 127.0.0.1 --directory {SERVED} {PORT}"
    with program(HOST, "served-wheels", serve, PORT):
        yield Packages(tenants, files)
    for name in ("alice", "bob"):
        (tenants.folder / name / "requirements.txt").unlink(missing_ok=True)
    gone = [{"name": name, "state": "absent", "purge": True} for name in ("carl", "eve")]
    good(deploy([*tenants.entries.values(), *gone], tenants.folder, HOST))
    shell(HOST, f"rm -rf {SERVED} {STORE}")


@pytest.fixture(scope="module")
def shared(packages: Packages) -> Packages:
    """Two tenants ask for the same, a third for the same name and version of another index."""
    pins = ("salt==1.0", "plain==1.0")
    apps = [packages.app("alice", *pins), packages.app("bob", *pins), packages.app("carl", "salt==1.0", index=OTHER)]
    run = good(packages.deploy(*apps))
    assert "shared wheels: 4 used by 2 apps, 2 fetched or built now" in run.output, run.output
    return packages


def test_what_two_ask_for_is_downloaded_and_built_once(shared: Packages) -> None:
    assert (asked("salt-1.0-py3-none-any.whl"), asked("plain-1.0.tar.gz")) == (1, 1)
    assert set(stored()) == {"salt-1.0-py3-none-any.whl", "plain-1.0-py3-none-any.whl"}
    assert stored()["salt-1.0-py3-none-any.whl"] == _digest(shared)
    modes = shell(HOST, f"find {STORE} ! -user root -o ! -name .stage -perm /022 -o -type f ! -perm 644")
    assert modes == ""


def test_a_package_of_another_index_is_not_taken(shared: Packages) -> None:
    del shared
    assert "thyme" in shell(HOST, "cat /home/carl/venv/lib/python3*/site-packages/salt-1.0.dist-info/METADATA")
    assert "thyme" not in shell(HOST, "cat /home/bob/venv/lib/python3*/site-packages/salt-1.0.dist-info/METADATA")


def test_a_tenant_cannot_write_to_the_store(shared: Packages) -> None:
    before = stored()
    done = {attempt: alice(attempt).status for attempt in ATTEMPTS}
    assert [attempt for attempt, status in done.items() if status == 0] == []
    assert stored() == before
    assert _digest(shared) in before.values()


def test_packages_do_not_bring_wheels_of_others(shared: Packages) -> None:
    before = stored()
    pins = ("liar==1.0", "twin==1.0", "forger==1.0", "salt==1.0")
    run = shared.deploy(shared.app("alice", *pins), shared.app("eve", *pins))
    for name in ("liar", "twin"):
        assert f"shared wheels: {name}==1 is not shared: " in run.output
    added = {name: digest for name, digest in stored().items() if name not in before}
    assert set(added) <= {"forger-1.0-py3-none-any.whl"}
    assert stored() == {**before, **added}
    assert shell(HOST, f"ls -A {STORE}/.stage; ls -d /etc/evil 2>/dev/null || true; stat -L -c %a /bin/dash") == "755\n"
    assert CANARY not in run.output
    assert ROOT_CANARY not in run.output


def _digest(packages: Packages) -> str:
    return hashlib.sha256(packages.files["salt-1.0-py3-none-any.whl"]).hexdigest()
