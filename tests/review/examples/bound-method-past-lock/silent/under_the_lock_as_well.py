# file: wire.py
import threading


class Wire:
    def __init__(self, socket):
        self.socket = socket
        self.turn = threading.RLock()

    def ask(self, question):
        with self.turn:
            self.socket.sendall(question)
            return self.socket.recv(4096)

    def send(self, data):
        with self.turn:
            self.socket.sendall(data)
