# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a single value of ``pyhost_apps`` must look like. Pure. PRIVATE to the collection.

Every rule takes the value (a string) and returns what is wrong with it and what to write instead, or
"" where nothing is. Rules that need a second value are in ``_resolve``.
"""

from __future__ import annotations

import base64
import posixpath
import re
from typing import Callable

from ansible_collections.pyhost.platform.plugins.module_utils._cell import GROUP
from ansible_collections.pyhost.platform.plugins.module_utils._wording import shown

RESERVED = frozenset((
    "root", "daemon", "bin", "sys", "sync", "games", "man", "lp", "mail", "news", "uucp", "proxy", "www-data", "backup",
    "list", "irc", "gnats", "nobody", "nogroup", "adm", "tty", "disk", "kmem", "dialout", "fax", "voice", "cdrom",
    "floppy", "tape", "sudo", "audio", "dip", "operator", "src", "shadow", "utmp", "video", "sasl", "plugdev", "staff",
    "users", "input", "sgx", "render", "kvm", "crontab", "netdev", "messagebus", "polkitd", "sshd", "ssh", "ssl-cert",
    "syslog", "tss", "uuidd", "tcpdump", "landscape", "lxd", "docker", "incus", "libvirt", "wheel", "admin", "nginx",
    "apache", "postfix", "dovecot", "bind", "named", "chrony", "ntp", "postgres", "mysql", "mariadb", "redis",
    "memcache", "rabbitmq", "mongodb", "ubuntu", "debian", "ansible", "vagrant",
))  # fmt: skip
"""Users and groups of Debian, Ubuntu and their common packages: an app of that name would take them over."""

DEFAULT_ATTRIBUTE = "application"
"""The callable of an entry point that names only a module (PEP 3333's own example, all six platforms)."""

SSH_KEYS = (
    "ssh-ed25519",
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
)
"""Types of public keys (sshd(8))."""

MOST_BODY = 64 << 30
"""Bytes of the largest request that an app may allow."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
_DOTTED = rf"{_IDENTIFIER}(?:\.{_IDENTIFIER})*"
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_GIT_URL = re.compile(r"(?:https?|ssh|git)://(?:[^@/\s]*@)?[A-Za-z0-9\[][^/\s]*/\S+")
_GIT_SCP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\s-]\S*")
_STATUS = re.compile(r"([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?")


def name(value: str) -> str:
    """An app's name becomes a Unix user, a directory and a unit, hence the narrow form."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", value):
        return (
            f"{shown(value)} cannot name an app; write 1 to 31 lower-case letters, digits and hyphens, "
            'a letter first, for example "ramen"'
        )
    if value in (*RESERVED, GROUP) or value.startswith("systemd-"):
        return f'{shown(value)} is a user or group of the system; choose another name, for example "my-app"'
    return ""


def ssh_key(value: str) -> str:
    """A public key as ``id_ed25519.pub`` holds it: type, key and perhaps a comment, and no options (sshd(8))."""
    words = value.split()
    wanted = 'write the line of a .pub file, for example "ssh-ed25519 AAAA… me@laptop"'
    if "PRIVATE KEY" in value:
        return f"is a private key; keep it to yourself, and {wanted}"
    if _CONTROL.search(value.strip()) or len(words) < 2 or words[0] not in SSH_KEYS:
        return f"{shown(value)} is no public key of a type that sshd takes; {wanted}"
    try:
        blob = base64.b64decode(words[1], validate=True)
    except ValueError:
        blob = b""
    kind = words[0].encode()
    if not blob.startswith(len(kind).to_bytes(4, "big") + kind) or len(blob) < len(kind) + 4 + 32:
        return f"{shown(value)} is damaged: its key is not one of {words[0]}; {wanted}"
    return ""


def python_branch(value: str) -> str:
    """A branch such as ``3.13``; which patch version it is, the host decides."""
    if re.fullmatch(r"[23]\.[0-9]{1,2}", value):
        return ""
    patch = re.match(r"([23]\.[0-9]{1,2})\.[0-9]", value)
    if patch:
        return f'{shown(value)} is a version where a branch belongs; write "{patch.group(1)}"'
    return f'{shown(value)} is no branch of Python; write for example "3.13"'


def one_line(value: str) -> str:
    """A command or a path on the controller: not empty, one line, no control characters."""
    if not value.strip():
        return f"{shown(value)} is empty; write a value or leave the key out"
    if _CONTROL.search(value):
        return f"{shown(value)} contains a control character or a line break; write it on one line"
    return ""


def relative_path(value: str) -> str:
    """A path below the source (approot, requirements, constraints) that cannot leave it."""
    if not value:
        return '"" is empty; write a path relative to the source, for example "."'
    if value.startswith(("/", "~")):
        return f"{shown(value)} is not below the source; write a path relative to it"
    if ".." in value.split("/"):
        return f'{shown(value)} leaves the source with ".."; write a path below it'
    if value.startswith("-"):
        return f'{shown(value)} would be read as an option; write "./" before it'
    if _CONTROL.search(value) or re.search(r'[\\$"]', value):
        return f'{shown(value)} contains a control character or one of \\ $ "; rename the file'
    return ""


def normal_path(value: str) -> str:
    """The shortest way to write a path that passed ``relative_path``: ``./shop/`` becomes ``shop``."""
    return posixpath.normpath(value)


def git_url(value: str) -> str:
    """What git may be asked to fetch: never an option, a helper (``ext::``) or a file of the host (git-fetch(1))."""
    if _GIT_URL.fullmatch(value) or _GIT_SCP.fullmatch(value):
        return "" if not _CONTROL.search(value) else one_line(value)
    return (
        f"{shown(value)} is no git URL; write https://, http://, ssh:// or git:// with host and path, "
        "or user@host:path; for a directory on the controller write path instead of git"
    )


def git_version(value: str) -> str:
    """A branch, tag or commit (git-check-ref-format(1)); "" would be the remote's default branch."""
    if value.startswith("-") or ".." in value or not re.fullmatch(r"[^\x00-\x20\x7f~^:?*\[\\\ud800-\udfff]+", value):
        return f'{shown(value)} cannot be a branch, tag or commit; write for example "main"'
    return ""


def archive(value: str) -> str:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", value)
    if scheme and scheme.group(1).lower() not in ("http", "https"):
        return f"{shown(value)} has a scheme that is not fetched; write an https:// URL or a path on the controller"
    return one_line(value)


def index_url(value: str) -> str:
    if re.fullmatch(r"https?://[^\s/]\S*", value) and not _CONTROL.search(value):
        return ""
    return f'{shown(value)} is no package index; write its URL, for example "https://pypi.org/simple"'


def entrypoint(value: str) -> str:
    """``module.path:attr`` or ``module.path`` (PEP 3333 servers agree on this form)."""
    file = re.fullmatch(rf"({_IDENTIFIER}(?:/{_IDENTIFIER})*)\.py(?::({_IDENTIFIER}))?", value)
    if file:
        fix = f"{file.group(1).replace('/', '.')}:{file.group(2) or DEFAULT_ATTRIBUTE}"
        return f'{shown(value)} is a file where a module belongs; write "{fix}"'
    if re.fullmatch(rf"{_DOTTED}(?::{_DOTTED})?", value):
        return ""
    return f'{shown(value)} is no entry point; write module:callable, for example "wsgi:application"'


def _punycode(value: str) -> str:
    try:
        return "" if len(value) > 253 else value.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def domain(value: str) -> str:
    """A host name of letters, digits and hyphens (RFC 952, RFC 1123 section 2.1), at most 253 characters."""
    text = value.lower()
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text).split("/")[0].split(":")[0].rstrip(".")
    if text.startswith("*."):
        return f"{shown(value)} is a wildcard; list every domain by its name"
    if not value.isascii():
        code = _punycode(text)
        fix = f'write its punycode "{code}"' if code and not domain(code) else "write its punycode (xn--…)"
        return f"{shown(value)} has letters beyond ASCII; {fix}"
    if bare != text and all(_LABEL.fullmatch(label) for label in bare.split(".")):
        return f'{shown(value)} is more than a domain; write "{bare}" without scheme, port, path and last dot'
    if len(text) > 253:
        return f"{shown(value)} has {len(text)} characters; a domain has at most 253"
    if not all(_LABEL.fullmatch(label) for label in text.split(".")):
        return (
            f"{shown(value)} is no domain; each part between dots is 1 to 63 letters, digits and hyphens, "
            'no hyphen first or last, for example "ramen.example.com"'
        )
    return ""


