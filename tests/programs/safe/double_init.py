"""The lock is made on first use, but under a lock that was there before.

Safe: double-checked. The second look and the making are one critical section of `making`; the
unlocked first look reads one reference, which is `None` or a finished lock.
"""

import threading


class Service:
    def __init__(self):
        self.making = threading.Lock()
        self.monitor = None
        self.inside = 0
        self.most_inside = 0

    def enter(self):
        if self.monitor is None:
            with self.making:
                if self.monitor is None:
                    self.monitor = threading.Lock()
        with self.monitor:
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self.inside -= 1


def test_at_most_one_thread_is_inside():
    service = Service()
    threads = [threading.Thread(target=service.enter) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.inside == 0
    assert service.most_inside == 1
