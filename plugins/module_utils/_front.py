# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the host's front nginx: generated from names only. Pure. PRIVATE to the collection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ansible_collections.pyhost.platform.plugins.module_utils import _pages
from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._domains import domains_of, file_name
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._models import Requests
from ansible_collections.pyhost.platform.plugins.module_utils._nginx import SILENCE_MARGIN

DIRECTORY = "/etc/nginx/pyhost"
"""Sets of generated files; ``live`` leads to the one in use."""

INCLUDE = f"{HEADER}include {DIRECTORY}/live/*.conf;\n"
"""The one file among nginx's own that leads to ours (``/etc/nginx/conf.d/pyhost.conf``)."""

DEFAULT = f"""{HEADER}server {{
    listen 80 default_server;
    listen [::]:80 default_server;
    server_name _;
    return 444;
}}
"""
"""Names that belong to no app get no answer."""

DEFAULT_TLS = """server {
    listen 443 ssl default_server;
    listen [::]:443 ssl default_server;
    server_name _;
    ssl_reject_handshake on;
}
"""
"""The same where some app has a certificate: no other name sees one."""

TO_HTTPS = """        if ($pyhost_scheme = http) {
            return 308 https://$host$request_uri;
        }
"""
"""A permanent redirect that keeps the method (RFC 9110 section 15.4.9)."""

ACME = "/var/lib/pyhost/acme"
"""The account at the certificate authority, and what it asks for."""

CHALLENGES = f"""    location ^~ /.well-known/acme-challenge/ {{
        alias {ACME}/challenges/;
        default_type text/plain;
    }}
"""
"""Answers to the certificate authority, in plain HTTP (RFC 8555 section 8.3)."""

TLS_DIRECTORY = f"{DIRECTORY}/tls"
"""Certificates and keys, for root alone; the name of each changes with its content."""

SHORT_NAME, FEW_NAMES = 40, 200
"""Characters of a domain, and number of domains, that nginx's own hash of server names surely takes."""

MOST_CONNECTIONS = 2048
"""Requests of all clients of one app at the same time; a quarter of what a worker of the front can have."""

LOGS = "/var/log/nginx"
"""Root's own; Debian's logrotate rotates every ``*.log`` in it."""

OF_LOG = "pyhost-"
"""How the name of a log begins that is one app's."""


@dataclass(frozen=True)
class Tls:
    """How an app's server speaks TLS: the name of its files without their ends, and what it tells clients.

    ``hsts`` is in seconds, 0 for none; ``note`` says where the certificate comes from, if no operator gave it.
    """

    stem: str
    redirect: bool = True
    hsts: int = 0
    note: str = ""


@dataclass(frozen=True)
class Site:
    """What the front knows of one app; ``acme``: its certificate is asked for, and there may be none yet."""

    cell: Cell
    domains: tuple[str, ...]
    requests: Requests
    tls: Tls | None = None
    acme: bool = False


def log(app: str) -> str:
    """The front's access log of an app."""
    return f"{LOGS}/{OF_LOG}{app}.log"


def app_text(app: Site, http2: bool = True) -> str:
    """One app's servers: its domains, led to the socket of its cell. ``http2``: nginx knows the directive (1.25.1)."""
    zones, limits = _limits(app)
    redirect = TO_HTTPS if app.tls and app.tls.redirect else ""
    note = f"# {app.tls.note}\n" if app.tls and app.tls.note else ""
    plain = f"""server {{
    listen 80;
    listen [::]:80;
{_rules(app, limits, redirect)}{CHALLENGES if app.acme else ""}}}
"""
    return HEADER + note + zones + plain + (_secure(app, app.tls, _rules(app, limits), http2) if app.tls else "")


