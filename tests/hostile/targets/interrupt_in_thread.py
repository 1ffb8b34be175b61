"""A ``KeyboardInterrupt`` that a thread raises is an exception that nobody handles."""

import threading


def test_ends():
    def interrupt():
        raise KeyboardInterrupt

    thread = threading.Thread(target=interrupt, name="interrupting")
    thread.start()
    thread.join()
