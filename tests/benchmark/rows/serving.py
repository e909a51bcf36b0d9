# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""P6: requests through a deployed app, beside a hand-written nginx in front of the same server."""

from __future__ import annotations

import re
import shlex

from tests.benchmark.bench import Bench
from tests.benchmark.place import Place
from tests.benchmark.results import Figure
from tests.benchmark.sides.ours import deploy
from tests.benchmark.timing import say, timed
from tests.tools.process import ToolError

CODE = """\
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""
SIZES = {"4k": 4096, "1m": 1024**2}
KINDS = {
    "gunicorn": ("gunicorn", "/", "a small answer of gunicorn"),
    "uwsgi": ("uwsgi", "/", "a small answer of uWSGI"),
    "4k": ("gunicorn", "/static/4k", "a file of 4 KiB"),
    "1m": ("gunicorn", "/static/1m", "a file of 1 MiB"),
}
"""By key of the figure: the app, the path, words."""

CONNECTIONS = 16
PORT = 8081
BY_HAND = """
user root;
worker_processes auto;
pid /run/by-hand.pid;
events { worker_connections 768; }
http {
    include /etc/nginx/mime.types;
    sendfile on;
    tcp_nopush on;
    access_log /var/log/nginx/by-hand.log;
    error_log /var/log/nginx/by-hand-error.log;
    server {
        listen 8081;
        server_name gunicorn.test;
        location /static/ { alias /home/gunicorn/app/static/; }
        location / { proxy_pass http://unix:/home/gunicorn/run/app.sock; proxy_set_header Host $host; }
    }
    server {
        listen 8081;
        server_name uwsgi.test;
        location / { include /etc/nginx/uwsgi_params; uwsgi_pass unix:/home/uwsgi/run/app.uwsgi.sock; }
    }
}
"""
"""As root, because the sockets of a cell are open to its own user alone; no right of it is in the way of a request."""


def measure(bench: Bench) -> list[Figure]:
    """Ask both in turns with wrk, on the host's loopback."""
    place = bench.fresh("ours").place
    _deploy(bench, place)
    place.shell("DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends wrk >/dev/null")
    # What nginx leaves running keeps its standard error, and with it the connection.
    start = "nginx -t -q -c /root/by-hand.conf; nginx -c /root/by-hand.conf >/dev/null 2>&1"
    place.shell(f"cat > /root/by-hand.conf; {start}", BY_HAND.encode())
    rates: dict[str, list[float]] = {}
    for _round in range(bench.settings.rounds):
        for key, (app, path, _words) in KINDS.items():
            for name, port in ((key, 80), (f"{key} by hand", PORT)):
                rates.setdefault(name, []).append(_rate(place, port, app, path, bench.settings.seconds))
    ours = bench.sides["ours"].name
    found = []
    for key, (_app, _path, words) in KINDS.items():
        found.append(Figure(key, ours, words, "requests/s", tuple(rates[key])))
        found.append(Figure(f"{key} by hand", "nginx by hand", words, "requests/s", tuple(rates[f"{key} by hand"])))
    return [
        *found,
        Figure("hops", ours, "nginx that a request passes, without text of the owner's", "", (_hops(place),)),
    ]


def _deploy(bench: Bench, place: Place) -> None:
    entries = []
    for app in ("gunicorn", "uwsgi"):
        source = bench.folder / "apps" / "serving" / app
        (source / "static").mkdir(parents=True)
        (source / "wsgi.py").write_text(CODE)
        (source / "requirements.txt").touch()
        for name, size in SIZES.items():
            (source / "static" / name).write_bytes(b"x" * size)
        locations = [{"location": "/static/", "alias": "static/"}]
        entry = {"name": app, "server": app, "source": {"path": str(source)}, "domains": [f"{app}.test"]}
        entries.append({**entry, "locations": locations})
    timed(deploy([place], entries), "two apps to ask")


def _rate(place: Place, port: int, app: str, path: str, seconds: int) -> float:
    """Requests a second that wrk sees, when every answer is a good one."""
    host = f"Host: {app}.test"
    words = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", host, f"http://127.0.0.1:{port}{path}"]
    output = place.shell(shlex.join(words))
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if not found or "Non-2xx" in output or "Socket errors" in output:
        raise ToolError(f"{app}.test:{port}{path}: not all answers are good\n{output}")
    say(f"{app}.test:{port}{path}: {found[1]} requests/s")
    return float(found[1])


def _hops(place: Place) -> float:
    """Two if the cell's own nginx logs a request to the front, else one."""
    log = "/home/gunicorn/logs/access.log"
    count = f"cat {log} 2>/dev/null | wc -l"
    ask = "wrk -t1 -c1 -d1s -H 'Host: gunicorn.test' http://127.0.0.1/ >/dev/null"
    before, after = (int(line) for line in place.shell(f"{count}; {ask}; {count}").split())
    return 2.0 if after > before else 1.0
