"""A timer is cancelled and believed not to have fired.

Source: Python-native. `cancel` stops a timer that still waits; it has no effect on one that
fires already, and does not say which of the two it met.

    main                         timer
                                 the time is over
                                 finished? not set
    state = "answered"
    timer.cancel()
                                 state = "timed out"
"""

import threading


class Request:
    def __init__(self):
        self.state = "waiting"
        self.timer = threading.Timer(0, self.expire)

    def expire(self):
        if self.state == "waiting":
            self.state = "timed out"

    def answer(self):
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
