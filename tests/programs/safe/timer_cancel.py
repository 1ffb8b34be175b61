"""A timer is cancelled, and whoever comes first has decided under a lock.

Safe: test and change of `state` are one critical section on both sides, so exactly one of them
finds it waiting; `cancel` only saves time.
"""

import threading


class Request:
    def __init__(self):
        self.lock = threading.Lock()
        self.state = "waiting"
        self.timer = threading.Timer(0, self.expire)

    def expire(self):
        with self.lock:
            if self.state == "waiting":
                self.state = "timed out"

    def answer(self):
        with self.lock:
            if self.state == "waiting":
                self.timer.cancel()
                self.state = "answered"
                return True
            return False


def test_an_answered_request_stays_answered():
    request = Request()
    request.timer.start()
    was_answered = request.answer()
    request.timer.join()
    assert request.state == ("answered" if was_answered else "timed out")
