"""An app written for no other platform: it reads what it says from a path that is the same for every app there."""

import os
import sys

PLACE = "/srv/app/who.txt"


def application(environ, start_response):
    with open(PLACE) as stream:
        who = stream.read().strip()
    said = "%d.%d %s %s %d\n" % (sys.version_info[0], sys.version_info[1], who, PLACE, os.getuid())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [said.encode("utf-8")]
