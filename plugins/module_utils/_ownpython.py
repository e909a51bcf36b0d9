# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that an app's own Python runs to serve its WSGI callable. PRIVATE to the collection.

They are texts: any Python that an app runs on may read them, 2.7 too, and nothing of ours is importable beside the app.
"""

from __future__ import annotations

_FOUND = """\
def found(target):
    # The callable that module:attribute names, imported from the working directory; attribute() makes it.
    import importlib
    sys.path[:1] = [os.getcwd()]
    module, _colon, name = target.partition(":")
    value = importlib.import_module(module)
    for part in name.partition("(")[0].split("."):
        value = getattr(value, part)
    return value() if name.endswith("()") else value


"""

CGI = f"""\
import os, sys
from wsgiref.handlers import CGIHandler

{_FOUND}CGIHandler().run(found(sys.argv.pop(1)))
"""
"""Arguments: the callable. One request by CGI; an error is 500, and its traceback goes to standard error."""

WSGIREF = f"""\
import os, signal, socket, sys, threading
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer
try:
    from socketserver import ThreadingMixIn, UnixStreamServer
except ImportError:  # Python 2.7
    from SocketServer import ThreadingMixIn, UnixStreamServer


{_FOUND}class Handler(ServerHandler):
    wsgi_multiprocess = False


class Request(WSGIRequestHandler):
    def address_string(self):
        return self.headers.get("X-Real-IP", "")

    def get_environ(self):
        # What nginx of the cell says of the request: nobody else reaches the socket.
        self.client_address = (self.address_string(), 0)
        environ = WSGIRequestHandler.get_environ(self)
        environ["REMOTE_ADDR"] = self.address_string()
        environ["CONTENT_TYPE"] = self.headers.get("Content-Type", "")
        host, _colon, port = self.headers.get("Host", "").partition(":")
        secure = self.headers.get("X-Forwarded-Proto") == "https"
        environ["SERVER_NAME"] = host
        environ["SERVER_PORT"] = port or ("443" if secure else "80")
        if secure:
            environ["HTTPS"] = "on"
        return environ

    def handle(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            return
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
        elif self.parse_request():
            self.path = self.requestline.split()[1]  # http.server makes one slash of several at its beginning.
            errors = self.get_stderr()
            handler = Handler(self.rfile, self.wfile, errors, self.get_environ())
            handler.request_handler = self
            handler.run(self.server.get_app())


class Server(ThreadingMixIn, UnixStreamServer, WSGIServer):
    request_queue_size = 1024
    daemon_threads = True
    running = 0

    def server_bind(self):
        UnixStreamServer.server_bind(self)
        self.server_name, self.server_port = "", 0
        self.setup_environ()

    def process_request(self, request, address):
        with changed:
            self.running += 1
        ThreadingMixIn.process_request(self, request, address)

    def process_request_thread(self, request, address):
        try:
            ThreadingMixIn.process_request_thread(self, request, address)
        finally:
            with changed:
                self.running -= 1
                changed.notify()


def end(number, frame):
    raise SystemExit


path, target, drain = sys.argv[1:]
del sys.argv[1:]
changed = threading.Condition()
application = found(target)
server = Server(path, Request)
os.chmod(path, 0o660)
server.set_app(application)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
try:
    server.serve_forever(0.1)
except SystemExit:
    pass
server.socket.setblocking(False)
try:
    while True:  # Who waits in the queue is answered, too.
        server.process_request(*server.socket.accept())
except (IOError, OSError):
    pass
import time
until = time.time() + float(drain)
with changed:
    while server.running and time.time() < until:
        changed.wait(0.1)
sys.stdout.flush()
sys.stderr.flush()
os._exit(0)
"""
"""Arguments: the socket, the callable, and the seconds that running requests have after SIGTERM. A thread for each."""
