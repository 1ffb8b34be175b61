# file: client/connection.py
# The kind: a client library whose reconnection closes what is there first.
import threading


class Connection:
    def __init__(self, dial):
        self._mutex = threading.Lock()
        self._dial = dial
        self._socket = None

    def close(self):
        with self._mutex:
            socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()

    def send(self, data):
        with self._mutex:
            try:
                self._socket.sendall(data)
            except OSError:
                self._reconnect()  # here

    def _reconnect(self):
        self.close()
        self._socket = self._dial()
