"""Tornado has an HTTP server of its own; at SIGTERM it ends after the requests that run."""

import asyncio
import os
import signal

import tornado
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application, RequestHandler


class Index(RequestHandler):
    async def get(self):
        self.set_header("Content-Type", "text/plain")
        self.write(f"Hello from Tornado {tornado.version}")


async def main():
    end = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.set)
    server = HTTPServer(Application([("/", Index)]), xheaders=True)
    server.add_socket(bind_unix_socket(os.environ["SOCKET"], 0o660))
    await end.wait()
    server.stop()
    await server.close_all_connections()


asyncio.run(main())
