# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what it was told of a request. For any Python from 2.7 on, and any server of WSGI (PEP 3333)."""

import hashlib
import json
import os
import time

VERSION = "v1"
PIECE = 65536


def text(value):
    """A native string of WSGI as text: its bytes are UTF-8."""
    return (value if str is bytes else value.encode("latin-1")).decode("utf-8")


def told(environ, size, digest):
    names = ("REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH")
    names += ("SERVER_NAME", "SERVER_PORT", "HTTP_HOST", "HTTP_X_REAL_IP", "HTTP_X_FORWARDED_PROTO")
    found = dict((name, text(environ.get(name) or "")) for name in names)
    if found["CONTENT_LENGTH"] == "0":  # PEP 3333 lets a server say it so, too.
        found["CONTENT_LENGTH"] = ""
    found["scheme"] = environ["wsgi.url_scheme"]
    found["client"] = environ.get("REMOTE_ADDR") or environ.get("HTTP_X_REAL_IP")
    found["proxy"] = [name for name in ("HTTP_PROXY",) if environ.get(name) or name in os.environ]
    found["body"] = [size, digest]
    return found


def pieces(count, seconds):
    for number in range(count):
        yield ("%d\n" % number).encode()
        time.sleep(seconds)


def application(environ, start_response):
    path = environ["PATH_INFO"]
    headers = [("Content-Type", "application/json"), ("X-Accel-Buffering", "no")]
    if path == "/fails":
        raise ValueError("this page fails on purpose")
    if path in ("/stream", "/endless"):
        start_response("200 OK", headers)
        return pieces(5, 0.4) if path == "/stream" else pieces(100, 0.3)
    if path == "/large":
        start_response("200 OK", headers)
        return (b"x" * PIECE for _number in range(320))
    if path == "/slow":
        time.sleep(4)
    size, digest = 0, hashlib.sha256()
    while True:
        left = int(environ.get("CONTENT_LENGTH") or 0) - size
        data = environ["wsgi.input"].read(min(PIECE, left)) if left > 0 else b""
        if not data:
            break
        size += len(data)
        digest.update(data)
    found = told(environ, size, digest.hexdigest())
    modes = dict((name, bool(environ["wsgi." + name])) for name in ("multiprocess", "multithread", "run_once"))
    if path in ("/", "/slow"):
        found = VERSION
    elif path == "/process":
        found = dict(modes, pid=os.getpid())
    body = json.dumps(found, sort_keys=True) if isinstance(found, dict) else found
    start_response("201 Made" if path == "/made" else "200 OK", headers)
    return [body.encode("utf-8")]
