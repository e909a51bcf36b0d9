"""Listens on the port of the builder, whatever anybody says."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"standalone {os.getpid()} žluťoučký\n".encode())


print("příliš", flush=True)
HTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
