# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _formats as formats

GIT = (
    "write https://, http://, ssh:// or git:// with host and path, or user@host:path; "
    "for a directory on the controller write path instead of git"
)
NAME = 'write 1 to 31 lower-case letters, digits and hyphens, a letter first, for example "ramen"'
DOMAIN = (
    "each part between dots is 1 to 63 letters, digits and hyphens, "
    'no hyphen first or last, for example "ramen.example.com"'
)

GOOD = [
    (formats.name, ["a", "ramen", "app", "ramen-2", "a" * 31, "systemd"]),
    (formats.python_branch, ["3.13", "2.7", "3.8"]),
    (formats.one_line, ["celery -A shop worker", "100% of $HOME \"'", "~/x"]),
    (formats.relative_path, [".", "shop/", "requirements.txt", "./-r", "a b", "..a/b.."]),
    (
        formats.git_url,
        [
            "https://example.com/ramen.git",
            "http://example.com:8080/ramen",
            "git://example.com/ramen",
            "ssh://git@example.com/ramen.git",
            "ssh://git@[::1]:22/ramen.git",
            "git@example.com:ramen/ramen.git",
        ],
    ),
    (formats.git_version, ["main", "feature/x", "v1.0", "0f9d3c1", "grün"]),
    (formats.checksum, ["sha256:" + "0f" * 32, "sha256:" + "AB" * 32]),
    (formats.archive, ["../ramen.tar.gz", "~/a b.zip", "https://example.com/ramen.zip"]),
    (formats.index_url, ["https://pypi.org/simple", "http://u:p@127.0.0.1:3141/root/pypi"]),
    (formats.entrypoint, ["wsgi", "wsgi:application", "shop.wsgi:make.app", "_a.b2"]),
    (formats.domain, ["ramen.example.com", "RAMEN.example.com", "localhost", "xn--mnchen-3ya.de", "1.a", "a" * 63]),
    (formats.environment_name, ["A", "_x", "DJANGO_SETTINGS_MODULE", "PORTS", "PATH"]),
    (formats.environment_value, ["", "100%", "a\nb", "\x01", "'\"\\$`"]),
    (formats.health_path, ["/", "/health?full=1"]),
    (formats.health_status, ["200", "200-399", "200-399,401", "599,100"]),
    (formats.error_status, ["400", "404", "498", "500", "599"]),
    (formats.amount, ["512M", "1G", "1048576"]),
    (formats.cpu, ["50%", "200%"]),
    (formats.tasks, ["100"]),
]

