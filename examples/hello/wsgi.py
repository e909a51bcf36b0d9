"""A small Flask app that shows where and how it runs."""

import os
import platform
from pathlib import Path

from flask import Flask, jsonify, render_template, request

# Asked once: the release may be pruned while this process still finishes its last requests.
RELEASE = os.getcwd()

application = Flask(__name__, root_path=str(Path(__file__).resolve().parent))


def environment():
    """The variables this app may show, byte for byte: what is not UTF-8 becomes lone surrogates."""
    shown = {}
    for name, value in os.environb.items():
        if name == b"GREETING" or name.startswith(b"HELLO_"):
            shown[name.decode("utf-8", "surrogateescape")] = value.decode("utf-8", "surrogateescape")
    return shown


def printable(text):
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@application.get("/")
def index():
    return render_template(
        "index.html",
        greeting=printable(environment().get("GREETING", "Hello!")),
        python=platform.python_version(),
        release=printable(RELEASE),
        pid=os.getpid(),
    )


@application.get("/env.json")
def env():
    return jsonify(environment())


@application.get("/headers.json")
def headers():
    """What reached the app of the request that the visitor sent."""
    forwarded = {
        name: value for name, value in request.headers.items() if name.startswith("X-Forwarded-") or name == "X-Real-Ip"
    }
    return jsonify(
        {
            "Host": request.host,
            "remote_addr": request.remote_addr,
            "scheme": request.scheme,
            "headers": forwarded,
        }
    )


@application.get("/healthz")
def healthz():
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
