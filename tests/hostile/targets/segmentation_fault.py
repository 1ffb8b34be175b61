"""The interpreter brought down by a thread."""

import ctypes
import threading


def test_ends():
    thread = threading.Thread(target=ctypes.string_at, args=(0,))
    thread.start()
    thread.join()
