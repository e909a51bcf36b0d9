import numpy


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(int(numpy.arange(5).sum())).encode("ascii")]
