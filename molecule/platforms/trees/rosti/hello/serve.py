"""A server of the owner's own; the port is its argument."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"own server\n")


HTTPServer(("0.0.0.0", int(sys.argv[1])), Handler).serve_forever()
