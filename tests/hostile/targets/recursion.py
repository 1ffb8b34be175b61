"""A task that recurses until Python ends it."""

import threading


def down(depth):
    return down(depth + 1)


def test_ends():
    thread = threading.Thread(target=down, args=(0,), name="falling")
    thread.start()
    thread.join()
