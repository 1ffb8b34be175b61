# file: rpc.py
# The shape of a client that is made by the first greenlet that needs it.
from eventlet.green import socket

_client = None


class Client:
    def __init__(self, connection):
        self.connection = connection


def client(address):
    global _client
    if _client is None:  # here
        connection = socket.create_connection(address)
        _client = Client(connection)
    return _client
