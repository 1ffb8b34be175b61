"""The whole process ended by a thread."""

import os
import threading


def test_ends():
    def leave():
        os._exit(1)

    thread = threading.Thread(target=leave)
    thread.start()
    thread.join()
