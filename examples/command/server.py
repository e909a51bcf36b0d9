"""An HTTP server of its own, on the port it is told; needs nothing but Python."""

import os
import platform
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"It works: Python {platform.python_version()}, process {os.getpid()}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for the requests that are being answered
    request_queue_size = 128


def serve(server):
    """Answer until SIGTERM, then finish what was begun."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    with server:
        server.serve_forever()


if __name__ == "__main__":
    serve(Server(("127.0.0.1", int(os.environ["PORT"])), Handler))
