"""An event is used as a pulse; who is not waiting at that moment misses it.

Source: Python-native.

    waiter                    main
    ready.set()
                              go.set()
                              go.clear()
    go.wait() for ever
"""

import threading


def test_waiter_sees_the_pulse():
    ready, go = threading.Event(), threading.Event()

    def wait():
        ready.set()
        go.wait()

    waiter = threading.Thread(target=wait)
    waiter.start()
    ready.wait()
    go.set()
    go.clear()
    waiter.join()
    assert not go.is_set()