BAD = [
    (formats.name, "../x", f'"../x" cannot name an app; {NAME}'),
    (formats.name, "Ramen", f'"Ramen" cannot name an app; {NAME}'),
    (formats.name, "a" * 32, f'"{"a" * 32}" cannot name an app; {NAME}'),
    (formats.name, "ramen\n", f'"ramen\\n" cannot name an app; {NAME}'),
    (formats.name, "root", '"root" is a user or group of the system; choose another name, for example "my-app"'),
    (
        formats.name,
        "systemd-network",
        '"systemd-network" is a user or group of the system; choose another name, for example "my-app"',
    ),
    (formats.python_branch, "3.11.2", '"3.11.2" is a version where a branch belongs; write "3.11"'),
    (formats.python_branch, "three", '"three" is no branch of Python; write for example "3.13"'),
    (formats.python_branch, "3.\u0661", '"3.\u0661" is no branch of Python; write for example "3.13"'),
    (formats.one_line, " ", '" " is empty; write a value or leave the key out'),
    (formats.one_line, "a\nb", '"a\\nb" contains a control character or a line break; write it on one line'),
    (formats.one_line, "a\0", '"a\\u0000" contains a control character or a line break; write it on one line'),
    (formats.relative_path, "", '"" is empty; write a path relative to the source, for example "."'),
    (formats.relative_path, "/etc", '"/etc" is not below the source; write a path relative to it'),
    (formats.relative_path, "~/x", '"~/x" is not below the source; write a path relative to it'),
    (formats.relative_path, "a/../../b", '"a/../../b" leaves the source with ".."; write a path below it'),
    (formats.relative_path, "-r", '"-r" would be read as an option; write "./" before it'),
    (
        formats.relative_path,
        "a\\b",
        '"a\\\\b" contains a control character or one of \\ $ "; rename the file',
    ),
    (formats.relative_path, "a\nb", '"a\\nb" contains a control character or one of \\ $ "; rename the file'),
    (formats.git_url, "--upload-pack=x", f'"--upload-pack=x" is no git URL; {GIT}'),
    (formats.git_url, "file:///etc", f'"file:///etc" is no git URL; {GIT}'),
    (formats.git_url, "ext::sh -c id", f'"ext::sh -c id" is no git URL; {GIT}'),
    (formats.git_url, "ssh://-oProxyCommand=x/y", f'"ssh://-oProxyCommand=x/y" is no git URL; {GIT}'),
    (formats.git_url, "git@-oProxyCommand=x:y", f'"git@-oProxyCommand=x:y" is no git URL; {GIT}'),
    (formats.git_url, "https://u:secret@example.com", f'"https://***@example.com" is no git URL; {GIT}'),
    (
        formats.git_url,
        "https://example.com/a\0",
        '"https://example.com/a\\u0000" contains a control character or a line break; write it on one line',
    ),
    (formats.git_version, "-x", '"-x" cannot be a branch, tag or commit; write for example "main"'),
    (formats.git_version, "", '"" cannot be a branch, tag or commit; write for example "main"'),
    (formats.git_version, "a..b", '"a..b" cannot be a branch, tag or commit; write for example "main"'),
    (
        formats.checksum,
        "md5:00",
        '"md5:00" is no checksum; write "sha256:" and 64 hexadecimal digits, as sha256sum prints them',
    ),
    (
        formats.archive,
        "ftp://example.com/x.zip",
        '"ftp://example.com/x.zip" has a scheme that is not fetched; write an https:// URL or a path on the controller',
    ),
    (
        formats.index_url,
        "pypi.org",
        '"pypi.org" is no package index; write its URL, for example "https://pypi.org/simple"',
    ),
    (
        formats.entrypoint,
        "shop/wsgi.py:app",
        '"shop/wsgi.py:app" is a file where a module belongs; write "shop.wsgi:app"',
    ),
    (formats.entrypoint, "wsgi.py", '"wsgi.py" is a file where a module belongs; write "wsgi:application"'),
    (
        formats.entrypoint,
        "wsgi:app()",
        '"wsgi:app()" is no entry point; write module:callable, for example "wsgi:application"',
    ),
    (formats.domain, "*.example.com", '"*.example.com" is a wildcard; list every domain by its name'),
    (
        formats.domain,
        "https://ramen.example.com:443/x",
        '"https://ramen.example.com:443/x" is more than a domain; '
        'write "ramen.example.com" without scheme, port, path and last dot',
    ),
    (
        formats.domain,
        "ramen.example.com.",
        '"ramen.example.com." is more than a domain; write "ramen.example.com" without scheme, port, path and last dot',
    ),
    (
        formats.domain,
        "München.de",
        '"München.de" has letters beyond ASCII; write its punycode "xn--mnchen-3ya.de"',
    ),
    (formats.domain, "ü..de", '"ü..de" has letters beyond ASCII; write its punycode (xn--…)'),
    (
        formats.domain,
        "ü" * 300,
        '"' + "ü" * 100 + '…" has letters beyond ASCII; write its punycode (xn--…)',
    ),
    (
        formats.domain,
        ".".join(["a"] * 128),
        '"' + "a." * 50 + '…" has 255 characters; a domain has at most 253',
    ),
    (formats.domain, "a_b.example.com", f'"a_b.example.com" is no domain; {DOMAIN}'),
    (formats.domain, "", f'"" is no domain; {DOMAIN}'),
    (formats.domain, "-a.de", f'"-a.de" is no domain; {DOMAIN}'),
    (formats.domain, "http://", f'"http://" is no domain; {DOMAIN}'),
    (
        formats.environment_name,
        "1X",
        '"1X" cannot name a variable; write letters, digits and underscores, no digit first',
    ),
    (formats.environment_name, "PORT", '"PORT" is set by the platform itself; choose another name'),
    (formats.environment_name, "PYHOST_X", '"PYHOST_X" is set by the platform itself; choose another name'),
    (
        formats.environment_value,
        "secret\0",
        "the value contains a NUL byte, which no environment can carry; remove it",
    ),
    (
        formats.environment_value,
        "secret\ud800",
        "the value is no valid Unicode text; encode it, for example with base64",
    ),
    (
        formats.health_path,
        "up",
        '"up" is no path of a URL; begin it with "/" and percent-encode spaces and letters beyond ASCII',
    ),
    (
        formats.health_status,
        "399-200",
        '"399-200" is no list of statuses; write codes and ranges, for example "200-399,401"',
    ),
    (
        formats.health_status,
        "200, 600",
        '"200, 600" is no list of statuses; write codes and ranges, for example "200-399,401"',
    ),
    (formats.error_status, "399", '"399" is no status of an error; write one from "400" to "599"'),
    (formats.error_status, "404\n", '"404\\n" is no status of an error; write one from "400" to "599"'),
    (
        formats.amount,
        "512MB",
        '"512MB" is no amount; write bytes or a number with K, M, G or T, for example "512M"',
    ),
    (formats.cpu, "50", '"50" is no share of a CPU; write per cent of one CPU, for example "50%"'),
    (formats.tasks, "many", '"many" is no number of tasks; write for example 100'),
    (formats.error_status, "200", '"200" is no status of an error; write one from "400" to "599"'),
    (formats.error_status, "600", '"600" is no status of an error; write one from "400" to "599"'),
    (formats.error_status, "4xx", '"4xx" is no status of an error; write one from "400" to "599"'),
    (formats.error_status, "4٣٣", '"4٣٣" is no status of an error; write one from "400" to "599"'),
    (
        formats.error_status,
        "499",
        '"499" is what nginx notes when a client leaves, and nobody sees a page for it; remove it',
    ),
]


