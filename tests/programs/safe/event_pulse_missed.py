"""An event is cleared by the one who waited for it.

Safe: the only waiter clears it, after it was seen, so it stays set until then.
"""

import threading


def test_waiter_sees_the_pulse():
    ready, go = threading.Event(), threading.Event()

    def wait():
        ready.set()
        go.wait()
        go.clear()

    waiter = threading.Thread(target=wait)
    waiter.start()
    ready.wait()
    go.set()
    waiter.join()
    assert not go.is_set()
