# file: service/rooms.py
import engineio


class Server:
    def __init__(self):
        self.addresses = {}
        self.server = engineio.Server()
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)

    def _connect(self, client, address):
        self.addresses[client] = address

    def _disconnect(self, client, reason):
        if client in self.addresses:  # the messages of one client come one after another
            del self.addresses[client]
