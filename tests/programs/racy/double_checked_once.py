"""The check is outside the lock and is not repeated inside.

Source: Python-native; half of double-checked locking.

    one                     two
    not connected
                            not connected
    with lock: connect
                            with lock: connect again
"""

import threading


class Client:
    def __init__(self):
        self.lock = threading.Lock()
        self.connection = None
        self.connects = 0

    def connect(self):
        if self.connection is None:
            with self.lock:
                self.connects += 1
                self.connection = object()
        return self.connection


def test_client_connects_once():
    client = Client()
    threads = [threading.Thread(target=client.connect) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.connects == 1
