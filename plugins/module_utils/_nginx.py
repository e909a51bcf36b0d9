# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the nginx of one cell. Pure. PRIVATE to the collection.

Two servers answer with the same rules: one on the addresses of ``listen``, which sets the forwarded
headers itself, and one on the socket of the front, which has set them already. In maintenance their
rules are those of ``_pages`` instead of ``app_rules``.
"""

from __future__ import annotations

from ansible_collections.pyhost.platform.plugins.module_utils._cell import Cell
from ansible_collections.pyhost.platform.plugins.module_utils._generated import HEADER
from ansible_collections.pyhost.platform.plugins.module_utils._home import GATEWAYS, traffic_name
from ansible_collections.pyhost.platform.plugins.module_utils._models import Requests
from ansible_collections.pyhost.platform.plugins.module_utils._pages import error_rules

TYPES = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs",
    "text/plain": "txt",
    "text/xml": "xml",
    "image/svg+xml": "svg svgz",
    "image/png": "png",
    "image/jpeg": "jpeg jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/x-icon": "ico",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "application/json": "json map",
    "application/manifest+json": "webmanifest",
    "application/pdf": "pdf",
    "application/wasm": "wasm",
    "application/zip": "zip",
    "audio/mpeg": "mp3",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
"""Media types of static files (IANA); everything else is application/octet-stream."""

PARAMS = (
    ("QUERY_STRING", "$query_string"),
    ("REQUEST_METHOD", "$request_method"),
    ("CONTENT_TYPE", "$content_type"),
    ("REQUEST_URI", "$request_uri"),
    ("PATH_INFO", "$document_uri"),
    ("DOCUMENT_ROOT", "$document_root"),
    ("SERVER_PROTOCOL", "$server_protocol"),
    ("REQUEST_SCHEME", "$pyhost_scheme"),
    ("HTTPS", "$pyhost_https if_not_empty"),
    ("REMOTE_ADDR", "$remote_addr"),
    ("REMOTE_PORT", "$remote_port"),
    ("SERVER_PORT", "$pyhost_port"),
    ("SERVER_NAME", "$host"),
)
"""Of every protocol that tells an app the variables of a request (RFC 3875 section 4.1)."""

LENGTH = (("CONTENT_LENGTH", "$content_length"),)
MORE_PARAMS = {
    "uwsgi": LENGTH,
    "fastcgi": (*LENGTH, ("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_SOFTWARE", "nginx"), ("SCRIPT_NAME", '""')),
    "scgi": (("SCGI", "1"), ("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_SOFTWARE", "nginx"), ("SCRIPT_NAME", '""')),
}
"""What a protocol wants besides. By SCGI nginx says CONTENT_LENGTH itself, and no name may stand there twice."""

FORWARDED = (
    ("Host", "$http_host"),
    ("X-Real-IP", "$remote_addr"),
    ("X-Forwarded-For", "$remote_addr"),
    ("X-Forwarded-Proto", "$pyhost_scheme"),
    ("X-Forwarded-Host", "$http_host"),
    ("Proxy", '""'),
)
"""Set, never appended to: what a client sends under these names does not reach the app (httpoxy too)."""

AS_ASKED = "merge_slashes off;\n"
"""Paths reach an app that is told variables as they do by HTTP, with every slash. Not where the owner has rules: those
would not hold of ``//admin`` any more."""

SILENCE_MARGIN = 10
"""Seconds by which an nginx on either side of the cell's own waits longer: a client sees the page of this one."""

SHUTDOWN_MARGIN = 5
"""Seconds that connections which follow old rules are kept longer than the old app may need to end."""


