"""A pool makes a connection outside its lock, and counts it only afterwards.

Source: Apache Commons POOL-120, JaConTeBe pool1: making is slow, so it was moved out of the
lock.

    one                            two
    with lock: 0 of 1, make one
                                   with lock: 0 of 1, make one
    with lock: connections = 1
                                   with lock: connections = 2
"""

import threading


class Pool:
    def __init__(self, capacity):
        self.lock = threading.Lock()
        self.capacity = capacity
        self.connections = []

    def try_borrow(self):
        with self.lock:
            if len(self.connections) >= self.capacity:
                return None
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
