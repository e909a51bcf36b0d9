from importlib.metadata import version

from pyramid.config import Configurator
from pyramid.response import Response


def index(request):
    return Response(f"Hello from Pyramid {version('pyramid')}", content_type="text/plain")


with Configurator() as config:
    config.add_route("index", "/")
    config.add_view(index, route_name="index")
    application = config.make_wsgi_app()
