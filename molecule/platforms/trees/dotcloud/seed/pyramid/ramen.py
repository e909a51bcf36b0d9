from pyramid.config import Configurator
from pyramid.response import Response


def main(global_config, **settings):
    config = Configurator(settings=settings)
    config.add_route("home", "/")
    config.add_view(lambda request: Response("Pyramid from %s\n" % global_config["here"]), route_name="home")
    return config.make_wsgi_app()
