"""A task that computes for ever."""

import threading


def test_ends():
    def compute():
        while True:
            pass

    thread = threading.Thread(target=compute, name="computing")
    thread.start()
    thread.join()