def main_conf(cell: Cell, includes: str, drain: int, body: str = Requests.body) -> str:
    """The whole configuration; ``includes`` is the pattern of the files with the servers, ``drain`` in seconds.

    ``body`` is the largest request, as nginx writes sizes.
    """
    run, logs = cell.path("run"), cell.path("logs")
    temp = "\n".join(
        f"    {kind}_temp_path {run}/nginx-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    types = "\n".join(f"        {media} {suffixes};" for media, suffixes in TYPES.items())
    # Only a master run by root obeys `user`, and only there is it needed: workers would be nobody's.
    user = "user root root;\n" if cell.user == "root" else ""
    return f"""{HEADER}{user}daemon off;
worker_processes 1;
pid {run}/nginx.pid;
error_log {logs}/nginx-error.log;
worker_shutdown_timeout {drain + SHUTDOWN_MARGIN}s;
events {{
    worker_connections 1024;
}}
http {{
{temp}
    types {{
{types}
    }}
    default_type application/octet-stream;
    charset utf-8;
    access_log {logs}/access.log;
    sendfile on;
    tcp_nopush on;
    server_tokens off;
    keepalive_timeout 65s;
    client_max_body_size {body};
    gzip on;
    gzip_types text/css text/javascript application/json image/svg+xml;
    map $http_upgrade $pyhost_connection {{
        default upgrade;
        "" "";
    }}
    include {includes};
}}
"""


def app_rules(
    cell: Cell,
    protocol: str,
    locations: str,
    pages: str,
    intercept: bool,
    timeout: int = Requests.timeout,
    passing: str = "",
) -> str:
    """The rules that lead to the app: ``locations`` and ``pages`` are the compiled text of what it declares.

    ``intercept``: statuses that have a page are answered with it also where the app itself gave them.
    ``timeout``: seconds that the app may be silent. ``passing``: text of the app's own, at the end of its location.
    """
    return f"{pages}{locations}location / {{\n{leading(cell, protocol, intercept, timeout, passing)}}}\n"


def leading(cell: Cell, protocol: str, intercept: bool, timeout: int = Requests.timeout, passing: str = "") -> str:
    """The text of a location that leads to the app; the parameters are those of `app_rules`."""
    upstream = cell.path("run", f"app.{traffic_name(protocol)}")
    gateway = protocol in GATEWAYS
    text = _told(protocol, upstream) if gateway else proxied(f"http://unix:{upstream}")
    kind = protocol if gateway else "proxy"
    text += f"    {kind}_read_timeout {timeout}s;\n"
    if intercept:
        text += f"    {kind}_intercept_errors on;\n"
    return text + _indent(passing)


def servers_conf(cell: Cell, listen: tuple[str, ...], rules: str) -> str:
    """The servers of the app, both with the same ``rules``."""
    blocks = []
    if listen:
        blocks.append(server([*listen], rules, front=False))
    if cell.web:
        blocks.append(server([f"unix:{cell.web}"], rules, front=True))
    return HEADER + "".join(blocks)


def bridge_conf(cell: Cell, ports: dict[str, int], timeout: int = Requests.timeout) -> str:
    """Servers that lead from a socket per program to the program's port (server ``command``).

    That a port does not answer is known here alone, so the page for it is here, too.
    """
    pages = _indent(error_rules(cell, ".", {}))
    blocks = [
        f"""server {{
    listen unix:{cell.path("run", f"{program}.port.sock")};
    access_log off;
    set_real_ip_from unix:;
    real_ip_header X-Real-IP;
{pages}    location / {{
        proxy_pass http://127.0.0.1:{port};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $pyhost_connection;
        proxy_request_buffering off;
        proxy_buffering off;
        proxy_read_timeout {timeout + SILENCE_MARGIN}s;
    }}
}}
"""
        for program, port in sorted(ports.items())
    ]
    return HEADER + "".join(blocks)


def server(listen: list[str], rules: str, front: bool, trust: str = "unix:") -> str:
    """One server; ``front``: who asks it, ``trust``, has set the forwarded headers."""
    lines = "".join(f"    listen {address};\n" for address in listen)
    if front:
        real = f"    set_real_ip_from {trust};\n    real_ip_header X-Real-IP;\n"
        scheme, port, secure = "$http_x_forwarded_proto", "80", "        set $pyhost_port 443;\n"
    else:
        real, scheme, port, secure = "", "$scheme", "$server_port", ""
    return f"""server {{
{lines}    server_name _;
{real}    set $pyhost_scheme {scheme};
    set $pyhost_https "";
    set $pyhost_port {port};
    if ($pyhost_scheme = https) {{
        set $pyhost_https on;
{secure}    }}
{_indent(rules)}}}
"""


def proxied(target: str) -> str:
    """The text of a location that passes requests on to ``target``, by HTTP."""
    headers = "".join(f"    proxy_set_header {name} {value};\n" for name, value in FORWARDED)
    return (
        f"    proxy_pass {target};\n"
        "    proxy_http_version 1.1;\n"
        f"{headers}"
        "    proxy_set_header Upgrade $http_upgrade;\n"
        "    proxy_set_header Connection $pyhost_connection;\n"
    )


def _told(protocol: str, socket: str) -> str:
    """The text of a location that tells the app behind ``socket`` the variables of a request.

    nginx hides a header of which a parameter has the name, and sends no parameter of a header without a value: so
    nothing is called HTTP_PROXY, which programs take for their own setting (httpoxy).
    """
    headers = [(f"HTTP_{name.upper().replace('-', '_')}", value) for name, value in FORWARDED]
    rows = (*PARAMS, *MORE_PARAMS[protocol], *headers)
    params = "".join(f"    {protocol}_param {name} {value};\n" for name, value in rows)
    return f"    {protocol}_pass unix:{socket};\n{params}"


def _indent(text: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines())
