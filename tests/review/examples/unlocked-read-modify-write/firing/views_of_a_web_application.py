# file: service/views.py
import flask

application = flask.Flask(__name__)
visits = 0


@application.route("/")
def index():
    global visits
    visits += 1  # here
    return str(visits)
