"""A pool that connects without holding its lock, because connecting is slow.

So it does, and between asking whether there is room and taking the place another thread asks, too.
The fix is in `fixed/test_connection_pool.py`.
"""

import threading


class Connection:
    """Stands for something that the server grants only so often."""


class ConnectionPool:
    def __init__(self, limit):
        self.lock = threading.Lock()
        self.limit = limit
        self.idle = []
        self.in_use = 0

    def try_borrow(self):
        with self.lock:
            if self.idle:
                self.in_use += 1
                return self.idle.pop()
            if self.in_use >= self.limit:
                return None
        connection = Connection()
        with self.lock:
            self.in_use += 1
        return connection

    def give_back(self, connection):
        with self.lock:
            self.in_use -= 1
            self.idle.append(connection)


def test_pool_never_has_more_connections_than_its_limit():
    pool = ConnectionPool(limit=1)

    def client():
        connection = pool.try_borrow()
        if connection is not None:
            pool.give_back(connection)

    threads = [threading.Thread(target=client, name=f"client-{number}") for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pool.in_use == 0
    assert len(pool.idle) == 1