def environment_name(value: str) -> str:
    """A name that every shell can set (POSIX XBD 8.1) and that the platform does not set itself."""
    if not re.fullmatch(_IDENTIFIER, value):
        return f"{shown(value)} cannot name a variable; write letters, digits and underscores, no digit first"
    if value in ("PORT", "SOCKET") or value.startswith("PYHOST_"):
        return f"{shown(value)} is set by the platform itself; choose another name"
    return ""


def environment_value(value: str) -> str:
    """Everything but what execve(2) cannot carry. Values may be secrets, so they are not shown."""
    if "\0" in value:
        return "the value contains a NUL byte, which no environment can carry; remove it"
    if re.search("[\ud800-\udfff]", value):
        return "the value is no valid Unicode text; encode it, for example with base64"
    return ""


def health_status(value: str) -> str:
    for part in value.split(","):
        found = _STATUS.fullmatch(part)
        if not found or (found.group(2) and found.group(2) < found.group(1)):
            return f'{shown(value)} is no list of statuses; write codes and ranges, for example "200-399,401"'
    return ""


def error_status(value: str) -> str:
    """Whether a page may stand for this status."""
    if not re.fullmatch(r"[45][0-9]{2}", value):
        return f'{shown(value)} is no status of an error; write one from "400" to "599"'
    if value == "499":
        return f"{shown(value)} is what nginx notes when a client leaves, and nobody sees a page for it; remove it"
    return ""


