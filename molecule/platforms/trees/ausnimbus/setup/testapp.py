"""Tells what a visitor cannot see: how the app was started, and what it was told."""

import json
import locale
import os
import sys

NAMES = ("BAZ", "FOO", "FORWARDED_ALLOW_IPS", "HOME", "LANG", "LC_ALL", "PYTHONIOENCODING", "WEB_CONCURRENCY")


def application(environ, start_response):
    seen = {
        "scheme": environ["wsgi.url_scheme"],
        "pid": os.getpid(),
        "parent": os.getppid(),
        "cwd": os.getcwd(),
        "python": sys.executable,
        "encoding": locale.getpreferredencoding(False),
        "path": sys.path,
        "environment": {name: os.environ.get(name) for name in NAMES},
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode("utf-8")]
