"""An interrupt comes after the waiter has looked for one and before it says what it waits on.

Source: Mozilla NSPR bug 165586, RADBench bug5.

    waiter                          interrupter
    interrupted? no
                                    interrupted = True
                                    waiting_on is None: nobody to wake
    waiting_on = event
    event.wait() for ever
"""

import threading


class Interruptible:
    def __init__(self):
        self.interrupted = False
        self.waiting_on = None

    def wait(self):
        if self.interrupted:
            return
        event = threading.Event()
        self.waiting_on = event
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
