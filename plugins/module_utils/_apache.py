# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the configuration of one app's Apache, which runs as its owner. Pure. PRIVATE to the collection.

What only the instance knows is a ``Define`` of the one who starts it (`_apacherun`): ``PORT``, ``PLACE`` (a directory
for sockets and the like) and ``ROOT`` (the directory that holds the web roots).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER

PROGRAM = "/usr/sbin/apache2"
"""The program of Debian's package apache2-bin, which brings no service."""

MODULES = (
    "mpm_event",
    "alias",
    "auth_basic",
    "authn_core",
    "authn_file",
    "authz_core",
    "authz_host",
    "authz_user",
    "autoindex",
    "cgid",
    "deflate",
    "dir",
    "env",
    "expires",
    "fcgid",
    "filter",
    "headers",
    "mime",
    "negotiation",
    "remoteip",
    "rewrite",
    "setenvif",
)
"""What files ``.htaccess`` of shared hosting use; nothing that reaches other servers (proxy) or tells of this one."""

OVERRIDES = "AuthConfig FileInfo Indexes Limit Nonfatal=Override"
"""What ``.htaccess`` may say. ``Options`` is passed over: ``+ExecCGI`` holds anyway, and ``+FollowSymLinks`` must not,
for then links would lead out of the owner's tree."""

PROCESSES = 4
"""Processes of one script for each request at the same time: a script that was just ended still counts for a while."""


@dataclass(frozen=True)
class Root:
    """The directory of one site, below ``ROOT``, and the names it is asked by."""

    path: str
    names: tuple[str, ...] = ()


def conf(roots: Sequence[Root], homes: Sequence[str], workers: int, timeout: int) -> str:
    """``apache.conf``: a site for each of ``roots``, the first one also for every other name.

    ``homes`` are the directories that hold what is the owner's, ``workers`` is the number of requests that are
    answered at the same time, ``timeout`` the seconds that a script may be silent.
    """
    modules = "".join(f"LoadModule {name}_module modules/mod_{name}.so\n" for name in MODULES)
    granted = "".join(_granted(home) for home in homes)
    return f"""{HEADER}ServerRoot /usr/lib/apache2
{modules}{_server(workers)}{_fastcgi(workers, timeout)}{_behind_nginx(timeout)}
<Directory />
    AllowOverride None
    Require all denied
</Directory>
{granted}<Files ".ht*">
    Require all denied
</Files>
<DirectoryMatch "/(\\.git|\\.hg|\\.svn)(/|$)">
    Require all denied
</DirectoryMatch>
{"".join(_site(root) for root in roots)}"""


def _server(workers: int) -> str:
    """One process whose threads answer; it stops taking requests first and ends when the last one is answered."""
    return f"""ServerName localhost
Listen 127.0.0.1:${{PORT}}
PidFile ${{PLACE}}/apache.pid
DefaultRuntimeDir ${{PLACE}}
ScriptSock ${{PLACE}}/cgid.sock
Mutex fcntl:${{PLACE}}
ErrorLog /dev/stderr
ErrorLogFormat "[%t] [%-m:%l] %M"
LogLevel warn mpm_event:crit
ServerTokens Prod
ServerSignature Off
KeepAlive Off
UseCanonicalName Off
StartServers 1
ServerLimit 1
ThreadLimit {workers}
ThreadsPerChild {workers}
MaxRequestWorkers {workers}
MinSpareThreads 1
MaxSpareThreads {workers}
TypesConfig /etc/mime.types
DirectoryIndex index.html index.cgi index.fcgi
AddDefaultCharset Off
"""


def _fastcgi(workers: int, timeout: int) -> str:
    """mod_fcgid gives a script no environment but this; the rest of it Python's start takes from its parent's.

    A process takes one request at a time. Limits on how fast processes start are for servers that many share.
    """
    return f"""AddHandler fcgid-script .fcgi .fcg .fpl
AddHandler cgi-script .cgi
<DirectoryMatch "/cgi-bin(/|$)">
    AddHandler cgi-script .cgi .py
</DirectoryMatch>
FcgidIPCDir ${{PLACE}}/fcgi
FcgidProcessTableFile ${{PLACE}}/fcgid_shm
FcgidMaxProcesses {workers * PROCESSES}
FcgidMaxProcessesPerClass {workers * PROCESSES}
FcgidMinProcessesPerClass 1
FcgidSpawnScoreUpLimit 1000000
FcgidProcessLifeTime 0
FcgidConnectTimeout 30
FcgidIOTimeout {timeout}
FcgidBusyTimeout {timeout}
FcgidErrorScanInterval 1
FcgidZombieScanInterval 1
FcgidMaxRequestLen 2147483647
FcgidOutputBufferSize 0
FcgidInitialEnv PATH "${{PATH}}"
FcgidInitialEnv PYTHONPATH "${{PYTHONPATH}}"
FcgidInitialEnv HOME "${{HOME}}"
FcgidInitialEnv LANG "${{LANG}}"
FcgidInitialEnv PYHOST_SCRIPT fcgi
SetEnv PYTHONPATH "${{PYTHONPATH}}"
SetEnv HOME "${{HOME}}"
SetEnv LANG "${{LANG}}"
SetEnv PYHOST_SCRIPT cgi
"""


def _behind_nginx(timeout: int) -> str:
    """nginx of the cell says who the visitor is, and whether by https; nobody says where scripts go out (httpoxy)."""
    return f"""Timeout {timeout}
RemoteIPHeader X-Real-IP
RemoteIPInternalProxy 127.0.0.1
RequestHeader unset Proxy early
SetEnvIf X-Forwarded-Proto ^https$ HTTPS=on
"""


def _granted(home: str) -> str:
    """A link leads on when its target is the same user's; the cell's user owns nothing but what is in the cell."""
    return f"""<Directory "{home}">
    Options SymLinksIfOwnerMatch ExecCGI
    AllowOverride {OVERRIDES}
    Require all granted
</Directory>
"""


def _site(root: Root) -> str:
    names = f"    ServerName {root.names[0]}\n" if root.names else ""
    names += f"    ServerAlias {' '.join(root.names[1:])}\n" if root.names[1:] else ""
    return f"""<VirtualHost *>
{names}    DocumentRoot "${{ROOT}}/{root.path}"
</VirtualHost>
"""
