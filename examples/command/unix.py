"""The same server on the unix socket it is told."""

import os
import socket
from pathlib import Path
from socketserver import TCPServer

from server import Handler, Server, serve


class UnixHandler(Handler):
    def address_string(self):
        return "unix"  # the peer of a unix socket has no address


class UnixServer(Server):
    address_family = socket.AF_UNIX

    def server_bind(self):
        Path(self.server_address).unlink(missing_ok=True)  # left by a process that was killed
        TCPServer.server_bind(self)


if __name__ == "__main__":
    serve(UnixServer(os.environ["SOCKET"], UnixHandler))
