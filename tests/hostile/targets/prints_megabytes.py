"""A test that talks."""

import sys
import threading


def test_ends():
    def talk():
        print("x" * 2_000_000)
        print("y" * 2_000_000, file=sys.stderr)

    threads = [threading.Thread(target=talk) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