def _secure(app: Site, tls: Tls, rules: str, http2: bool) -> str:
    more = "" if http2 else " http2"
    hsts = f"""    add_header Strict-Transport-Security "max-age={tls.hsts}" always;
    proxy_hide_header Strict-Transport-Security;
"""
    return f"""server {{
    listen 443 ssl{more};
    listen [::]:443 ssl{more};
{"    http2 on;" + chr(10) if http2 else ""}    ssl_certificate {TLS_DIRECTORY}/{tls.stem}.pem;
    ssl_certificate_key {TLS_DIRECTORY}/{tls.stem}.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:pyhost:10m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;
{hsts if tls.hsts else ""}{rules}}}
"""


def _rules(app: Site, limits: str, redirect: str = "") -> str:
    """What both servers of an app have in common, and what sends requests to the other one."""
    return f"""    server_name {" ".join(app.domains)};
    access_log {log(app.cell.name)};
    server_tokens off;
    client_max_body_size {app.requests.body};
    ignore_invalid_headers on;
    underscores_in_headers off;
    limit_conn pyhost_apps {MOST_CONNECTIONS};
{limits}    error_page 502 504 @pyhost_away;
    location / {{
{redirect}        proxy_pass http://unix:{app.cell.web};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header X-Real-IP $remote_addr;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $pyhost_scheme;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header Proxy "";
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $pyhost_connection;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_read_timeout {app.requests.timeout + SILENCE_MARGIN}s;
    }}
    location @pyhost_away {{
        default_type text/html;
        return 502 '{_pages.text("502")}';
    }}
"""


def _limits(app: Site) -> tuple[str, str]:
    """Definitions beside the app's server, and the lines in it."""
    asked, name = app.requests, app.cell.name
    zones, lines = [], []
    if asked.rate:
        zones.append(f"limit_req_zone $binary_remote_addr zone=rate_{name}:1m rate={asked.rate}r/s;")
        lines += [f"limit_req zone=rate_{name} burst={asked.rate} nodelay;", "limit_req_status 429;"]
    if asked.connections:
        zones.append(f"limit_conn_zone $binary_remote_addr zone=connections_{name}:1m;")
        lines += [f"limit_conn connections_{name} {asked.connections};", "limit_conn_status 429;"]
    return "".join(f"{line}\n" for line in zones), "".join(f"    {line}\n" for line in lines)


def common_text(trusted: tuple[str, ...] = (), names: Collection[str] = ()) -> str:
    """Definitions that every app's server uses; ``trusted`` are networks of load balancers before this host.

    ``names`` are the domains of all apps: nginx wants to be told when they are long or many.

    What they say of the client is believed: its address (X-Forwarded-For) and whether it spoke TLS (X-Forwarded-Proto).
    """
    believed = [f"    {network} 1;\n" for network in trusted]
    text = f"""{HEADER}limit_conn_zone $server_name zone=pyhost_apps:1m;
map $http_upgrade $pyhost_connection {{
    default upgrade;
    "" "";
}}
geo $realip_remote_addr $pyhost_trusted {{
    default 0;
{"".join(believed)}}}
map $pyhost_trusted:$http_x_forwarded_proto $pyhost_scheme {{
    default $scheme;
    1:http http;
    1:https https;
}}
"""
    if len(names) > FEW_NAMES or any(len(name) > SHORT_NAME for name in names):
        text += "server_names_hash_bucket_size 512;\nserver_names_hash_max_size 16384;\n"
    if trusted:
        text += "".join(f"set_real_ip_from {network};\n" for network in trusted)
        text += "real_ip_header X-Forwarded-For;\nreal_ip_recursive on;\n"
    return text


def files(
    apps: Iterable[Site],
    trusted: tuple[str, ...] = (),
    others: Mapping[str, str] | None = None,
    http2: bool = True,
) -> dict[str, str]:
    """The whole set: file name to text; apps without domains have no file. ``others`` are files of further apps."""
    texts = {**(others or {}), **{file_name(app.cell.name): app_text(app, http2) for app in apps if app.domains}}
    names = {name for text in texts.values() for name in domains_of(text)}
    nobody = DEFAULT + (DEFAULT_TLS if any("    listen 443 " in text for text in texts.values()) else "")
    return {"00-common.conf": common_text(trusted, names), "01-default.conf": nobody, **texts}
