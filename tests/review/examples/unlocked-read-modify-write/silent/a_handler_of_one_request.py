# file: service/web.py
import socketserver


class Handler(socketserver.BaseRequestHandler):
    received = 0

    def handle(self):
        while data := self.request.recv(1024):
            self.received += len(data)  # each request has a handler of its own


def serve():
    socketserver.ThreadingTCPServer(("", 8000), Handler).serve_forever()
