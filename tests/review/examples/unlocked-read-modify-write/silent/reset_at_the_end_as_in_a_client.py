# file: client.py
# The shape of clients with a reader in a thread, whose close() lets go of what is left.
import threading


class Client:
    def __init__(self, socket):
        self.socket = socket
        self.rest = b""

    def start(self):
        threading.Thread(target=self._read).start()

    def _read(self):
        while data := self.socket.recv(100):
            self.rest = self.rest + data

    def close(self):
        self.socket.close()
        self.rest = b""
