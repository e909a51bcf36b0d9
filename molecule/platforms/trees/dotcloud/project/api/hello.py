import os


def application(environ, start_response):
    start_response("200 OK", [("Content-type", "text/plain")])
    return ["{0} on {1}\n".format(os.environ["DOTCLOUD_SERVICE_NAME"], os.environ["PORT_WWW"]).encode()]
