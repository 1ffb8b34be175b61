"""The evictor locks the pool and then a connection; a borrower the connection and then the pool.

Source: Apache Commons DBCP-65, JaConTeBe dbcp1. Neither class names the other's lock: they meet
through a call back.

    evictor                        client
    acquire pool.lock
                                   acquire connection.lock
    connection.is_valid():
    wait for connection.lock
                                   pool.note_use(): wait for pool.lock
"""

import threading


class Pool:
    def __init__(self):
        self.lock = threading.Lock()
        self.uses = 0
        self.idle = [Connection(self)]

    def evict(self):
        with self.lock:
            self.idle = [connection for connection in self.idle if connection.is_valid()]

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
