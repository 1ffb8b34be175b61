"""Three locked steps pass a token on, each waiting for the one before it.

Safe: an event per step orders them one, two, three; the check asks only when all are done.
"""

import threading


class Ring:
    def __init__(self):
        self.lock = threading.Lock()
        self.x1 = self.x2 = self.x3 = 0
        self.done = set()
        self.one_done, self.two_done = threading.Event(), threading.Event()

    def step_one(self):
        with self.lock:
            self.x1 = (self.x3 + 1) % 4
            self.done.add(1)
        self.one_done.set()

    def step_two(self):
        self.one_done.wait()
        with self.lock:
            self.x2 = self.x1
            self.done.add(2)
        self.two_done.set()

    def step_three(self):
        self.two_done.wait()
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
