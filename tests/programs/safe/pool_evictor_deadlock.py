"""The evictor asks the connections without holding the pool's lock.

Safe: the pool's lock is now a leaf: nobody acquires anything while holding it, so no cycle is
left. The check-and-replace of `idle` tolerates a stale copy, for only the evictor writes it.
"""

import threading


class Pool:
    def __init__(self):
        self.lock = threading.Lock()
        self.uses = 0
        self.idle = [Connection(self)]

    def evict(self):
        with self.lock:
            candidates = list(self.idle)
        valid = [connection for connection in candidates if connection.is_valid()]
        with self.lock:
            self.idle = valid

    def note_use(self):
        with self.lock:
            self.uses += 1


class Connection:
    def __init__(self, pool):
        self.lock = threading.Lock()
        self.pool = pool

    def is_valid(self):
        with self.lock:
            return True

    def prepare(self):
        with self.lock:
            self.pool.note_use()


def test_evictor_and_client_both_finish():
    pool = Pool()
    connection = pool.idle[0]
    threads = [threading.Thread(target=pool.evict), threading.Thread(target=connection.prepare)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pool.uses == 1
