# file: service/web.py
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Statistics:
    requests = 0


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        Statistics.requests += 1  # here
        self.send_response(200)


def serve():
    ThreadingHTTPServer(("", 8000), Handler).serve_forever()
