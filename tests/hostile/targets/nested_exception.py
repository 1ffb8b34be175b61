"""An exception in a thread that a thread started."""

import threading


def test_ends():
    def inner():
        raise LookupError("nothing there")

    def outer():
        thread = threading.Thread(target=inner, name="inner")
        thread.start()
        thread.join()

    thread = threading.Thread(target=outer, name="outer")
    thread.start()
    thread.join()
