import cherrypy

cherrypy.config.update({"environment": "embedded", "tools.response_headers.on": True})


class Root:
    @cherrypy.expose
    def index(self):
        cherrypy.response.headers["Content-Type"] = "text/plain"
        return f"Hello from CherryPy {cherrypy.__version__}"


application = cherrypy.Application(Root(), "/")
