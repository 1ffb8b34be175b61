# file: service.py
import threading

_client = None


def client():
    global _client
    if _client is None:  # here
        _client = object()
    return _client


def start():
    for _ in range(4):
        threading.Thread(target=client).start()
