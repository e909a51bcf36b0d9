"""What an owner brings: a page that tells who asked for what, and from where it is served."""

import json
import os
import sys

try:
    import six
except ImportError:
    six = None


def application(environ, start_response):
    if environ["PATH_INFO"] == "/noise":
        for _ in range(1024):
            print("n" * 1023, flush=True)
    seen = {
        "host": environ.get("HTTP_HOST"),
        "real_ip": environ.get("HTTP_X_REAL_IP"),
        "version": ".".join(map(str, sys.version_info[:2])),
        "prefix": sys.prefix,
        "directory": os.path.dirname(os.path.abspath(__file__)),
        "pid": os.getpid(),
        "six": bool(six),
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode("utf-8")]