@pytest.mark.parametrize(("rule", "value"), [(rule, value) for rule, values in GOOD for value in values])
def test_good_value(rule, value):
    assert rule(value) == ""


@pytest.mark.parametrize(("rule", "value", "message"), BAD)
def test_bad_value(rule, value, message):
    assert rule(value) == message


@pytest.mark.parametrize(("path", "normal"), [("./shop/", "shop"), (".", "."), ("a//b", "a/b"), ("./-r", "-r")])
def test_normal_path(path, normal):
    assert formats.normal_path(path) == normal


ED = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


@pytest.mark.parametrize(
    ("value", "start"),
    [
        (f"ssh-ed25519 {ED}", ""),
        (f"ssh-ed25519 {ED} me@laptop with words", ""),
        (f"ssh-ed25519 {ED}\n", ""),
        ("", '"" is no public key'),
        (f'command="id" ssh-ed25519 {ED}', '"command='),
        (f"ssh-ed25519 {ED}\nssh-ed25519 {ED}", '"ssh-ed25519 '),
        (f"ssh-rsa {ED}", '"ssh-rsa AAAA'),
        (f"ssh-ed25519 {ED[:30]}", '"ssh-ed25519 AAAA'),
        (f"ssh-ed25519 {ED}!", '"ssh-ed25519 AAAA'),
        (f"ssh-dss {ED}", '"ssh-dss AAAA'),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nabc", "is a private key; keep it to yourself"),
    ],
)
def test_ssh_key(value, start):
    found = formats.ssh_key(value)
    assert bool(found) is bool(start)
    assert found.startswith(start)
    assert not start or "abc" not in found
