"""Three locked steps pass a token on; the check expects the order in which they were started.

Source: SCTBench CS/token_ring_bad. Every step is atomic; the order of the steps is left to
chance.

    one               two               three             check
                      x2 = x1  (0)
    x1 = x3 + 1  (1)
                                        x3 = x2  (0)
                                                          x1 == x2 == x3? 1, 0, 0
"""

import threading


class Ring:
    def __init__(self):
        self.lock = threading.Lock()
        self.x1 = self.x2 = self.x3 = 0
        self.done = set()

    def step_one(self):
        with self.lock:
            self.x1 = (self.x3 + 1) % 4
            self.done.add(1)

    def step_two(self):
        with self.lock:
            self.x2 = self.x1
            self.done.add(2)

    def step_three(self):
        with self.lock:
            self.x3 = self.x2
            self.done.add(3)

    def check(self):
        with self.lock:
            if self.done == {1, 2, 3}:
                assert self.x1 == self.x2 == self.x3


def test_the_token_goes_round():
    ring = Ring()
    steps = [ring.step_one, ring.step_two, ring.step_three, ring.check]
    threads = [threading.Thread(target=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
