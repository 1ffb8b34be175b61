"""A condition is notified before anybody waits on it, and a flag remembers that.

Safe: the flag is set and asked under the condition's lock, so a waiter that comes late does not
wait.
"""

import threading


def test_waiter_is_woken():
    ready = threading.Condition()
    is_ready = False
    woken = []

    def wait():
        with ready:
            ready.wait_for(lambda: is_ready)
            woken.append(True)

    waiter = threading.Thread(target=wait)
    waiter.start()
    with ready:
        is_ready = True
        ready.notify()
    waiter.join()
    assert woken == [True]
