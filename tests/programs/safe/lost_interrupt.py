"""The waiter says what it waits on, and then looks for an interrupt.

Safe, without a lock: one side writes `waiting_on` and then reads `interrupted`, the other
writes `interrupted` and then reads `waiting_on`. Whichever order the four take, at least one
reads what the other wrote (CPython keeps a thread's own order, as for Dekker's algorithm).
"""

import threading


class Interruptible:
    def __init__(self):
        self.interrupted = False
        self.waiting_on = None

    def wait(self):
        event = threading.Event()
        self.waiting_on = event
        if self.interrupted:
            return
        event.wait()

    def interrupt(self):
        self.interrupted = True
        if self.waiting_on is not None:
            self.waiting_on.set()


def test_interrupted_waiter_returns():
    target = Interruptible()
    waiter = threading.Thread(target=target.wait)
    waiter.start()
    target.interrupt()
    waiter.join()
