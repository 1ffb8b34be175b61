"""The result of `Event.wait(timeout)` decides whether the work is used.

Source: Python-native. needs: slack
Safe: the result is read only if the event was set, and the event is set after the result is
stored. A time-out takes the other branch, which is right as well.
"""

import threading


def test_result_is_there_after_the_wait():
    done = threading.Event()
    result = None

    def work():
        nonlocal result
        result = 42
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    if done.wait(timeout=0.5):
        assert result == 42
    worker.join()
    assert result == 42
