# The app of the documentation, as Python 3 wants it: with bytes.
import os
import sys
import threading
import time

TICKS = []


def tick():
    while True:
        TICKS.append(1)
        time.sleep(0.05)


threading.Thread(target=tick, daemon=True).start()


def application(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        time.sleep(6)
    status = "200 OK"
    response_headers = [("Content-type", "text/plain")]
    start_response(status, response_headers)
    lines = ["Hello world!\n"] + ["{0}={1}\n".format(k, environ[k]) for k in sorted(environ)]
    lines += ["os.{0}={1}\n".format(k, os.environ[k]) for k in sorted(os.environ)]
    lines += ["sys.prefix={0}\n".format(sys.prefix), "pid={0}\n".format(os.getpid()), "ticks={0}\n".format(len(TICKS))]
    return [line.encode() for line in lines]
