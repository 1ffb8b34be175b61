"""Connections are counted in one place, each under a lock of its own."""

import threading


class Connection:
    opened = 0

    def __init__(self):
        self.lock = threading.Lock()

    def open(self):
        with self.lock:
            Connection.opened += 1


def open_both():
    Connection.opened = 0
    threads = [threading.Thread(target=Connection().open) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
