"""Two threads find that there is no lock yet, and each makes one.

Source: Mozilla NSPR bug 354593, RADBench bug4: a monitor made on first use, so two threads are
inside at once.

    one                      two
    monitor is None
                             monitor is None
    monitor = Lock()
    inside: 1
                             monitor = Lock()
                             inside: 2
"""

import threading


class Service:
    def __init__(self):
        self.monitor = None
        self.inside = 0
        self.most_inside = 0

    def enter(self):
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
