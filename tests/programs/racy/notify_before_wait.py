"""A condition is notified before anybody waits on it.

Source: Python-native. A condition has no memory; the waiter has no predicate to ask.

    main                    waiter
    with ready: notify
                            with ready: wait for ever
"""

import threading


def test_waiter_is_woken():
    ready = threading.Condition()
    woken = []

    def wait():
        with ready:
            ready.wait()
            woken.append(True)

    waiter = threading.Thread(target=wait)
    waiter.start()
    with ready:
        ready.notify()
    waiter.join()
    assert woken == [True]
