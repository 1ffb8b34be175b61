# file: service/web.py
from http.server import BaseHTTPRequestHandler, HTTPServer


class Statistics:
    requests = 0


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        Statistics.requests += 1
        self.send_response(200)


def serve():
    HTTPServer(("", 8000), Handler).serve_forever()
