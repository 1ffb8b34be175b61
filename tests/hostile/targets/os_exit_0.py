"""The whole process ended by a thread."""

import os
import threading


def test_ends():
    def leave():
        os._exit(0)

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
