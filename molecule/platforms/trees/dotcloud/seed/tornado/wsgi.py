import tornado.wsgi
import wsgiref.handlers
# Assuming that you defined a MainHandler class somewhere...
from mycode import MainHandler
application = tornado.wsgi.WSGIApplication([(r"/",MainHandler)])
