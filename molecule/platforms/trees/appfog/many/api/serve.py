import json
import os
from wsgiref.simple_server import make_server


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(dict(os.environ)).encode()]


make_server(os.environ["VCAP_APP_HOST"], int(os.environ["VCAP_APP_PORT"]), application).serve_forever()
