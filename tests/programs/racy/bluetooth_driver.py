"""A request enters a driver that is being stopped.

Source: SCTBench CS/bluetooth_driver_bad, from Qadeer and Wu, "KISS: keep it simple and
sequential" (PLDI 2004). The request tests `stopping` and only then counts itself as pending.

    request                  stopper
    stopping? no
                             stopping = True
                             pending 1 -> 0: event set
                             stopped = True
    pending 0 -> 1
    works on a stopped driver
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
        if self.stopping:
            return
        with self.lock:
            self.pending += 1
        assert not self.stopped, "request served by a stopped driver"
        self.leave()

    def stop(self):
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
