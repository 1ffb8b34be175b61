"""A pool makes a connection outside its lock, and reserves its place before.

Safe: check and reservation are one critical section, so there are never more reservations than
places.
"""

import threading


class Pool:
    def __init__(self, capacity):
        self.lock = threading.Lock()
        self.capacity = capacity
        self.reserved = 0
        self.connections = []

    def try_borrow(self):
        with self.lock:
            if self.reserved >= self.capacity:
                return None
            self.reserved += 1
        connection = object()
        with self.lock:
            self.connections.append(connection)
        return connection


def test_pool_keeps_to_its_capacity():
    pool = Pool(capacity=1)
    threads = [threading.Thread(target=pool.try_borrow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pool.connections) == 1
