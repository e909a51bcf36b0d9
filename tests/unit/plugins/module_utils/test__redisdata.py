# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

# Dump and load against a small Redis of this file, which knows the commands that they need.
import gzip
import io
import socketserver
import threading
import time

import pytest
from ansible_collections.pyhost.platform.plugins.module_utils import _redisdata
from ansible_collections.pyhost.platform.plugins.module_utils._errors import PyhostError


class Server(socketserver.ThreadingUnixStreamServer):
    """``keys`` maps (database, key) to (value, when it ends in milliseconds since the epoch, or 0)."""

    daemon_threads = True

    def __init__(self, path):
        super().__init__(path, Handler)
        self.keys, self.refused, self.closes_at = {}, "", ""


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.database, self.known = 0, False
        while True:
            head = self.rfile.readline()
            if not head:
                return
            words = []
            for _place in range(int(head[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2])
            name = words[0].decode()
            if name == self.server.closes_at:
                return
            if name == self.server.refused:
                self.wfile.write(b"-ERR DUMP payload version or checksum are wrong\r\n")
            elif name != "AUTH" and not self.known:
                self.wfile.write(b"-NOAUTH Authentication required.\r\n")
            else:
                self.wfile.write(getattr(self, f"do_{name.lower()}")(*words[1:]))

    def do_auth(self, password):
        self.known = password == b"p w"
        return b"+OK\r\n" if self.known else b"-WRONGPASS invalid username-password pair\r\n"

    def do_info(self, section):
        databases = sorted({database for database, _key in self.server.keys})
        text = b"# Server\r\nredis_version:8.0.2\r\n" if section == b"server" else b"# Keyspace\r\n"
        for database in databases if section == b"keyspace" else ():
            text += b"db%d:keys=1,expires=0\r\n" % database
        return self.bulk(text)

    def do_select(self, number):
        self.database = int(number)
        return b"+OK\r\n"

    def do_scan(self, cursor, _count, _number):
        """Two pages; one key is on both of them, which SCAN allows."""
        keys = sorted(key for database, key in self.server.keys if database == self.database)
        page = keys[: len(keys) // 2 + 1] if cursor == b"0" else keys[len(keys) // 2 :]
        following = b"17" if cursor == b"0" and len(keys) > 1 else b"0"
        return b"*2\r\n" + self.bulk(following) + b"*%d\r\n" % len(page) + b"".join(map(self.bulk, page))

    def do_dump(self, key):
        row = self.server.keys.get((self.database, key))
        return self.bulk(row[0]) if row and row[0] != b"vanished" else b"$-1\r\n"

    def do_pttl(self, key):
        _value, end = self.server.keys.get((self.database, key), (b"", 0))
        return b":%d\r\n" % (end - int(time.time() * 1000) if end else -1)

    def do_flushall(self):
        self.server.keys.clear()
        return b"+OK\r\n"

    def do_restore(self, key, end, value, *options):
        assert options == (b"REPLACE", b"ABSTTL")
        self.server.keys[self.database, key] = (value, int(end))
        return b"+OK\r\n"

    @staticmethod
    def bulk(data):
        return b"$%d\r\n%s\r\n" % (len(data), data)


@pytest.fixture
def server(home):
    with Server(str(home / "redis.sock")) as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.02,))
        thread.start()
        found.fields = {"socket": str(home / "redis.sock"), "password": "p w"}
        yield found
        found.shutdown()
        thread.join()


def test_every_key_comes_back_with_its_end(server):
    soon = int(time.time() * 1000) + 500_000
    keys = {(0, b"a\r\n\xff"): (b"\0binary\r\n", 0), (3, b""): (b"", soon)}
    keys.update({(0, b"key %d" % number): (b"v" * number, 0) for number in range(1200)})
    server.keys.update(keys)
    server.keys[0, b"gone"] = (b"vanished", 0)
    out = io.BytesIO()
    size = _redisdata.dump(server.fields, out)
    assert size >= 9 + sum(range(1200))
    server.keys.clear()
    server.keys[5, b"newer"] = (b"x", 0)
    _redisdata.load(server.fields, io.BytesIO(out.getvalue()))
    assert abs(server.keys[3, b""][1] - soon) < 5000
    assert {name: value for name, (value, _end) in server.keys.items()} == {name: row[0] for name, row in keys.items()}
    assert _redisdata.version(server.fields) == "8.0.2"


def test_an_empty_one(server):
    out = io.BytesIO()
    assert _redisdata.dump(server.fields, out) == 0
    server.keys[0, b"newer"] = (b"x", 0)
    _redisdata.load(server.fields, io.BytesIO(out.getvalue()))
    assert server.keys == {}


def test_what_goes_wrong_is_said(server):
    with pytest.raises(PyhostError, match="WRONGPASS"):
        _redisdata.version({**server.fields, "password": "other"})
    with pytest.raises(PyhostError, match="Redis cannot be reached"):
        _redisdata.version({"socket": "/nowhere"})
    server.refused = "RESTORE"
    dump = gzip.compress(_redisdata._row(0, b"a", b"b", 0) * 3)
    with pytest.raises(PyhostError, match="DUMP payload version"):
        _redisdata.load(server.fields, io.BytesIO(dump))
    server.closes_at = "FLUSHALL"
    with pytest.raises(PyhostError, match="closed the connection|cannot be reached"):
        _redisdata.load(server.fields, io.BytesIO(dump))
