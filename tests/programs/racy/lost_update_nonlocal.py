"""Two threads add to a variable of the enclosing function; one addition is lost.

Source: Python-native; the usual way a test counts the calls of a callback.

    first              second
    load calls 0
                       load calls 0
                       store calls 1
    store calls 1
                                        calls == 1, not 2
"""

import threading


def test_every_call_of_the_callback_is_counted():
    calls = 0

    def callback():
        nonlocal calls
        calls += 1

    threads = [threading.Thread(target=callback) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls == 2
