import sys


def application(environ, start_response):
    start_response("200 OK", [("Content-type", "text/plain")])
    return ["%s on %d.%d\n" % (__file__.rpartition("/")[2], sys.version_info[0], sys.version_info[1])]
