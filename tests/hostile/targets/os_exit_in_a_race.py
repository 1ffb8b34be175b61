"""The whole process ended by a thread, but only where it comes late."""

import os
import threading


def test_ends():
    seen = []

    def look():
        if seen:
            os._exit(7)

    thread = threading.Thread(target=look)
    thread.start()
    before = len(seen)
    seen.append(before)
    seen.clear()
    thread.join()
