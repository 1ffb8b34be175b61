# file: service/rooms.py
import engineio


class BaseServer:
    def __init__(self):
        self.rooms = {}
        self.server = self._make_server()()
        self.server.on("message", self._message)

    def enter(self, client, room):
        if room not in self.rooms:  # here
            self.rooms[room] = set()
        self.rooms[room].add(client)


class Server(BaseServer):
    def _make_server(self):
        return engineio.Server

    def _message(self, client, room):
        self.enter(client, room)
