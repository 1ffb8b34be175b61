"""A lock that is none of ours, held by a task that another one waits for."""

import threading

from uncontrolled import LOCK


def test_ends():
    def take():
        with LOCK:
            pass

    LOCK.acquire()
    thread = threading.Thread(target=take, name="taking")
    thread.start()
    thread.join()
    LOCK.release()
