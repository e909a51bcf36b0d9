"""A Flask app that counts what is installed beside it."""

import platform
from importlib.metadata import distributions

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    names = {dist.name.lower() for dist in distributions()}
    return {"distributions": len(names), "python": platform.python_version()}
