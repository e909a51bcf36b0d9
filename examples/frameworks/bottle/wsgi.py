from bottle import Bottle, __version__, response

application = Bottle()


@application.get("/")
def index():
    response.content_type = "text/plain"
    return f"Hello from Bottle {__version__}"
