# file: service.py
import threading

_client = None
_lock = threading.Lock()


def client():
    global _client
    if _client is None:
        with _lock:
            if _client is None:
                _client = object()
    return _client


def start():
    for _ in range(4):
        threading.Thread(target=client).start()
