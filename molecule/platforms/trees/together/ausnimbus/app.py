"""An app written for AusNimbus: it reads what it says from a path that is the same for every app there."""

import os
import sys
from wsgiref.simple_server import make_server

PLACE = "/opt/app-root/src/who.txt"


def application(environ, start_response):
    with open(PLACE) as stream:
        who = stream.read().strip()
    said = "%d.%d %s %s %d\n" % (sys.version_info[0], sys.version_info[1], who, PLACE, os.getuid())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [said.encode("utf-8")]


if __name__ == "__main__":
    make_server("0.0.0.0", 8080, application).serve_forever()
