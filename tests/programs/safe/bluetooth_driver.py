"""A request enters a driver that is being stopped, counting itself before it asks.

Safe: test and count are one critical section, and so is the stop flag's change. A request that
saw `stopping` unset is in `pending` before the stopper drops its own reference, so the event
comes only after that request has left.
"""

import threading


class Driver:
    def __init__(self):
        self.lock = threading.Lock()
        self.stopping = False
        self.stopped = False
        self.pending = 1  # the driver's own reference
        self.no_more_requests = threading.Event()

    def leave(self):
        with self.lock:
            self.pending -= 1
            if self.pending == 0:
                self.no_more_requests.set()

    def request(self):
        with self.lock:
            if self.stopping:
                return
            self.pending += 1
        assert not self.stopped, "request served by a stopped driver"
        self.leave()

    def stop(self):
        with self.lock:
            self.stopping = True
        self.leave()
        self.no_more_requests.wait()
        self.stopped = True


def test_no_request_is_served_after_the_stop():
    driver = Driver()
    stopper = threading.Thread(target=driver.stop)
    stopper.start()
    driver.request()
    stopper.join()
