"""A failure that has nothing to do with any order."""

import threading


def test_ends():
    thread = threading.Thread(target=len, args=([],))
    thread.start()
    thread.join()
    assert 1 + 1 == 3
