import json
import os


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/write":
        with open("written", "w") as handle:
            handle.write("here")
    found = {
        "environment": dict(os.environ),
        "files": sorted(os.listdir(".")),
        "directory": os.getcwd(),
        "pid": os.getpid(),
        "port": environ["SERVER_PORT"],
    }
    body = json.dumps(found).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