def log_size(value: str) -> str:
    """The size of a log; a smaller one would be turned over all the time."""
    found = re.fullmatch(r"([1-9][0-9]{0,11})([KMG]?)", value)
    if found and 64 << 10 <= int(found[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[found[2]] <= 64 << 30:
        return ""
    return f'{shown(value)} is no size from 64K to 64G; write bytes or a number with K, M or G, for example "10M"'


def body_size(value: str) -> str:
    """As nginx writes sizes (``client_max_body_size``), bounded: 0 would be no limit at all."""
    found = re.fullmatch(r"([1-9][0-9]{0,9})([kmg]?)", value.lower())
    if found and int(found[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[found[2]] <= MOST_BODY:
        return ""
    return f'{shown(value)} is no size from 1 to 64g; write bytes or a number with k, m or g, for example "20m"'


def _like(pattern: str, wrong: str) -> Callable[[str], str]:
    """The rule of a value that one regular expression tells; ``wrong`` is what is said of any other."""
    known = re.compile(pattern)

    def rule(value: str) -> str:
        return "" if known.fullmatch(value) else f"{shown(value)} {wrong}"

    return rule


amount = _like(r"[0-9]+[KMGT]?", 'is no amount; write bytes or a number with K, M, G or T, for example "512M"')
"""Of memory or of disk space, as systemd writes it."""

checksum = _like(
    r"sha256:[0-9a-fA-F]{64}",
    'is no checksum; write "sha256:" and 64 hexadecimal digits, as sha256sum prints them',
)
cpu = _like(r"[0-9]+%", 'is no share of a CPU; write per cent of one CPU, for example "50%"')
cron_name = _like(
    r"[a-z][a-z0-9-]{0,62}",
    'cannot name a schedule; write 1 to 63 lower-case letters, digits and hyphens, a letter first, for example "tidy"',
)
"""An entry's name is part of the name of its log."""

health_path = _like(
    r"/[!-~]*", 'is no path of a URL; begin it with "/" and percent-encode spaces and letters beyond ASCII'
)
service = _like(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", "cannot name a service; write letters, digits and . _ -")
"""The name of a part of a source, as its own file writes it."""

service_name = _like(
    r"[a-z][a-z0-9_-]{0,15}",
    'cannot name a service; write 1 to 16 of a-z, 0-9, _ and -, a letter first, such as "db"',
)
tasks = _like(r"[0-9]+", "is no number of tasks; write for example 100")
