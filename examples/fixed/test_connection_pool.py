"""A pool that still connects without holding its lock, but takes the place before it does."""

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
            if self.in_use >= self.limit:
                return None
            self.in_use += 1  # the place is taken, whatever fills it
            if self.idle:
                return self.idle.pop()
        try:
            return Connection()
        except BaseException:
            with self.lock:
                self.in_use -= 1
            raise

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
