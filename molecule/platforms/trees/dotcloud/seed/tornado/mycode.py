import tornado
from tornado.web import RequestHandler


class MainHandler(RequestHandler):
    def get(self):
        self.write("Tornado %s\n" % tornado.version)
