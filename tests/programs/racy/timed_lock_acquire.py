"""`lock.acquire(timeout)` is called for its effect; its result is dropped.

Source: Python-native. needs: slack
The thread that gave up works without the lock and then releases one that is not its own.

    one                         two
    acquire
    read 0
    (not running)               acquire(0.5) times out
                                read 0, write 1
                                release: not its own
    write 1
    release: RuntimeError
"""

import threading


class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.value = 0

    def increment(self):
        self.lock.acquire(timeout=0.5)
        self.value += 1
        self.lock.release()


def test_both_increments_count():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 2
