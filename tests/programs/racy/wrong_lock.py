"""One counter guarded by two different locks.

Source: SCTBench CS/wronglock_3_bad. Each thread is careful, but not with the same lock.

    one (lock a)         three others (lock b)
    acquire a
    read value 0
                         acquire b
                         read 0, write 1
                         release b
    write value 1
    release a
                                               one addition is lost
"""

import threading


class Counter:
    def __init__(self):
        self.a, self.b = threading.Lock(), threading.Lock()
        self.value = 0

    def increment_with_a(self):
        with self.a:
            before = self.value
            self.value = before + 1

    def increment_with_b(self):
        with self.b:
            before = self.value
            self.value = before + 1


def test_every_increment_counts():
    counter = Counter()
    threads = [threading.Thread(target=counter.increment_with_a)]
    threads += [threading.Thread(target=counter.increment_with_b) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.value == 4
