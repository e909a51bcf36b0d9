"""What a request looks like to the app, as JSON; the first word is the version."""

import json
import os
import time

VERSION = "one"
NAMES = ("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "HTTP_HOST", "HTTP_PROXY", "wsgi.url_scheme",
         "mod_wsgi.process_group", "wsgi.multithread", "wsgi.multiprocess")  # fmt: skip


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(3)
    body = environ["wsgi.input"].read().decode()
    seen = {name: environ.get(name) for name in NAMES}
    seen.update(pid=os.getpid(), uid=os.getuid(), body=body, version=VERSION, greeting=os.environ.get("GREETING"))
    start_response("200 OK", [("Content-Type", "application/json")])
    return [VERSION.encode() + b" \n" + json.dumps(seen).encode()]
