"""The check is outside the lock and is repeated inside.

Safe: of those who passed the first check, only the first to get the lock passes the second.
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
                if self.connection is None:
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
