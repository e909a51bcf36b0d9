from importlib.metadata import version

from tg import MinimalApplicationConfigurator, TGController, expose


class Root(TGController):
    @expose(content_type="text/plain")
    def index(self):
        return f"Hello from TurboGears {version('TurboGears2')}"


config = MinimalApplicationConfigurator()
config.update_blueprint({"root_controller": Root()})
application = config.make_wsgi_app()
