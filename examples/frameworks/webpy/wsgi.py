from importlib.metadata import version

import web


class Index:
    def GET(self):
        web.header("Content-Type", "text/plain")
        return f"Hello from web.py {version('web.py')}"


application = web.application(("/", "Index"), globals()).wsgifunc()
