import flask

application = flask.Flask(__name__)


@application.route("/")
def page():
    return "watched\n"
