"""A Flask app that says which versions the lock gave it."""

import platform
from importlib.metadata import distributions

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index():
    packages = {dist.name.lower(): dist.version for dist in distributions()}
    return {"message": "It works", "python": platform.python_version(), "packages": packages}
